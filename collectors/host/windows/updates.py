"""Updates that are not installed, and when one last was: by the Windows Update Agent, from what it last learnt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.core.model import Sample
from collectors.host import words
from collectors.host.metrics import SECURITY_OLDEST, UPDATED, UPDATES
from collectors.host.subject import HOUR, Turn
from collectors.host.windows.script import number, rows, script, subject, text

GRAVE = ("critical", "important")  # MsrcSeverity of what must not wait
# The categories "security updates" and "critical updates", which have the same number in every language.
CATEGORIES = ("0fa1201d-4330-4fa8-8ae9-b877473b6441", "e6cf1350-c01b-414d-a61f-263d14d133b4")
# Offline: the host's own service looks for updates, at its own times. Operation 1 is an installation, result 2 success.
SCRIPT = script(
    "updates",
    """$s=(New-Object -ComObject Microsoft.Update.Session).CreateUpdateSearcher()
$s.Online=$false
$h=$s.QueryHistory(0,200)|Where-Object{$_.Operation -eq 1 -and $_.ResultCode -eq 2}
$h=$h|Sort-Object Date|Select-Object -Last 1
give @{last=(unix $h.Date);pending=@($s.Search('IsInstalled=0 and IsHidden=0').Updates|ForEach-Object{
@{severity=[string]$_.MsrcSeverity;released=(unix $_.LastDeploymentChangeTime)
categories=[string]::Join(' ',@($_.Categories|ForEach-Object{$_.CategoryID}))}})}""",
)


def told(turn: Turn, facts: Mapping[str, Any]) -> Iterator[Sample]:
    pending = list(rows(facts, "pending"))
    grave = [
        each
        for each in pending
        if text(each, "severity").lower() in GRAVE
        or any(category in text(each, "categories", 2000).lower() for category in CATEGORIES)
    ]
    yield Sample(UPDATES, len(grave), ("yes",))
    yield Sample(UPDATES, len(pending) - len(grave), ("no",))
    if (last := number(facts, "last")) is not None:
        yield Sample(UPDATED, last)
    released = [at for each in grave if (at := number(each, "released")) is not None]
    if released:
        yield Sample(SECURITY_OLDEST, min(released))


SUBJECT = subject(
    "updates", words.UPDATES, (UPDATES, UPDATED, SECURITY_OLDEST), SCRIPT, told, every=6 * HOUR, heavy=True
)
