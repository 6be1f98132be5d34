"""Whether the Windows Time service says that the clock is kept right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from collectors.host.linux.subject import MINUTE, Subject, Turn
from collectors.host.metrics import SYNCHRONIZED
from collectors.host.windows.script import document, lacking, number, script

NOT_SYNCHRONIZED = (
    3  # the leap indicator of RFC 5905; Windows writes its words in the system's language, and this first
)
SCRIPT = script(
    "clock",
    """$l=w32tm /query /status|Select-Object -First 1
$n=if($l -match ':\\s*(\\d)'){[int]$Matches[1]}
give @{runs=[int]((Get-Service W32Time).Status -eq 'Running');leap=$n}""",
    limit=4096,
)


def ask(turn: Turn) -> Sequence[Command]:
    return (SCRIPT,)


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    facts = document(answers[0])
    runs, leap = number(facts, "runs"), number(facts, "leap")
    if runs is None or (runs and leap is None):
        turn.remarks.append(lacking(answers, "the time service"))
        return
    yield Sample(SYNCHRONIZED, float(bool(runs) and leap != NOT_SYNCHRONIZED))


SUBJECT = Subject("clock", (SYNCHRONIZED,), ask, read, every=5 * MINUTE)
