"""Hardening of a Windows host: password policy, accounts, what the system offers, at a counter the desktop.

By WinNT's own numbers, accounts by SID and the registry: nothing that Windows translates is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from agent.core.text import Text
from collectors.host import hardening as judged
from collectors.host.hardening import Account, Deviation, Passwords, Topic
from collectors.host.metrics import HARDENING
from collectors.host.subject import HOUR, Subject, Turn
from collectors.host.windows import terminal, words
from collectors.host.windows.script import VALUE, document, lacking, number, rows, script, text

FOREVER = 2.0**31  # seconds: what has no end is told as -1, or as that without a sign
ADMINISTRATOR, GUEST = "-500", "-501"  # how the SIDs of the accounts end that every Windows has
FIRST_PERSON = 1000  # relative ids from here on are those of accounts that somebody made
PROFILES = {"DomainProfile": "Domain", "StandardProfile": "Private", "PublicProfile": "Public"}
# Whether passwords must be complex stands in the registry for nobody to read; where a policy of the domain sets it,
# administrators are told by RSoP.
SCRIPT = script(
    "hardening",
    VALUE
    + """$d=try{[adsi]('WinNT://'+$env:COMPUTERNAME+',computer')}catch{}
$c=Get-CimInstance -Namespace root/rsop/computer -ClassName RSOP_SecuritySettingBoolean -ErrorAction SilentlyContinue|
Where-Object{$_.KeyName -eq 'PasswordComplexity' -and $_.Precedence -eq 1}
$u=Get-LocalUser -ErrorAction SilentlyContinue
$a=@(Get-LocalGroupMember -SID S-1-5-32-544 -ErrorAction SilentlyContinue|ForEach-Object{[string]$_.SID})
$s=try{Get-SmbServerConfiguration -ErrorAction Stop}catch{}
$t='HKLM:\\SYSTEM\\CurrentControlSet\\'
$p='HKLM:\\SOFTWARE\\Policies\\Microsoft\\'
$w=$t+'Services\\SharedAccess\\Parameters\\FirewallPolicy\\'
$r=$p+'Windows NT\\Terminal Services'
give @{length=$d.MinPasswordLength.Value;age=$d.MaxPasswordAge.Value;tries=$d.MaxBadPasswordsAllowed.Value
unlock=$d.AutoUnlockInterval.Value;complex=$(if($c){[int]$c.Setting})
idle=(value 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System' 'InactivityTimeoutSecs')
users=@($u|ForEach-Object{@{name=$_.Name;sid=[string]$_.SID;on=[int]$_.Enabled;required=[int]$_.PasswordRequired
last=(unix $_.LastLogon);administrator=[int]($a -contains [string]$_.SID)}})
smb1=$(if($s){[int]$s.EnableSMB1Protocol}else{value ($t+'Services\\LanmanServer\\Parameters') 'SMB1'})
rdp_off=(either ($r) ($t+'Control\\Terminal Server') 'fDenyTSConnections')
nla=(either ($r) ($t+'Control\\Terminal Server\\WinStations\\RDP-Tcp') 'UserAuthentication')
walls=@('DomainProfile','StandardProfile','PublicProfile'|ForEach-Object{@{name=$_
on=(either ($p+'WindowsFirewall\\'+$_) ($w+$_) 'EnableFirewall')}})}""",
    limit=128 * 1024,
)


def ask(turn: Turn) -> Sequence[Command]:
    return (SCRIPT, terminal.SCRIPT) if turn.options.role == "terminal" else (SCRIPT,)


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    for answer, what, judge in zip(answers, (words.SETTINGS, words.DESKTOP), (_judged, _desktop), strict=False):
        facts = document(answer)
        if not facts:
            turn.remarks.append(lacking(answer, what))
            continue
        for topic, deviations, unseen in judge(turn, facts):
            yield from judged.told(turn.remarks, topic, deviations, unseen)


Judgement = tuple[Topic, list[Deviation], list[Text]]


def _judged(turn: Turn, facts: Mapping[str, Any]) -> Iterator[Judgement]:
    yield _passwords(facts)
    yield _accounts(turn, facts)
    yield _system(facts)


def _desktop(turn: Turn, facts: Mapping[str, Any]) -> Iterator[Judgement]:
    yield "terminal", *terminal.judged(facts)


def _passwords(facts: Mapping[str, Any]) -> Judgement:
    """The policy of the machine's own accounts. An age or a lock without end is 0."""
    length = number(facts, "length")
    if length is None:
        return "password", [], [words.POLICY]
    age, unlock, complex_ = number(facts, "age") or 0.0, number(facts, "unlock") or 0.0, number(facts, "complex")
    rules = Passwords(
        length,
        judged.CLASSES if complex_ is None or complex_ else 0,
        age / judged.DAY if 0 < age < FOREVER else 0.0,
        number(facts, "tries"),
        unlock if 0 < unlock < FOREVER else 0.0,
        number(facts, "idle"),
    )
    return (
        "password",
        list(judged.of_passwords(rules, _administered(facts))),
        [words.COMPLEXITY] if complex_ is None else [],
    )


def _administered(facts: Mapping[str, Any]) -> bool:
    """Whether an account of the machine's own that is on administers it."""
    on = (each for each in rows(facts, "users") if number(each, "on"))
    return any(number(each, "administrator") or text(each, "sid").endswith(ADMINISTRATOR) for each in on)


def _accounts(turn: Turn, facts: Mapping[str, Any]) -> Judgement:
    users = [each for each in rows(facts, "users") if text(each, "sid").startswith("S-1-5-21-")]
    if not users:
        return "accounts", [], [words.ACCOUNTS]
    on = [each for each in users if number(each, "on")]
    found = [deviation for each in on for deviation in _standing(each)]
    accounts = [Account(text(each, "name"), _rid(each), None, number(each, "last"), _person(each)) for each in on]
    found += judged.of_accounts(accounts, turn.now, turn.kept.setdefault("since", turn.now), turn.left)
    return "accounts", found, []


def _standing(user: Mapping[str, Any]) -> Iterator[Deviation]:
    name, sid = text(user, "name", 32), text(user, "sid")
    if sid.endswith(GUEST):
        yield Deviation("fail", words.GUEST_ON.format(name=name))
    elif sid.endswith(ADMINISTRATOR) and name.lower() == "administrator":
        yield Deviation("warn", words.ADMINISTRATOR_ON)
    if not number(user, "required") and not sid.endswith(GUEST):
        yield Deviation("warn", words.NOT_REQUIRED.format(name=name))


def _rid(user: Mapping[str, Any]) -> int:
    """Never 0, which is what root is elsewhere."""
    last = text(user, "sid").rpartition("-")[2]
    return int(last) if last.isdecimal() and len(last) < 11 and int(last) else 1


def _person(user: Mapping[str, Any]) -> bool:
    return _rid(user) >= FIRST_PERSON or text(user, "sid").endswith(ADMINISTRATOR)


def _system(facts: Mapping[str, Any]) -> Judgement:
    found, unseen = [], []
    smb1 = number(facts, "smb1")
    if smb1 is None:
        unseen.append(words.SMB1)
    elif smb1:
        found.append(Deviation("fail", words.SMB1_ON))
    if number(facts, "rdp_off") == 0 and number(facts, "nla") == 0:
        found.append(Deviation("fail", words.NO_NLA))
    for each in rows(facts, "walls"):
        on = number(each, "on")
        name = PROFILES.get(text(each, "name"), "?")
        if on is None:
            unseen.append(words.FIREWALL.format(name=name))
        elif not on:
            found.append(Deviation("fail", words.NO_FIREWALL.format(name=name)))
    return "system", found, unseen


SUBJECT = Subject("hardening", (HARDENING,), ask, read, every=6 * HOUR, heavy=True)
