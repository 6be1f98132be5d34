"""Logins of the last hour, by the security log: events 4624 (a success) and 4625 (a failure)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from agent.core.model import Sample
from collectors.host import words as common
from collectors.host.logins import Login, odd, told
from collectors.host.metrics import LOGIN_AFTER_FAILURES, LOGIN_FAILURES, LOGIN_UNUSUAL
from collectors.host.subject import MINUTE, Turn
from collectors.host.windows import words
from collectors.host.windows.script import number, rows, script, subject, text

SUCCESS = 4624
MOST = 5000  # events of an hour that are asked for, the newest
# LogonType: interactive, network, unlocked, by clear text (as SSH), remote desktop, from the cache.
BY_PEOPLE = (2, 3, 7, 8, 10, 11)
NOWHERE = ("", "-")  # IpAddress of what did not come over the network, and of logins that OpenSSH makes itself
# S-1-5-32-544 is the group of administrators in every language. Of the values of an event TargetUserName is the 6th; of
# a success LogonType the 9th and IpAddress the 19th, of a failure the 11th and the 20th.
SCRIPT = script(
    "logins",
    """$seen=@(Get-WinEvent -LogName Security -MaxEvents 1 -ErrorAction SilentlyContinue).Count
$f=@{LogName='Security';Id=4624,4625;StartTime=(Get-Date).AddHours(-1)}
$e=Get-WinEvent -FilterHashtable $f -MaxEvents MOST -ErrorAction SilentlyContinue
$a=Get-LocalGroupMember -SID 'S-1-5-32-544' -ErrorAction SilentlyContinue
give @{seen=$seen;now=(unix (Get-Date));from=[string]$env:SSH_CONNECTION
administrators=@($a|ForEach-Object{@{name=[string]$_.Name}})
events=@($e|ForEach-Object{$p=$_.Properties;$g=$_.Id -eq 4624;@{id=$_.Id;at=(unix $_.TimeCreated)
user=[string]$p[5].Value;type=[int]$p[$(if($g){8}else{10})].Value
source=[string]$p[$(if($g){18}else{19})].Value}})}""".replace("MOST", str(MOST)),
    limit=1024 * 1024,
)


def told_of(turn: Turn, facts: Mapping[str, Any]) -> Iterator[Sample]:
    if not number(facts, "seen"):
        turn.remarks.append(words.NO_LOGINS)
        return
    agent, now = text(facts, "from").partition(" ")[0], number(facts, "now") or turn.now
    events = list(rows(facts, "events"))
    since = -math.inf
    if len(events) >= MOST:
        since = min((at for each in events if (at := number(each, "at")) is not None), default=now)
        turn.remarks.append(common.MORE_LOGINS)
    found = [_login(each) for each in events if number(each, "type") in BY_PEOPLE]
    own = turn.user.lower()
    others = [each for each in found if not (each.user.lower() == own and each.source in (agent, ""))]
    administrators = {text(each, "name").rpartition("\\")[2].lower() for each in rows(facts, "administrators")}
    calendar, networks = turn.calendar, turn.options.management
    if not administrators:  # as where the group holds an account that is gone: then Windows lists none
        turn.remarks.append(words.RIGHTS.format(what=words.ADMINISTRATORS))
    for sample in told(
        others,
        now,
        lambda each: each.user.lower() in administrators and odd(each, calendar, networks),
        since,
    ):
        if administrators or sample.metric is not LOGIN_UNUSUAL:
            yield sample


def _login(event: Mapping[str, Any]) -> Login:
    source = text(event, "source")
    return Login(
        number(event, "at") or 0.0,
        number(event, "id") == SUCCESS,
        text(event, "user"),
        "" if source in NOWHERE else source.removeprefix("::ffff:"),
    )


SUBJECT = subject(
    "logins", common.LOGINS, (LOGIN_FAILURES, LOGIN_AFTER_FAILURES, LOGIN_UNUSUAL), SCRIPT, told_of, every=MINUTE
)
