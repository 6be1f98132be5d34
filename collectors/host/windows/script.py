"""Scripts of PowerShell: each gives one JSON document in ASCII, so that no console's code page or width spoils it.

They keep to what ConstrainedLanguage mode allows wherever Windows itself does: methods of core types only, no Add-Type.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from agent.core.model import Metric, Sample
from agent.core.ssh import Answer, Command
from agent.core.text import Text, clean
from collectors.host import words as common
from collectors.host.subject import Subject, Turn
from collectors.host.windows import words

# give: an object as JSON, what went wrong with it, in lines that no console wraps; unix: a local time as Unix seconds,
# utc: one that is UTC already. PowerShell 2 knows no JSON. No double quotes: Windows would split them.
PRELUDE = """function give($x){$e=@($Error|Select-Object -First ($Error.Count-$known))
$x.why=@($e|Select-Object -Last 3|ForEach-Object{[string]$_})
$x.mode=[string]$ExecutionContext.SessionState.LanguageMode
$j=ConvertTo-Json -InputObject $x -Depth 5 -Compress;$h=@{}
foreach($m in [regex]::Matches($j,'[^!-~]')){$h[[int][char]$m.Value]=1}
foreach($c in @($h.Keys)){$j=$j.Replace([string][char]$c,('\\u{0:x4}' -f $c))}
for($i=0;$i -lt $j.Length;$i+=76){if($j.Length-$i -lt 76){$j.Substring($i)}else{$j.Substring($i,76)}}}
function utc($d){if($d){[long](([datetime]$d-[datetime]'1970-01-01').TotalSeconds)}}
function unix($d){if($d){utc (([datetime]$d).ToUniversalTime())}}
"""
# value: of the registry, nothing where it is not there; either: a policy's before that of the machine.
VALUE = """function value($p,$n){(Get-ItemProperty -LiteralPath $p -Name $n -ErrorAction SilentlyContinue).$n}
function either($p,$q,$n){$x=value $p $n;if($null -ne $x){$x}else{value $q $n}}
"""
OLD = "PowerShell "
BODY = """$known=$Error.Count
if($PSVersionTable.PSVersion.Major -lt 3){'PowerShell '+[string]$PSVersionTable.PSVersion}else{try{
BODY
}catch{give @{}}}"""
IMPOSSIBLE = frozenset('"<>|?*')
TOLD_ALWAYS = frozenset(("why", "mode"))  # by `give`, beside what a script itself gives
FULL = "FullLanguage"
LIMIT = 256 * 1024
Told = Callable[[Turn, Mapping[str, Any]], Iterator[Sample]]


def script(name: str, body: str, *given: str, limit: int = LIMIT) -> Command:
    """`body` ends in `give`, and has what is `given` as $given; `name` stands in it for whoever looks into the host's
    log of scripts."""
    return Command(
        ("Invoke-Script", f"<#shouwang {name}#>\n{PRELUDE}{BODY.replace('BODY', body)}", *given), limit=limit
    )


def possible(path: str | None) -> TypeGuard[str]:
    """Whether a file of Windows can be called so. Of the rest a double quote could not even be put to it."""
    return path is not None and not set(path) & IMPOSSIBLE


def document(answer: Answer) -> Mapping[str, Any]:
    """What the script itself gave; empty where that is nothing that can be read."""
    return {name: value for name, value in _parsed(answer).items() if name not in TOLD_ALWAYS}


def _parsed(answer: Answer) -> Mapping[str, Any]:
    try:
        found = json.loads(b"".join(answer.stdout.split()))
    except (ValueError, RecursionError):  # no UTF-8, no JSON; also what was cut
        return {}
    return found if isinstance(found, dict) else {}


def rows(facts: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The objects of a list. ConvertTo-Json makes a list of one element that element."""
    return (each for each in listed(facts, name) if isinstance(each, dict))


def texts(facts: Mapping[str, Any], name: str, limit: int = 80) -> Iterator[str]:
    """The texts of a list, likewise."""
    return (clean(each, limit) for each in listed(facts, name) if isinstance(each, str))


def listed(facts: Mapping[str, Any], name: str) -> list[Any]:
    found = facts.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def number(facts: Mapping[str, Any], name: str) -> float | None:
    """A finite number; JSON as Python reads it has others too."""
    value = facts.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def text(facts: Mapping[str, Any], name: str, limit: int = 80) -> str:
    value = facts.get(name)
    return clean(value, limit) if isinstance(value, str) else ""


def subject(name: str, what: Text, metrics: tuple[Metric, ...], command: Command, told: Told, **pace: Any) -> Subject:
    """One that a single script answers. `told` gets what it gave; where that is nothing, a remark says that `what`
    could not be read."""

    def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
        if facts := document(answers[0]):
            yield from told(turn, facts)
        else:
            turn.remarks.append(lacking(answers[0], what))

    return Subject(name, metrics, lambda turn: (command,), read, **pace)


def lacking(answer: Answer, what: Text) -> Text:
    """A remark on a script that gave nothing: what went wrong first of all."""
    return common.LACKING.format(what=what, why=why(answer))


def why(answer: Answer) -> Text | str:
    """What went wrong first of all."""
    said = answer.stdout.strip()
    if said.startswith(OLD.encode()):
        return words.OLD_POWERSHELL.format(version=clean(said.split()[-1], 16))
    facts = _parsed(answer)
    errors = list(texts(facts, "why", 160)) or [clean(answer.stderr.strip().partition(b"\n")[0], 160)]
    first = errors[-1] or words.NO_JSON
    mode = text(facts, "mode", 24)
    return words.REFUSED.format(why=first, mode=mode) if mode and mode != FULL else first
