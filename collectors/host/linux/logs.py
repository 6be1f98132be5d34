"""How far back a host's own logs reach: by the journal's list of starts, and by the files of syslog.

A file that was put aside is dated by its last record; its first is older still, so no more is said than is certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from collectors.host import words
from collectors.host.linux.clock import ZONE
from collectors.host.linux.figures import numbers
from collectors.host.metrics import LOG_NEWEST, LOG_OLDEST, LOG_RETENTION
from collectors.host.retention import DAY, of_rotation, rotation, seen, span
from collectors.host.subject import HOUR, Subject, Turn

STARTS_ARGV = ("/usr/bin/journalctl", "--list-boots", "--no-pager")
STARTS = Command(STARTS_ARGV, limit=64 * 1024, root=True)
PLAIN_STARTS = Command(STARTS_ARGV, limit=64 * 1024)
FILES = Command(
    (
        "find", "/var/log", "-maxdepth", "1", "-type", "f", "(", "-name", "syslog*", "-o", "-name", "messages*", ")",
        "-exec", "stat", "-c", "%Y", "--", "{}", "+",
    ),
    limit=16 * 1024,
)  # fmt: skip
WRITTEN = ("/var/log/syslog", "/var/log/messages")
SETTINGS = of_rotation("/etc/systemd/journald.conf", "/etc/systemd/journald.conf.d")
# First and last record of each start, in local time: the zone that is written beside them is a name.
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
SOURCE = "system"


def ask(turn: Turn) -> Sequence[Command]:
    if not turn.system.has("journalctl"):
        return ZONE, FILES, SETTINGS
    return ZONE, FILES, SETTINGS, STARTS, *([PLAIN_STARTS] if turn.memory.get("forbidden") else ())


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    zone, files, settings, *starts = answers
    if starts:
        turn.memory["forbidden"] = starts[0].forbidden
    found = numbers(files.text)
    ways = {"files": [each for each in found if turn.now - each > DAY]}  # what is written to has no end yet
    # Without the right to the system's journal one sees only one's own, of which nothing follows.
    for each in starts:
        if each.ok and b"not seeing messages" not in each.stderr:
            ways["journal"] = list(moments(each.text, zone.text))
            found += ways["journal"]
    if found:
        yield Sample(LOG_NEWEST, max(found), (SOURCE,))
        yield Sample(LOG_OLDEST, min(found), (SOURCE,))
        limits = {"files": _rotation(settings.text) if numbers(files.text) else 0.0}
        if starts:
            limits["journal"] = span(settings.text) if "journal" in ways else None
        yield from _kept({way: min(times) for way, times in ways.items() if times}, limits.values(), turn)
    elif not any(each.forbidden for each in starts):
        turn.remarks.append(words.LACKING.format(what=words.SUBJECTS["logs"], why="journal, /var/log"))


def _rotation(text: str) -> float | None:
    found = [each for each in (rotation(text, path) for path in WRITTEN) if each is not None]
    return max(found, default=None)


def _kept(oldest: Mapping[str, float], limits: Iterable[float | None], turn: Turn) -> Iterator[Sample]:
    """By the longest of the ways in which records are kept, where each is limited: by its settings, or by what was
    thrown away."""
    past = turn.kept.setdefault("oldest", {})
    thrown = [seen(past, way, at, turn.now) for way, at in oldest.items()]
    whole = [_longest(limits), _longest(thrown) if past.keys() == oldest.keys() else None]
    if said := [each for each in whole if each]:
        yield Sample(LOG_RETENTION, min(said), (SOURCE,))


def _longest(ages: Iterable[float | None]) -> float | None:
    found = list(ages)
    return None if None in found else max((each for each in found if each is not None), default=None)


def moments(text: str, zone: str) -> Iterator[float]:
    """Unix seconds; `zone` is what date(1) says, like +0800."""
    for moment in MOMENT.findall(text):
        try:
            yield datetime.strptime(f"{moment} {zone.strip()}", "%Y-%m-%d %H:%M:%S %z").timestamp()
        except ValueError:
            continue


SUBJECT = Subject("logs", (LOG_NEWEST, LOG_OLDEST, LOG_RETENTION), ask, read, every=HOUR)
