"""Updates that are not installed, and when one last was: by the Windows Update Agent, from what it last learnt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.core.model import Sample
from collectors.host import words as common
from collectors.host.metrics import SECURITY_OLDEST, UPDATED, UPDATES
from collectors.host.subject import HOUR, Turn
from collectors.host.windows import words
from collectors.host.windows.script import number, rows, script, subject, text

GRAVE = ("critical", "important")  # MsrcSeverity of what must not wait
# The categories "security updates" and "critical updates", which have the same number in every language.
CATEGORIES = ("0fa1201d-4330-4fa8-8ae9-b877473b6441", "e6cf1350-c01b-414d-a61f-263d14d133b4")
WEEK = 7 * 24 * HOUR
# Offline: the host's own service looks for updates, at its own times. Operation 1 is an installation, result 2 success.
# All dates of the agent are UTC. A restart is due where the one or the other key is there.
SCRIPT = script(
    "updates",
    """$s=(New-Object -ComObject Microsoft.Update.Session).CreateUpdateSearcher()
$s.Online=$false
$n=$s.GetTotalHistoryCount()
$h=if($n){$s.QueryHistory(0,$n)|Where-Object{$_.Operation -eq 1 -and $_.ResultCode -eq 2}}
$h=$h|Sort-Object Date|Select-Object -Last 1
$a=(New-Object -ComObject Microsoft.Update.AutoUpdate).Results
$v='HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\'
$r=@('Component Based Servicing\\RebootPending','WindowsUpdate\\Auto Update\\RebootRequired'|Where-Object{
Test-Path -LiteralPath ($v+$_)}).Count
give @{last=(utc $h.Date);looked=(utc $a.LastSearchSuccessDate);restart=$r
pending=@($s.Search('IsInstalled=0 and IsHidden=0').Updates|ForEach-Object{
@{severity=[string]$_.MsrcSeverity;released=(utc $_.LastDeploymentChangeTime)
categories=[string]::Join(' ',@($_.Categories|ForEach-Object{$_.CategoryID}))}})}""",
)


def told(turn: Turn, facts: Mapping[str, Any]) -> Iterator[Sample]:
    """That nothing is pending holds only if the host looked of late."""
    pending = list(rows(facts, "pending"))
    if number(facts, "restart"):
        turn.remarks.append(words.RESTART)
    grave = [
        each
        for each in pending
        if text(each, "severity").lower() in GRAVE
        or any(category in text(each, "categories", 2000).lower() for category in CATEGORIES)
    ]
    lately = turn.now - (number(facts, "looked") or 0.0) < WEEK
    if not lately:
        turn.remarks.append(words.OLD_SEARCH)
    for count, security in ((len(grave), "yes"), (len(pending) - len(grave), "no")):
        if count or lately:
            yield Sample(UPDATES, count, (security,))
    if (last := number(facts, "last")) is not None:
        yield Sample(UPDATED, last)
    released = [at for each in grave if (at := number(each, "released")) is not None]
    if released:
        yield Sample(SECURITY_OLDEST, min(released))


SUBJECT = subject(
    "updates", common.UPDATES, (UPDATES, UPDATED, SECURITY_OLDEST), SCRIPT, told, every=6 * HOUR, heavy=True
)
