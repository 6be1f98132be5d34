"""Scripts of PowerShell: each gives one JSON document, in base64 so that no console's encoding or width spoils it."""

from __future__ import annotations

import json
import math
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from agent.core.model import Metric, Sample
from agent.core.ssh import Answer, Command
from agent.core.text import Text, clean
from collectors.host import words
from collectors.host.subject import Subject, Turn

# give: an object as JSON; unix: a DateTime as Unix seconds. No double quotes: Windows would split them.
PRELUDE = """function give($x){$j=ConvertTo-Json -InputObject $x -Depth 4 -Compress
$b=[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($j))
for($i=0;$i -lt $b.Length;$i+=2000){$b.Substring($i,[Math]::Min(2000,$b.Length-$i))}}
function unix($d){if($d){[Math]::Round((([DateTime]$d).ToUniversalTime()-[DateTime]'1970-01-01').TotalSeconds)}}
"""
LIMIT = 256 * 1024
Told = Callable[[Turn, Mapping[str, Any]], Iterator[Sample]]


def script(name: str, body: str, limit: int = LIMIT) -> Command:
    """`body` ends in `give`; `name` stands in it for whoever looks into the host's log of scripts."""
    return Command(("Invoke-Expression", f"<#shouwang {name}#>\n{PRELUDE}{body}"), limit=limit)


def document(answer: Answer) -> Mapping[str, Any]:
    """What the script gave; empty where it gave nothing that can be read."""
    try:
        found = json.loads(b64decode(b"".join(answer.stdout.split()), validate=True))
    except ValueError:  # no base64, no UTF-8, no JSON; also what was cut
        return {}
    return found if isinstance(found, dict) else {}


def rows(facts: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The objects of a list. ConvertTo-Json makes a list of one element that element."""
    found = facts.get(name)
    for each in found if isinstance(found, list) else [found]:
        if isinstance(each, dict):
            yield each


def number(facts: Mapping[str, Any], name: str) -> float | None:
    """A finite number; JSON as Python reads it has others too."""
    value = facts.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return None
    return float(value)


def text(facts: Mapping[str, Any], name: str, limit: int = 80) -> str:
    value = facts.get(name)
    return clean(value, limit) if isinstance(value, str) else ""


def subject(name: str, what: Text, metrics: tuple[Metric, ...], command: Command, told: Told, **pace: Any) -> Subject:
    """One that a single script answers. `told` gets what it gave; where that is nothing, a remark says that `what`
    could not be read."""

    def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
        facts = document(answers[0])
        if facts:
            yield from told(turn, facts)
        else:
            turn.remarks.append(lacking(answers, what))

    return Subject(name, metrics, lambda turn: (command,), read, **pace)


def lacking(answers: Sequence[Answer], what: Text) -> Text:
    """A remark on a script that gave nothing: the first line of what it complained of."""
    said = clean(answers[0].stderr.decode("utf-8", "replace").strip().partition("\n")[0], 160)
    return words.LACKING.format(what=what, why=said or words.NO_JSON)
