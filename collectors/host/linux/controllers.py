"""Controllers of arrays: those of hardware by storcli; and what mdadm says of spares, which only root may ask."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from agent.core.text import clean
from collectors.host.linux.arrays import DETAIL_KEPT
from collectors.host.metrics import ARRAY
from collectors.host.subject import MINUTE, Subject, Turn

STORCLI = Command(
    ("/opt/MegaRAID/storcli/storcli64", "/call", "show", "all", "J"), limit=512 * 1024, seconds=8.0, root=True
)
DETAIL = Command(("/usr/sbin/mdadm", "--detail", "--scan"), root=True)
# Of storcli: optimal; partially degraded, degraded; being built anew; off line.
VIRTUAL = {"Optl": "ok", "Pdgd": "degraded", "Dgrd": "degraded", "Rec": "rebuilding", "OfLn": "failed"}


def ask(turn: Turn) -> Sequence[Command]:
    detail = [DETAIL] if turn.system.programs.get("mdadm") == DETAIL.argv[0] else []
    return [*detail, *([STORCLI] if turn.system.has("storcli") else [])]


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    said = {answer.command.argv: answer.text for answer in answers}
    turn.memory[DETAIL_KEPT] = said.get(DETAIL.argv, "")
    for name, state in by_controller(said.get(STORCLI.argv, "")).items():
        yield from ARRAY.state_set(state, array=clean(name, 40))


def by_controller(text: str) -> Mapping[str, str]:
    """By controller and virtual drive: `c0 0/1`."""
    try:
        controllers = json.loads(text)["Controllers"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    found = {}
    for number, each in enumerate(controllers if isinstance(controllers, list) else ()):
        data = each.get("Response Data") if isinstance(each, dict) else None
        drives: Any = data.get("VD LIST") if isinstance(data, dict) else None
        for drive in drives if isinstance(drives, list) else ():
            state = VIRTUAL.get(str(drive.get("State"))) if isinstance(drive, dict) else None
            if state is not None:
                found[f"c{number} {drive.get('DG/VD', '')}"] = state
    return found


# Shares the memory: what mdadm says of spares is for the arrays of the kernel.
SUBJECT = Subject("controllers", (ARRAY,), ask, read, every=5 * MINUTE, memory_of="arrays")
