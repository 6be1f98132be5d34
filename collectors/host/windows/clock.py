"""Whether the Windows Time service says that the clock is kept right, and how far the clock is off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.core.model import Sample
from collectors.host import words as common
from collectors.host.linux.clock import against_agent
from collectors.host.metrics import OFFSET, SYNCHRONIZED
from collectors.host.subject import MINUTE, Turn
from collectors.host.windows import words
from collectors.host.windows.script import number, script, subject

# What `w32tm /query /status` begins with is the leap indicator and the stratum of RFC 5905: the numbers are the same in
# every language, the words are not. LOCL as the source is the machine's own clock, wherever that stands.
NOT_SYNCHRONIZED = 3
SCRIPT = script(
    "clock",
    """$l=@(w32tm /query /status 2>$null)
$n=if($l.Count -gt 5 -and $l[0] -match '[:\\uff1a]\\s*(\\d)'){[int]$Matches[1]}
$s=Get-Service W32Time -ErrorAction SilentlyContinue
give @{runs=$(if($s){[int]([string]$s.Status -eq 'Running')});leap=$n
own=[int][bool]($l -match '0x4C4F434C');at=((Get-Date).ToUniversalTime()-[datetime]'1970-01-01').TotalSeconds}""",
    limit=4096,
)


def told(turn: Turn, facts: Mapping[str, Any]) -> Iterator[Sample]:
    if (kept := _kept_right(turn, facts)) is not None:
        yield Sample(SYNCHRONIZED, float(kept))
    at = number(facts, "at")
    if at is not None and (offset := against_agent(f"{at:.9f}", turn.now, turn.waited)) is not None:
        yield Sample(OFFSET, offset)


def _kept_right(turn: Turn, facts: Mapping[str, Any]) -> bool | None:
    """None, and a remark, where the service does not say: it tells administrators only."""
    runs, leap = number(facts, "runs"), number(facts, "leap")
    if leap is not None:
        if own := bool(number(facts, "own")):
            turn.remarks.append(words.LOCAL_CLOCK)
        return leap != NOT_SYNCHRONIZED and not own
    turn.remarks.append(words.NO_TIME_SERVICE if runs == 0 else words.RIGHTS.format(what=words.TIME))
    return False if runs == 0 else None


SUBJECT = subject("clock", common.TIME_SERVICE, (OFFSET, SYNCHRONIZED), SCRIPT, told, every=MINUTE)
