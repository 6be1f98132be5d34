"""Event logs: whether they are kept, and from when to when; the security log is what Windows calls its audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.core.model import Sample
from collectors.host import words as common
from collectors.host.metrics import AUDIT, AUDIT_LOG, LOG_NEWEST, LOG_OLDEST
from collectors.host.subject import MINUTE, Turn
from collectors.host.windows import words
from collectors.host.windows.script import number, rows, script, subject, text

SOURCES = {"Security": "audit", "System": "system", "Application": "application"}
SCRIPT = script(
    "logs",
    """give @{logs=@('Security','System','Application'|ForEach-Object{
$l=Get-WinEvent -ListLog $_ -ErrorAction SilentlyContinue
$n=Get-WinEvent -LogName $_ -MaxEvents 1 -ErrorAction SilentlyContinue
$o=Get-WinEvent -LogName $_ -MaxEvents 1 -Oldest -ErrorAction SilentlyContinue
if($l){@{name=$_;on=[int]$l.IsEnabled;newest=(unix $n.TimeCreated);oldest=(unix $o.TimeCreated)}}})}""",
    limit=16 * 1024,
)


def told(turn: Turn, facts: Mapping[str, Any]) -> Iterator[Sample]:
    logs = {text(each, "name"): each for each in rows(facts, "logs")}
    for name, source in SOURCES.items():
        each = logs.get(name, {})
        for metric, moment in ((LOG_NEWEST, "newest"), (LOG_OLDEST, "oldest")):
            if (at := number(each, moment)) is not None:
                yield Sample(metric, at, (source,))
    audit = logs.get("Security")
    if audit is None or number(audit, "newest") is None:
        turn.remarks.append(words.NO_SECURITY_LOG)
        return
    yield Sample(AUDIT, float(bool(number(audit, "on"))))
    yield Sample(AUDIT_LOG, number(audit, "newest") or 0.0)


SUBJECT = subject("logs", common.EVENT_LOGS, (AUDIT, AUDIT_LOG, LOG_NEWEST, LOG_OLDEST), SCRIPT, told, every=5 * MINUTE)
