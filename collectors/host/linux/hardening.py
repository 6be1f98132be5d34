"""Hardening of a Linux host: what sshd, the password rules, the accounts and, at a counter, the desktop are set to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from agent.core.model import Sample
from agent.core.ssh import Answer, Command, reading
from agent.core.text import clean
from collectors.as_root import WITHOUT_PASSWORD
from collectors.host import hardening as judged
from collectors.host import words
from collectors.host.hardening import Account, Deviation, Passwords, Topic
from collectors.host.linux.figures import number, settings
from collectors.host.linux.logins import GROUPS, members
from collectors.host.metrics import HARDENING
from collectors.host.subject import HOUR, Subject, Turn

PASSWD = reading("/etc/passwd", 256 * 1024)
# The passwd of shadow, which Debian and its kin have, can list all; that of rpm based systems and busybox cannot.
LISTED = Command(("/usr/bin/passwd", "-S", "-a"), limit=256 * 1024, root=True)
SHADOW = Command(WITHOUT_PASSWORD, limit=256 * 1024, root=True)
SSHD = Command(("/usr/sbin/sshd", "-T"), limit=64 * 1024, root=True)
LASTLOG = Command(("lastlog",), limit=256 * 1024)
RULES = {
    "login.defs": reading("/etc/login.defs"),
    "pwquality.conf": reading("/etc/security/pwquality.conf"),
    "faillock.conf": reading("/etc/security/faillock.conf"),
    # Debian, Kylin and UOS desktops; openEuler and Kylin servers.
    "common-password": reading("/etc/pam.d/common-password"),
    "common-auth": reading("/etc/pam.d/common-auth"),
    "system-auth": reading("/etc/pam.d/system-auth"),
}
TIMEOUTS = Command(
    ("grep", "-rhsE", "-e", "^[^#]*TMOUT=", "--", "/etc/profile", "/etc/profile.d", "/etc/bash.bashrc", "/etc/bashrc")
)
STORAGE = Command(("grep", "-rhsE", "-e", "usb[-_]storage", "--", "/etc/modprobe.d"))
SCREENS = Command(("grep", "-rhsE", "-e", "^(idle-delay|lock-enabled|idle-activation-enabled)=", "--", "/etc/dconf/db"))
SHELLS = re.compile(r".*/(?:ba|da|k|z|c|tc|fi|a|mk)?sh\b.*")


def ask(turn: Turn) -> Sequence[Command]:
    commands = [PASSWD, LISTED if turn.system.has("apt-get") else SHADOW, GROUPS, *RULES.values(), TIMEOUTS]
    if turn.system.has("sshd"):
        commands.append(SSHD)
    if turn.system.has("lastlog"):
        commands.append(LASTLOG)
    return [*commands, STORAGE, SCREENS] if turn.options.role == "terminal" else commands


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    said = {answer.command.argv: answer for answer in answers}
    judgements: list[tuple[Topic, Iterable[Deviation]]] = []
    sshd = said.get(SSHD.argv)
    if sshd is not None and sshd.ok:
        judgements.append(("sshd", judged.of_sshd(settings(sshd.text.lower()))))
    texts = {name: said[command.argv].text for name, command in RULES.items()}
    if any(texts.values()):
        rules = passwords(texts, said[TIMEOUTS.argv].text)
        judgements.append(("password", judged.of_passwords(rules, administered(said, answers[1]))))
    states, listed = answers[1], said[PASSWD.argv]
    if not listed.ok:
        states = listed  # who there is was not told, so nobody was seen to be open
    if not (states.ok or states.forbidden or states.late):
        why = clean(states.stderr, 120) or states.command.argv[0]
        turn.remarks.append(words.LACKING.format(what=words.TOPICS["accounts"], why=why))
    found = list(_accounts(turn, said, states))
    # Without root a second one is seen, and an empty password is not: then nothing wrong is no pass.
    if states.ok or any(each.result == "fail" for each in found):
        judgements.append(("accounts", found))
    if STORAGE.argv in said:
        judgements.append(("terminal", of_terminal(said[STORAGE.argv].text, said[SCREENS.argv].text)))
    for topic, judgement in judgements:
        yield from judged.told(turn.remarks, topic, list(judgement))


def _accounts(turn: Turn, said: Mapping[tuple[str, ...], Answer], states: Answer) -> Iterator[Deviation]:
    logins = said.get(LASTLOG.argv)
    known = logins is not None and logins.ok
    last = last_logins(logins.text) if logins is not None and known else {}
    accounts = accounts_of(said[PASSWD.argv].text, states.text, last)
    # Before this agent came nobody noted what a file of logins that begins anew would have said.
    since = turn.kept.setdefault("since", turn.now) if known else None
    # Whether an account is locked is not known where its state was not told.
    return judged.of_accounts(accounts, turn.now, since, turn.left if states.ok else ())


def administered(said: Mapping[tuple[str, ...], Answer], states: Answer) -> bool:
    """Whether somebody administers the host by a password; that root has one is not taken for granted."""
    able = members(said[GROUPS.argv].text)
    accounts = accounts_of(said[PASSWD.argv].text, states.text, {})
    return any(
        (each.uid == 0 or each.name in able) and each.password != "locked" and (states.ok or each.uid != 0)  # noqa: S105
        for each in accounts
    )


def accounts_of(passwd: str, status: str, last: Mapping[str, float]) -> Iterator[Account]:
    """passwd(5), and name, then L or LK locked, NP empty, P or PS usable; SHADOW leaves those out."""
    told = [re.split(r"[\s:]+", line.strip(), maxsplit=2) for line in status.split("\n")]
    words = {each[0]: each[1] for each in told if len(each) > 1}
    for line in passwd.split("\n"):
        fields = line.split(":")
        if len(fields) < 7 or not fields[2].isdecimal() or len(fields[2]) > 10:
            continue
        state = words.get(fields[0], "")
        password = "empty" if state == "NP" or fields[1] == "" else None
        if password is None and state:
            password = "locked" if state.startswith("L") else "usable"
        uid, shell = int(fields[2]), SHELLS.fullmatch(fields[6]) is not None
        yield Account(fields[0], uid, password, last.get(fields[0]), shell and uid >= 1000)  # type: ignore[arg-type]  # one of the three words


def last_logins(text: str) -> Mapping[str, float]:
    """lastlog(8): the name first, the moment at the end, with its zone."""
    found = {}
    for line in text.split("\n")[1:]:
        match = re.search(r"\w{3} (\w{3} +\d{1,2} \d\d:\d\d:\d\d [+-]\d{4} \d{4})\s*$", line)
        if match is None:
            continue
        try:
            found[line.split()[0]] = datetime.strptime(match[1], "%b %d %H:%M:%S %z %Y").timestamp()
        except ValueError:
            continue
    return found


def passwords(texts: Mapping[str, str], timeouts: str) -> Passwords:
    """Arguments of a PAM module come before what stands in its file. login.defs(5) says nothing of lengths where PAM is
    used; what `enforcing = 0` lets pass with a warning is not asked."""
    defs = settings(texts["login.defs"])
    modules = [line for name in ("common-password", "common-auth", "system-auth") for line in _lines(texts[name])]
    quality = _module(modules, "pam_pwquality", texts["pwquality.conf"]) or _module(modules, "pam_cracklib", "")
    if number(quality.get("enforcing", "1")) == 0:
        quality = {}
    unix = _module(modules, "pam_unix", "").get("minlen", "") if modules else defs.get("PASS_MIN_LEN", "")
    lock = _module(modules, "pam_faillock", texts["faillock.conf"]) or _module(modules, "pam_tally2", "")
    timeout = [number(each) for each in re.findall(r"TMOUT=(\d{1,6})", timeouts)]
    classes = number(quality.get("minclass", ""))
    credits = sum((number(quality.get(name, "")) or 0) < 0 for name in ("dcredit", "ucredit", "lcredit", "ocredit"))
    return Passwords(
        number(quality.get("minlen", "8") if quality else unix),
        max(classes or 0, credits),
        number(defs.get("PASS_MAX_DAYS", "")),
        number(lock.get("deny", "3")) if lock else None,
        number(lock.get("unlock_time", "600")) if lock else None,
        max((each for each in timeout if each is not None), default=None),
    )


def _lines(text: str) -> Iterator[str]:
    return (line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#"))


def _module(lines: Sequence[str], module: str, file: str) -> dict[str, str]:
    """The settings of a module; empty where no service uses it, and never where one does."""
    used = [line for line in lines if module + ".so" in line]
    if not used:
        return {}
    given = dict(word.partition("=")[::2] for line in used for word in line.partition(".so")[2].split())
    return {"used": "", **settings(file, "="), **given}


def of_terminal(storage: str, screens: str) -> Iterator[Deviation]:
    """A counter PC: no USB storage, and a screen that locks itself within 10 minutes."""
    rules = [line for line in _lines(storage) if re.match(r"\s*(?:blacklist|install)\s+usb[-_]storage\b", line)]
    if not any("install" in line and re.search(r"/bin/(?:true|false)\b", line) for line in rules):
        yield Deviation("warn" if rules else "fail", words.USB_STORAGE)
    facts = settings(screens, "=")
    delay = number(facts.get("idle-delay", "").removeprefix("uint32 "))
    if delay is None or not 0 < delay <= judged.TIMEOUT or facts.get("lock-enabled") == "false":
        yield Deviation("fail", words.NO_SCREEN_LOCK.format(most=judged.TIMEOUT))


SUBJECT = Subject("hardening", (HARDENING,), ask, read, every=6 * HOUR)
