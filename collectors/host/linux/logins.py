"""Logins of the last hour, by the journal, else by the log files of sshd, and by lastb for those not over SSH."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from agent.core.model import Sample
from agent.core.ssh import Answer, Command, reading
from collectors.host import words
from collectors.host.linux.figures import number
from collectors.host.logins import WINDOWS, Login, odd, told
from collectors.host.metrics import LOGIN_AFTER_FAILURES, LOGIN_FAILURES, LOGIN_UNUSUAL
from collectors.host.subject import MINUTE, Subject, Turn

LINES, FAILURES = 5000, 2000  # at most: of a log file, of lastb(8)
JOURNAL_ARGV = (
    "/usr/bin/journalctl", "-u", "ssh", "-u", "sshd", "--since", "-1h", "-o", "json", "--no-pager",
)  # fmt: skip
LONG = 8.0  # seconds: an hour in which somebody guesses passwords is long
JOURNAL = Command(JOURNAL_ARGV, limit=1024 * 1024, seconds=LONG, root=True, last=True)
PLAIN_JOURNAL = replace(JOURNAL, root=False)
LASTB = Command(("/usr/bin/lastb", "-F", "-w", "-n", str(FAILURES)), limit=256 * 1024, root=True)  # the newest first
# Each behind the one that was put aside last: Debian's rsyslog, that of openEuler and Kylin, syslogd of busybox.
FILES = tuple(
    Command(("tail", "-n", str(LINES), "--", path), limit=512 * 1024, last=True)
    for path in (
        "/var/log/auth.log.1",
        "/var/log/auth.log",
        "/var/log/secure",
        "/var/log/messages.0",
        "/var/log/messages",
    )
)
CLOCK = Command(("date", "+%Y %z %s"), limit=64)
# Lines of which there may be more than were asked for.
MOST = {**{each.argv: LINES for each in FILES}, LASTB.argv: FAILURES}
GROUPS = reading("/etc/group", 128 * 1024)
ADMINISTRATORS = ("sudo", "wheel", "admin", "adm", "root")

# A user's name may hold anything, also ` from 10.0.0.1 port 22`: what sshd itself wrote stands at the end of the line.
END = r" from (\S+) port \d+(?: ssh2)?(?: \[preauth\])?(?:: .*)?"
GOOD = re.compile(r"Accepted \S+ for (.*?)" + END, re.DOTALL)
BAD = re.compile(r"Failed (?!none)\S+ for (?:invalid user )?(.*)" + END, re.DOTALL)
STAMP = re.compile(r"(?:(\w{3} [ \d]\d \d\d:\d\d:\d\d)|(\d{4}-\d\d-\d\dT\S+)) ")
LINE = re.compile(STAMP.pattern + r"\S+ (?:\S+ )?sshd(?:-session)?\[\d+\]: (.*)")
LASTB_LINE = re.compile(r"(.*?) +(\S+) +(\S*) +(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}) - .*")


def ask(turn: Turn) -> Sequence[Command]:
    if turn.system.has("journalctl") and turn.system.has("systemd"):
        journal = [JOURNAL, *([PLAIN_JOURNAL] if turn.memory.get("forbidden") else [])]
    else:
        journal = list(FILES)
    return [CLOCK, GROUPS, *journal, *([LASTB] if turn.system.has("lastb") else [])]


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    clock, groups, *logs = answers
    zone, now = _clock(clock.text, turn.now)
    found: list[Login] = []
    seen, since = False, -math.inf
    for answer in logs:
        command = answer.command.argv
        if command == JOURNAL_ARGV and answer.command.root:
            turn.memory["forbidden"] = answer.forbidden
        # Who may not see the system's entries is told so, and gets none.
        if not answer.ok or b"not seeing messages" in answer.stderr:
            continue
        seen = seen or command != LASTB.argv
        if answer.cut or answer.text.count("\n") >= MOST.get(command, math.inf):
            since = max(since, began(answer, zone, now))
        found += _logins(answer, zone, now)
    if not seen:
        if not any(each.forbidden for each in logs):
            turn.remarks.append(words.NO_LOGINS)
        return
    others = [each for each in found if not (each.user == turn.user and each.source == turn.system.agent)]
    administrators = members(groups.text)
    calendar, networks = turn.calendar, turn.options.management
    if since > now - WINDOWS["1h"]:
        turn.remarks.append(words.MORE_LOGINS)
    yield from told(others, now, lambda login: login.user in administrators and odd(login, calendar, networks), since)


def _clock(date: str, now: float) -> tuple[str, float]:
    """Year and zone, and what time it is there: a host's logs are by its own clock, which may be wrong."""
    *zone, seconds = date.split() if len(date.split()) == 3 else (date, "")
    return " ".join(zone), number(seconds) or now


def _logins(answer: Answer, zone: str, now: float) -> Iterator[Login]:
    if answer.command.argv == JOURNAL_ARGV:
        return by_journal(answer.text)
    if answer.command.argv == LASTB.argv:
        return by_lastb(answer.text, zone)
    return by_file(answer.text, zone, now)


def began(answer: Answer, zone: str, now: float) -> float:
    """When the oldest record in it was written, whatever it is about; `now` if that is not known."""
    lines = answer.text.split("\n")
    if answer.command.argv == LASTB.argv:
        lines.reverse()
    moments = (_written(answer.command.argv, line, zone, now) for line in lines)
    return next((at for at in moments if at is not None), now)


def _written(argv: Sequence[str], line: str, zone: str, now: float) -> float | None:
    if argv == JOURNAL_ARGV:
        entry = _entry(line)
        return None if entry is None else entry[1]
    if argv == LASTB.argv:
        match = LASTB_LINE.fullmatch(line)
        return None if match is None else _local(match[4], zone)
    match = STAMP.match(line)
    return None if match is None else _moment(match[1], match[2], zone, now)


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
        if (entry := _entry(line)) is not None:
            yield from of_sshd(*entry)


def _entry(line: str) -> tuple[str, float] | None:
    try:
        entry = json.loads(line)
        said, at = entry["MESSAGE"], int(entry["__REALTIME_TIMESTAMP"]) / 1e6
        return bytes(said).decode("utf-8", "surrogateescape") if isinstance(said, list) else str(said), at
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


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
    for line in text.split("\n"):
        match = LASTB_LINE.fullmatch(line)
        if match is None or match[2].startswith("ssh"):
            continue
        if (at := _local(match[4], zone)) is not None:
            yield Login(at, False, match[1].strip(), match[3] or match[2])


def _local(moment: str, zone: str) -> float | None:
    east = zone.rsplit(maxsplit=1)[-1] if zone.split() else "+0000"
    try:
        return datetime.strptime(f"{moment} {east}", "%a %b %d %H:%M:%S %Y %z").timestamp()
    except ValueError:
        return None


SUBJECT = Subject("logins", (LOGIN_FAILURES, LOGIN_AFTER_FAILURES, LOGIN_UNUSUAL), ask, read, every=MINUTE)
