"""Services: those that run, those that ended with an error, those that agent.yaml names, and how often one broke
off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.core.model import Sample
from collectors.host import words as common
from collectors.host.metrics import RESTARTS, SERVICE
from collectors.host.subject import MINUTE, Turn
from collectors.host.windows import words
from collectors.host.windows.script import number, rows, script, subject, text, texts

MOST = 200  # services that are told; those that are named and those that failed come first
ENDED_WELL = (0.0, 1077.0)  # ERROR_SUCCESS, ERROR_SERVICE_NEVER_STARTED: it was not wanted since the start
# Events 7031 and 7034: a service ended unexpectedly; the first value is its display name.
SCRIPT = script(
    "services",
    """$f=@{LogName='System';ProviderName='Service Control Manager';Id=7031,7034;StartTime=(Get-Date).AddDays(-1)}
$l=@(Get-WinEvent -LogName System -MaxEvents 1 -ErrorAction SilentlyContinue).Count
give @{logged=$l;services=@(Get-CimInstance Win32_Service -ErrorAction SilentlyContinue|ForEach-Object{
@{name=$_.Name;shown=$_.DisplayName;state=$_.State;mode=$_.StartMode;code=[double]$_.ExitCode}})
broken=@(Get-WinEvent -FilterHashtable $f -MaxEvents 1000 -ErrorAction SilentlyContinue|ForEach-Object{@{shown=[string]\
$_.Properties[0].Value}})
processes=@(Get-Process|Select-Object -ExpandProperty ProcessName -Unique)}""",
)


def told(turn: Turn, facts: Mapping[str, Any]) -> Iterator[Sample]:
    """An account that is no administrator may be shown no service at all: then one that is named and has no process is
    not known to be down."""
    services = {text(each, "name").lower(): each for each in rows(facts, "services") if text(each, "name")}
    broken = Counter(text(each, "shown") for each in rows(facts, "broken"))
    found = _named(turn.options.services, services, frozenset(each.lower() for each in texts(facts, "processes")))
    if not services:
        turn.remarks.append(words.RIGHTS.format(what=common.SERVICES))
        found = {name: told for name, told in found.items() if told[0]}
    if not number(facts, "logged"):
        turn.remarks.append(words.RIGHTS.format(what=words.BROKEN))
    for name, each in services.items():
        up = _up(each)
        if name not in found and up is not None:
            found[name] = up, each
    for name, (up, each) in sorted(found.items(), key=lambda pair: pair[1][0])[:MOST]:
        label = (text(each, "name") or name,)
        yield Sample(SERVICE, float(up), label)
        if number(facts, "logged"):
            yield Sample(RESTARTS, float(broken[text(each, "shown")]), label)


def _named(
    names: Sequence[str], services: Mapping[str, Mapping[str, Any]], processes: frozenset[str]
) -> dict[str, tuple[bool, Mapping[str, Any]]]:
    """A name that no service has is that of a process."""
    found: dict[str, tuple[bool, Mapping[str, Any]]] = {}
    for name in names:
        each = services.get(name.lower())
        runs = name.lower().removesuffix(".exe") in processes if each is None else text(each, "state") == "Running"
        found[name.lower()] = runs, each or {"name": name}
    return found


def _up(facts: Mapping[str, Any]) -> bool | None:
    """None: it neither runs nor failed, which is right for most."""
    if text(facts, "state") == "Running":
        return True
    failed = text(facts, "mode") == "Auto" and number(facts, "code") not in ENDED_WELL
    return False if failed and text(facts, "state") == "Stopped" else None


SUBJECT = subject("services", common.SERVICES, (SERVICE, RESTARTS), SCRIPT, told, every=MINUTE)
