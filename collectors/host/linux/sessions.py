"""Who is logged in: sessions of people, by the system's list of them (utmp), else by systemd-logind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from collectors.host import words
from collectors.host.metrics import SESSIONS
from collectors.host.subject import MINUTE, Subject, Turn

WHO = Command(("who",))
# Session, UID, user, seat, then by version of systemd leader and class, and the terminal.
LOGINCTL = Command(("loginctl", "list-sessions", "--no-legend", "--no-pager"))
HEADING = re.compile(r"USER\s+TTY\s")  # of busybox
PLACE = re.compile(r"seat\d+|(?:pts/|tty)\S+")  # where people sit or type; commands such as the agent's have none


def ask(turn: Turn) -> Sequence[Command]:
    """Without its list who(1) would find nobody, whoever is there: musl has none, nor have newer systems."""
    if turn.system.has("utmp"):
        return (WHO,)
    return (LOGINCTL,) if turn.system.has("loginctl") and turn.system.has("systemd") else ()


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    if not answers:
        turn.remarks.append(words.LACKING.format(what=words.SESSIONS, why="utmp, logind"))
    for answer in answers:
        if not answer.ok:
            if not answer.late:
                turn.remarks.append(words.LACKING.format(what=words.SESSIONS, why=answer.command.argv[0]))
            continue
        yield Sample(SESSIONS, float((by_who if answer.command.argv == WHO.argv else by_logind)(answer.text)))


def by_who(text: str) -> int:
    return sum(bool(line.strip()) and not HEADING.match(line) for line in text.split("\n"))


def by_logind(text: str) -> int:
    """Without those in which a display manager waits for somebody: their users are the system's own."""
    rows = (line.split() for line in text.split("\n"))
    people = (row for row in rows if len(row) > 3 and row[1].isdecimal() and (row[1] == "0" or len(row[1]) > 3))
    return sum(any(PLACE.fullmatch(word) for word in row[3:]) for row in people)


SUBJECT = Subject("sessions", (SESSIONS,), ask, read, every=MINUTE)
