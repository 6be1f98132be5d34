"""Disks, by what Windows concludes of their own reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.core.model import Sample
from collectors.host import words as common
from collectors.host.metrics import DISK
from collectors.host.subject import HOUR, Turn
from collectors.host.windows import words
from collectors.host.windows.script import number, rows, script, subject, text

STATES = {0: "ok", 1: "warning", 2: "failed"}  # HealthStatus of MSFT_PhysicalDisk; 5 is unknown
SCRIPT = script(
    "disks",
    """$n='root/Microsoft/Windows/Storage'
$d=Get-CimInstance -Namespace $n -ClassName MSFT_PhysicalDisk -ErrorAction SilentlyContinue
give @{disks=@($d|ForEach-Object{
@{id=$_.DeviceId;name=$_.FriendlyName;health=$_.HealthStatus}})}""",
    limit=32 * 1024,
)


def told(turn: Turn, facts: Mapping[str, Any]) -> Iterator[Sample]:
    """Windows has at least one, and shows none to an account that is no administrator. The model stands with the
    number: that alone may name another disk after a start."""
    disks = list(rows(facts, "disks"))
    if not disks:
        turn.remarks.append(words.RIGHTS.format(what=words.DISKS))
    for each in disks:
        health = number(each, "health")
        state = None if health is None else STATES.get(int(health))
        if state is not None:
            yield from DISK.state_set(state, disk=f"{text(each, 'id', 8)} {text(each, 'name', 48)}".strip())


SUBJECT = subject("disks", common.DISKS, (DISK,), SCRIPT, told, every=HOUR)
