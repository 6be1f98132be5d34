"""When a line of a log was written: by the stamps of RFC 3164, RFC 5424, ISO 8601 and those of switches. Pure.

A stamp without a year is of the year that makes it no later than a day after the file was last written; one without a
zone is in the store's. The first stamp of a line that can be is taken: a device that was never set says 2000 or so, and
the store's own stamp may stand beside that.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from calendar import timegm
from collections.abc import Iterable, Iterator, Sequence
from datetime import date as day_of
from time import gmtime
from typing import NamedTuple

DAY = 86400
EARLIEST = 1_262_304_000  # 2010; a clock that says less was never set
LOOKED_AT = 300  # bytes of a line
MONTHS = {name: place for place, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
STAMP = re.compile(
    rb"(?<![0-9])(?P<year>\d{4})[-/](?P<month>\d\d)[-/](?P<day>\d\d)[T ](?P<time>\d\d:\d\d:\d\d)"
    rb"(?:[.,]\d{1,9})?(?: ?(?P<zone>Z|[+-]\d\d:?\d\d)(?![0-9:]))?"
    rb"|(?<![A-Za-z])(?P<name>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(?P<date>\d{1,2})"
    rb"(?: (?P<before>\d{4}))? (?P<clock>\d\d:\d\d:\d\d)(?:[.:,]\d{1,6})?(?: (?P<after>[12]\d{3})(?![0-9:.-]))?"
)
START = re.compile(rb"[\r\n\0]+")  # zeros: what a crash left unwritten


class File(NamedTuple):
    """What a stamp is read by: when the file was last written, and the store's zone in seconds east of UTC."""

    at: int
    zone: int


Spans = tuple[tuple[int, int], ...]  # in order; no time longer than a day without a record in any of them


class Block(NamedTuple):
    """What a piece of a file tells: the spans of its records (Unix seconds), the longest time between two of them that
    is not between spans, and whether stamps were passed over that cannot be. No spans: nothing tells its time."""

    spans: Spans
    gap: int
    wrong: bool = False


def block(data: bytes, file: File, whole_start: bool = True) -> Block:
    """`whole_start`: the piece begins with a line, not within one."""
    lines = START.split(data)
    found, wrong = [], False
    for line in lines if whole_start else lines[1:]:
        at, passed = _of_line(line[:LOOKED_AT], file)
        wrong = wrong or passed
        if at is not None:
            found.append(at)
    spans, gap = joined([(found[place], found[place]) for place in in_order(found)])
    return Block(spans, gap, wrong)


def joined(spans: Iterable[tuple[int, int]]) -> tuple[Spans, int]:
    """Spans that are no more than a day apart as one, and the longest time that was bridged by that."""
    whole: list[tuple[int, int]] = []
    bridged = 0
    for start, end in sorted(spans):
        if whole and start - whole[-1][1] <= DAY:
            bridged = max(bridged, start - whole[-1][1])
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        else:
            whole.append((start, end))
    return tuple(whole), bridged


def _of_line(line: bytes, file: File) -> tuple[int | None, bool]:
    passed = False
    for match in STAMP.finditer(line):
        at = _moment(match, file)
        if at is not None and EARLIEST <= at <= file.at + DAY:
            return at, passed
        passed = True
    return None, passed


def _moment(match: re.Match[bytes], file: File) -> int | None:
    if match["year"]:
        date = int(match["year"]), int(match["month"]), int(match["day"])
        at = _seconds(date, match["time"])
        return None if at is None else at - (zone_of(match["zone"]) if match["zone"] else file.zone)
    year, month, day = match["before"] or match["after"], MONTHS[match["name"]], int(match["date"])
    if year:
        at = _seconds((int(year), month, day), match["clock"])
        return None if at is None else at - file.zone
    return next(_of_years(month, day, match["clock"], file), None)


def _of_years(month: int, day: int, clock: bytes, file: File) -> Iterator[int]:
    """The latest that can be; 29 February goes back to a year that has it."""
    latest = _year(file.at + DAY + file.zone)
    for year in range(latest, latest - 9, -1):
        at = _seconds((year, month, day), clock)
        if at is not None and at - file.zone <= file.at + DAY:
            yield at - file.zone


def _year(seconds: int) -> int:
    return gmtime(seconds).tm_year


def _seconds(date: tuple[int, int, int], clock: bytes) -> int | None:
    """None for what is no day or no time; a leap second is the first of the next minute."""
    hour, minute, second = (int(part) for part in clock.split(b":"))
    try:
        day_of(*date)
    except ValueError:
        return None
    return timegm((*date, hour, minute, second)) if hour < 24 and minute < 60 and second < 61 else None


def zone_of(text: bytes) -> int:
    """Seconds east of UTC, of Z, +0800 or +08:00."""
    if text == b"Z":
        return 0
    seconds = int(text[1:3]) * 3600 + int(text[-2:]) * 60
    return -seconds if text[:1] == b"-" else seconds


def in_order(times: Sequence[int]) -> list[int]:
    """The places of a longest run of times that never go back: what a reboot to January or a line that came late put in
    between is left out."""
    ends: list[int] = []  # times that runs of each length end in, the least of each
    places: list[int] = []
    before: list[int] = []
    for place, at in enumerate(times):
        length = bisect_right(ends, at)
        before.append(places[length - 1] if length else -1)
        if length == len(ends):
            ends.append(at)
            places.append(place)
        else:
            ends[length], places[length] = at, place
    found = []
    place = places[-1] if places else -1
    while place >= 0:
        found.append(place)
        place = before[place]
    return found[::-1]
