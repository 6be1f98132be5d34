"""Disks, by what Windows concludes of their own reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.core.model import Sample
from collectors.host import words
from collectors.host.metrics import DISK
from collectors.host.subject import HOUR, Turn
from collectors.host.windows.script import number, rows, script, subject, text

STATES = {0: "ok", 1: "warning", 2: "failed"}  # HealthStatus of MSFT_PhysicalDisk; 5 is unknown
SCRIPT = script(
    "disks",
    """$d=Get-CimInstance -Namespace root/Microsoft/Windows/Storage -ClassName MSFT_PhysicalDisk
give @{disks=@($d|ForEach-Object{
@{id=$_.DeviceId;name=$_.FriendlyName;health=[int]$_.HealthStatus}})}""",
    limit=32 * 1024,
)


def told(turn: Turn, facts: Mapping[str, Any]) -> Iterator[Sample]:
    for each in rows(facts, "disks"):
        state = STATES.get(int(number(each, "health") or 0)) if number(each, "health") is not None else None
        if state is not None:
            yield from DISK.state_set(state, disk=f"{text(each, 'id', 8)} {text(each, 'name', 48)}".strip())


SUBJECT = subject("disks", words.DISKS, (DISK,), SCRIPT, told, every=HOUR)
