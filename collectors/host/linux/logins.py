"""Logins of the last hour, by the journal, else by the log files of sshd, and by lastb for those not over SSH."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from agent.core.model import Sample
from agent.core.ssh import Answer, Command, reading
from collectors.host import words
from collectors.host.logins import Login, odd, told
from collectors.host.metrics import LOGIN_AFTER_FAILURES, LOGIN_FAILURES, LOGIN_UNUSUAL
from collectors.host.subject import MINUTE, Subject, Turn

JOURNAL_ARGV = (
    "/usr/bin/journalctl", "-u", "ssh", "-u", "sshd", "--since", "-1h", "-o", "json", "--no-pager",
)  # fmt: skip
JOURNAL = Command(JOURNAL_ARGV, limit=1024 * 1024, root=True)
PLAIN_JOURNAL = Command(JOURNAL_ARGV, limit=1024 * 1024)
LASTB = Command(("/usr/bin/lastb", "-F", "-w", "-n", "2000"), limit=256 * 1024, root=True)
FILES = tuple(
    Command(("tail", "-n", "5000", "--", path), limit=512 * 1024)
    for path in ("/var/log/auth.log", "/var/log/secure", "/var/log/messages")
)
ZONE = Command(("date", "+%Y %z"), limit=64)
GROUPS = reading("/etc/group", 128 * 1024)
ADMINISTRATORS = ("sudo", "wheel", "admin", "adm", "root")

# A user's name may hold anything, also ` from 10.0.0.1 port 22`: what sshd itself wrote stands at the end of the line.
END = r" from (\S+) port \d+(?: ssh2)?(?: \[preauth\])?(?:: .*)?"
GOOD = re.compile(r"Accepted \S+ for (.*?)" + END, re.DOTALL)
BAD = re.compile(r"Failed (?!none)\S+ for (?:invalid user )?(.*)" + END, re.DOTALL)
LINE = re.compile(
    r"(?:(\w{3} [ \d]\d \d\d:\d\d:\d\d)|(\d{4}-\d\d-\d\dT\S+)) \S+ (?:\S+ )?sshd(?:-session)?\[\d+\]: (.*)"
)
LASTB_LINE = re.compile(r"(.*?) +(\S+) +(\S*) +(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}) - .*")


def ask(turn: Turn) -> Sequence[Command]:
    if turn.system.has("journalctl") and turn.system.has("systemd"):
        journal = [JOURNAL, *([PLAIN_JOURNAL] if turn.memory.get("forbidden") else [])]
    else:
        journal = list(FILES)
    return [ZONE, GROUPS, *journal, *([LASTB] if turn.system.has("lastb") else [])]


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    zone, groups, *logs = answers
    found: list[Login] = []
    seen, whole = False, True
    for answer in logs:
        command = answer.command.argv
        if command == JOURNAL_ARGV and answer.command.root:
            turn.memory["forbidden"] = answer.forbidden
        # Who may not see the system's entries is told so, and gets none.
        if not answer.ok or b"not seeing messages" in answer.stderr:
            continue
        seen = seen or command != LASTB.argv
        whole = whole and not answer.cut
        found += _logins(answer, zone.text, turn.now)
    if not seen:
        if not any(each.forbidden for each in logs):
            turn.remarks.append(words.NO_LOGINS)
        return
    others = [each for each in found if not (each.user == turn.user and each.source == turn.system.agent)]
    administrators = members(groups.text)
    calendar, networks = turn.calendar, turn.options.management
    if not whole:
        turn.remarks.append(words.MORE_LOGINS)
    yield from told(
        others, turn.now, lambda login: login.user in administrators and odd(login, calendar, networks), whole
    )


def _logins(answer: Answer, zone: str, now: float) -> Iterator[Login]:
    if answer.command.argv == JOURNAL_ARGV:
        return by_journal(answer.text)
    if answer.command.argv == LASTB.argv:
        return by_lastb(answer.text, zone)
    return by_file(answer.text, zone, now)


def members(group: str) -> frozenset[str]:
    """Who may become root: root, and the members of the groups that usually may (group(5))."""
    lines = (line.split(":") for line in group.split("\n"))
    return frozenset(
        (
            "root",
            *(name for line in lines if len(line) > 3 and line[0] in ADMINISTRATORS for name in line[3].split(",")),
        )
    )


def by_journal(text: str) -> Iterator[Login]:
    """A line of JSON each; a message that is no UTF-8 is a list of bytes, one that is too long is null."""
    for line in text.split("\n"):
        try:
            entry = json.loads(line)
            said, at = entry["MESSAGE"], int(entry["__REALTIME_TIMESTAMP"]) / 1e6
            message = bytes(said).decode("utf-8", "surrogateescape") if isinstance(said, list) else str(said)
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        yield from of_sshd(message, at)


def of_sshd(message: str, at: float) -> Iterator[Login]:
    """What a message of sshd tells of an attempt. `Failed none` is how a client asks which ways there are."""
    for pattern, good in ((GOOD, True), (BAD, False)):
        if (match := pattern.fullmatch(message)) is not None:
            yield Login(at, good, match[1], match[2].removeprefix("::ffff:"))
            return


def by_file(text: str, zone: str, now: float) -> Iterator[Login]:
    for line in text.split("\n"):
        match = LINE.fullmatch(line)
        at = None if match is None else _moment(match[1], match[2], zone, now)
        if match is not None and at is not None:
            yield from of_sshd(match[3], at)


def _moment(old: str | None, new: str | None, zone: str, now: float) -> float | None:
    """The old form has no year and no zone: it is this year's, or the last one's where that would lie ahead."""
    try:
        if new:
            return datetime.fromisoformat(new).timestamp()
        year, east = zone.split()
        found = datetime.strptime(f"{year} {old} {east}", "%Y %b %d %H:%M:%S %z").timestamp()
    except ValueError:
        return None
    return found if found < now + 86400 else found - timedelta(days=365).total_seconds()


def by_lastb(text: str, zone: str) -> Iterator[Login]:
    """Failures that sshd did not tell of itself: at the console, by FTP. Local time, whose zone date(1) says."""
    east = zone.rsplit(maxsplit=1)[-1] if zone.split() else "+0000"
    for line in text.split("\n"):
        match = LASTB_LINE.fullmatch(line)
        if match is None or match[2].startswith("ssh"):
            continue
        try:
            at = datetime.strptime(f"{match[4]} {east}", "%a %b %d %H:%M:%S %Y %z").timestamp()
        except ValueError:
            continue
        yield Login(at, False, match[1].strip(), match[3] or match[2])


SUBJECT = Subject("logins", (LOGIN_FAILURES, LOGIN_AFTER_FAILURES, LOGIN_UNUSUAL), ask, read, every=MINUTE)
