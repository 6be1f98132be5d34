"""Whether the Windows Time service says that the clock is kept right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.core.model import Sample
from collectors.host import words
from collectors.host.metrics import SYNCHRONIZED
from collectors.host.subject import MINUTE, Turn
from collectors.host.windows.script import number, script, subject

# The leap indicator of RFC 5905: what `w32tm /query /status` begins with; the words behind it are in any language.
NOT_SYNCHRONIZED = 3
SCRIPT = script(
    "clock",
    """$l=w32tm /query /status|Select-Object -First 1
$n=if($l -match ':\\s*(\\d)'){[int]$Matches[1]}
give @{runs=[int]((Get-Service W32Time).Status -eq 'Running');leap=$n}""",
    limit=4096,
)


def told(turn: Turn, facts: Mapping[str, Any]) -> Iterator[Sample]:
    runs, leap = number(facts, "runs"), number(facts, "leap")
    if runs is None or (runs and leap is None):
        turn.remarks.append(words.NO_TIME_SERVICE)
        return
    yield Sample(SYNCHRONIZED, float(bool(runs) and leap != NOT_SYNCHRONIZED))


SUBJECT = subject("clock", words.TIME_SERVICE, (SYNCHRONIZED,), SCRIPT, told, every=5 * MINUTE)
