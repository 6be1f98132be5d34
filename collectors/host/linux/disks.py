"""Disks, by what SMART says of each. Virtual disks have nothing to say, and are left out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from agent.core.text import clean
from collectors.host import words
from collectors.host.metrics import DISK
from collectors.host.subject import HOUR, Subject, Turn

MOST = 24  # disks that are asked
LONG = 8.0  # seconds; a disk may have to wake
# ATA attributes of which a raw value above 0 foretells a failure: reallocated, pending, uncorrectable sectors.
FOREBODING = (5, 197, 198)
# Bits of smartctl's exit status (smartctl(8)): it could not ask; failing now; attributes below their limit now.
UNASKED, FAILING, BELOW = 1 << 0 | 1 << 1, 1 << 3, 1 << 4


def ask(turn: Turn) -> Sequence[Command]:
    path = turn.system.programs.get("smartctl")
    disks = turn.system.disks[:MOST] if path else ()
    return [
        Command((path or "", "-H", "-A", "-j", f"/dev/{disk}"), limit=256 * 1024, seconds=LONG, root=True)
        for disk in disks
    ]


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    for answer in answers:
        state = state_of(answer.text)
        if state is not None:
            yield from DISK.state_set(state, disk=answer.command.argv[-1].removeprefix("/dev/"))
        elif answer.status & UNASKED and not answer.forbidden and not answer.late:
            turn.remarks.append(words.LACKING.format(what=words.DISKS, why=complaint(answer)))


def state_of(text: str) -> str | None:
    """ok, warning or failed; None if the disk does not say, as virtual ones and those behind a RAID controller."""
    try:
        said = json.loads(text)
        passed = said["smart_status"]["passed"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    status = _at(said, "smartctl", "exit_status")
    status = status if isinstance(status, int) else 0
    if passed is False or status & FAILING:
        return "failed"
    if passed is not True:
        return None
    return "warning" if status & BELOW or _foretells(said) else "ok"


def complaint(answer: Answer) -> str:
    """Why a disk could not be asked, as one behind a RAID controller, which smartctl's own words name."""
    try:
        messages = _at(json.loads(answer.text), "smartctl", "messages")
    except (ValueError, RecursionError):
        messages = None
    said = [_at(each, "string") for each in messages] if isinstance(messages, list) else []
    why = "; ".join(each for each in said if isinstance(each, str)) or answer.stderr.decode("utf-8", "replace")
    return clean(why, 160) or answer.command.argv[-1]


def _foretells(said: Any) -> bool:
    table = _at(said, "ata_smart_attributes", "table")
    for each in table if isinstance(table, list) else ():
        raw = _at(each, "raw", "value")
        if _at(each, "id") in FOREBODING and isinstance(raw, int) and raw > 0:
            return True
    log = "nvme_smart_health_information_log"
    used = _at(said, log, "percentage_used")
    grown = _at(said, "scsi_grown_defect_list")
    return bool(
        _at(said, log, "critical_warning")
        or _at(said, log, "media_errors")
        or (isinstance(used, int) and used >= 100)
        or (isinstance(grown, int) and grown > 0)
    )


def _at(said: Any, *path: str) -> Any:
    for name in path:
        said = said.get(name) if isinstance(said, dict) else None
    return said


SUBJECT = Subject("disks", (DISK,), ask, read, every=HOUR, heavy=True)
