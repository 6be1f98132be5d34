"""Arrays of disks: those of the kernel by /proc/mdstat, those of a RAID controller by storcli."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.core.model import Sample
from agent.core.ssh import Answer, Command, reading
from agent.core.text import clean
from collectors.host.metrics import ARRAY
from collectors.host.subject import MINUTE, Subject, Turn

MDSTAT = reading("/proc/mdstat")
CONFIGS = (reading("/etc/mdadm/mdadm.conf"), reading("/etc/mdadm.conf"))
STORCLI = Command(
    ("/opt/MegaRAID/storcli/storcli64", "/call", "show", "all", "J"), limit=512 * 1024, seconds=8.0, root=True
)
DETAIL = Command(("/usr/sbin/mdadm", "--detail", "--scan"), root=True)
# Of storcli: optimal; partially degraded, degraded; being built anew; off line.
VIRTUAL = {"Optl": "ok", "Pdgd": "degraded", "Dgrd": "degraded", "Rec": "rebuilding", "OfLn": "failed"}
HEAD = re.compile(r"(md\S+) : (\S+)(?: \([\w-]+\))? ?(raid\d+|linear)?(.*)")
MEMBERS = re.compile(r"\[(\d+)/(\d+)\] \[([U_]+)\]")
NO_REDUNDANCY = ("raid0", "linear")


def ask(turn: Turn) -> Sequence[Command]:
    hardware = [STORCLI] if turn.system.has("storcli") else []
    return [MDSTAT, *CONFIGS, *([DETAIL] if turn.system.programs.get("mdadm") == DETAIL.argv[0] else []), *hardware]


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    said = {answer.command.argv: answer for answer in answers}
    names = "\n".join(said[argv].text for argv in (*(each.argv for each in CONFIGS), DETAIL.argv) if argv in said)
    for name, state in by_kernel(said[MDSTAT.argv].text, spares(names)).items():
        yield from ARRAY.state_set(state, array=clean(name, 40))
    controller = said.get(STORCLI.argv)
    if controller is not None:
        for name, state in by_controller(controller.text).items():
            yield from ARRAY.state_set(state, array=clean(name, 40))


def spares(configs: str) -> Mapping[str, int]:
    """How many spares each array should have, by mdadm.conf(5): `ARRAY /dev/md0 … spares=1`, names cut to `md0`."""
    found: dict[str, int] = {}
    for line in configs.split("\n"):
        match = re.match(r"ARRAY\s+/dev/(?:md/)?(\S+).*?\bspares=(\d{1,3})", line)
        if match is not None:
            name = match[1] if match[1].startswith("md") else f"md{match[1]}"
            found[name] = max(found.get(name, 0), int(match[2]))
    return found


def by_kernel(mdstat: str, wanted: Mapping[str, int]) -> Mapping[str, str]:
    """The state of each array, by its block of lines."""
    found = {}
    for block in re.split(r"\n(?=md)", mdstat):
        match = HEAD.match(block)
        if match is None:
            continue
        name, activity, level, devices = match.groups()
        members = MEMBERS.search(block)
        missing = members is not None and "_" in members[3]
        rebuilding = re.search(r"\b(?:recovery|resync|reshape)\s*=", block) is not None
        there = len(re.findall(r"\(S\)", devices))
        if activity != "active" or (level in NO_REDUNDANCY and "(F)" in devices):
            found[name] = "failed"
        elif missing:
            found[name] = "rebuilding" if rebuilding else "degraded"
        elif rebuilding:
            found[name] = "rebuilding"
        else:
            found[name] = "no_spare" if there < wanted.get(name, 0) else "ok"
    return found


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


SUBJECT = Subject("arrays", (ARRAY,), ask, read, every=5 * MINUTE)
