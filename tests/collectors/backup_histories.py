"""Labelled histories of backup jobs: what lay in the folder at which look, and what a person would say of it.

Written by hand, from a clock and a calendar on the wall: nothing of the product's is used here. Made up by a plan: runs
are laid out as cron would start them, some of them fail, and the label is read off the plan, not off the files.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

CHINA = timezone(timedelta(hours=8))
# The State Council's notice for 2026: National Day 1-7 October, 20 September and 10 October are worked.
HOLIDAYS = frozenset(date(2026, 10, day) for day in range(1, 8))
MAKE_UP = frozenset({date(2026, 9, 20), date(2026, 10, 10)})


def at(text: str) -> float:
    """Unix seconds of `2026-11-24 08:00` in Shanghai."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA).timestamp()


@dataclass(frozen=True)
class Look:
    """The folder at one look: (name, when written by the host's clock, bytes); `ahead`: how far that clock is off."""

    now: float
    files: tuple[tuple[str, float, int], ...]
    ahead: float = 0.0


@dataclass(frozen=True)
class History:
    """`says` is what the last look must give: late (no, yes, twice), failed, size (ok, empty, shrank, grew, unknown),
    copies, missing, last (when the last good one was made)."""

    name: str
    looks: tuple[Look, ...]
    says: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)


def daily(first: str, days: int, clock: str = "02:10", size: int = 1000, skip: Sequence[str] = ()) -> list[Any]:
    """A copy each day from a date on, but for the days in `skip`."""
    start = date.fromisoformat(first)
    made = [(start + timedelta(days=number)).isoformat() for number in range(days)]
    return [(f"db-{day}.gz", at(f"{day} {clock}"), size) for day in made if day not in skip]


def one(name: str, now: str, files: Sequence[Any], says: dict[str, Any], ahead: float = 0.0, **options: Any) -> History:
    return History(name, (Look(at(now), tuple(files), ahead),), says, options)


def two(name: str, looks: Sequence[tuple[str, Sequence[Any]]], says: dict[str, Any], **options: Any) -> History:
    return History(name, tuple(Look(at(now), tuple(files)) for now, files in looks), says, options)


def copy(name: str, when: str, size: int = 1000) -> tuple[str, float, int]:
    return name, at(when), size


WORKING = {"days": "working"}
NIGHT = {"days": "working", "at": "23:30"}


def in_time() -> Iterator[History]:
    week = daily("2026-11-10", 14)  # to Monday 2026-11-23
    yield one("every day, an hour after it", "2026-11-23 03:10", week, {"late": "no", "copies": 14, "failed": 0})
    yield one("every day, a minute before the grace ends", "2026-11-24 08:09", week, {"late": "no"})
    yield one("every day, a minute after the grace ended", "2026-11-24 08:11", week, {"late": "yes"})
    yield one("every day, the next run has its grace, too", "2026-11-25 08:09", week, {"late": "yes"})
    yield one("every day, two runs missed", "2026-11-25 08:11", week, {"late": "twice"})
    yield one("every day, a week missed", "2026-11-30 12:00", week, {"late": "twice", "last": at("2026-11-23 02:10")})
    yield one("no grace worth the name", "2026-11-24 02:12", week, {"late": "yes"}, grace="1m")
    yield one("a long grace", "2026-11-25 02:00", week, {"late": "no"}, grace="1d")
    hours = [(f"h{hour}", at(f"2026-11-24 {hour:02}:05"), 10) for hour in range(9)]
    yield one("every hour, in time", "2026-11-24 09:10", hours, {"late": "no"}, expect_every="1h", grace="15m")
    yield one("every hour, late", "2026-11-24 09:21", hours, {"late": "yes"}, expect_every="1h", grace="15m")
    yield one("every hour, twice late", "2026-11-24 10:21", hours, {"late": "twice"}, expect_every="1h", grace="15m")
    sundays = [copy("w1", "2026-11-08 04:00"), copy("w2", "2026-11-15 04:00")]
    weekly = {"expect_every": "7d", "days": ["sunday"]}
    yield one("every Sunday, on Saturday", "2026-11-21 23:00", sundays, {"late": "no"}, **weekly)
    yield one("every Sunday, on Sunday noon", "2026-11-22 12:00", sundays, {"late": "yes"}, **weekly)
    yield one("every Sunday, two missed", "2026-11-29 12:00", sundays, {"late": "twice"}, **weekly)
    yield one("every Sunday at four, by its clock", "2026-11-22 09:59", sundays, {"late": "no"}, **weekly, at="04:00")
    yield one("every Sunday at four, missed", "2026-11-22 10:01", sundays, {"late": "yes"}, **weekly, at="04:00")
    month = [copy("m", "2026-10-25 01:00")]
    yield one("every 30 days, in time", "2026-11-24 06:00", month, {"late": "no"}, expect_every="30d")
    yield one("every 30 days, late", "2026-11-24 07:01", month, {"late": "yes"}, expect_every="30d")


def weekends() -> Iterator[History]:
    friday = daily("2026-11-16", 5, "22:30")  # Monday to Friday 2026-11-20
    yield one("Friday's copy, on Saturday", "2026-11-21 23:00", friday, {"late": "no"}, **WORKING)
    yield one("Friday's copy, on Sunday", "2026-11-22 23:00", friday, {"late": "no"}, **WORKING)
    yield one("Friday's copy, on Monday evening", "2026-11-23 22:00", friday, {"late": "no"}, **WORKING)
    yield one("Friday's copy, on Tuesday before dawn", "2026-11-24 04:29", friday, {"late": "no"}, **WORKING)
    yield one("Friday's copy, on Tuesday morning", "2026-11-24 04:31", friday, {"late": "yes"}, **WORKING)
    yield one("Friday's copy, on Wednesday morning", "2026-11-25 04:31", friday, {"late": "twice"}, **WORKING)
    yield one("a job of every day, Friday's copy, on Sunday", "2026-11-22 04:31", friday, {"late": "yes"})
    thursday = friday[:-1]
    yield one("Thursday's copy, on Saturday", "2026-11-21 04:31", thursday, {"late": "yes"}, **WORKING)
    yield one("Thursday's copy, on Sunday: no second run yet", "2026-11-22 23:00", thursday, {"late": "yes"}, **WORKING)
    yield one("Thursday's copy, on Monday: none yet either", "2026-11-23 22:00", thursday, {"late": "yes"}, **WORKING)
    yield one("Thursday's copy, on Tuesday", "2026-11-24 04:31", thursday, {"late": "twice"}, **WORKING)
    late = daily("2026-11-17", 5, "00:40")  # the runs of Monday to Friday end after midnight: to Saturday 00:40
    yield one("ends after midnight, on Monday", "2026-11-23 12:00", late, {"late": "no"}, **WORKING)
    yield one("ends after midnight, on Monday night", "2026-11-23 23:59", late, {"late": "no"}, **WORKING)
    yield one("ends after midnight, on Tuesday", "2026-11-24 06:41", late, {"late": "yes"}, **WORKING)
    yield one("at 23:30, on Sunday", "2026-11-22 20:00", friday, {"late": "no"}, **NIGHT)
    yield one("at 23:30, ended after midnight, on Monday", "2026-11-23 23:00", late, {"late": "no"}, **NIGHT)
    yield one("at 23:30, Monday's run missed", "2026-11-24 05:31", late, {"late": "yes"}, **NIGHT)
    yield one("at 23:30, Friday's run missed", "2026-11-21 05:31", late[:-1], {"late": "yes"}, **NIGHT)
    named = {"days": ["monday", "wednesday", "friday"], "expect_every": "1d"}
    wednesday = [copy("a", "2026-11-16 20:00"), copy("b", "2026-11-18 20:00")]
    yield one("Monday, Wednesday, Friday: on Friday", "2026-11-20 19:00", wednesday, {"late": "no"}, **named)
    yield one("Monday, Wednesday, Friday: Friday missed", "2026-11-21 02:01", wednesday, {"late": "yes"}, **named)
    yield one("Monday, Wednesday, Friday: on Monday", "2026-11-23 19:00", wednesday, {"late": "yes"}, **named)
    yield one("Monday, Wednesday, Friday: Monday, too", "2026-11-24 02:01", wednesday, {"late": "twice"}, **named)
    by_hand = [*friday, copy("hand", "2026-11-21 10:00")]
    yield one("one by hand on Saturday", "2026-11-23 09:00", by_hand, {"late": "no"}, **WORKING)
    yield one("one by hand on Sunday", "2026-11-23 20:00", [copy("x", "2026-11-22 21:00")], {"late": "no"}, **WORKING)


def holidays() -> Iterator[History]:
    before = [copy("eve", "2026-09-30 22:30")]
    for day in range(1, 8):
        yield one(f"National Day, {day} October", f"2026-10-{day:02} 23:30", before, {"late": "no"}, **WORKING)
    yield one("the first working day after it", "2026-10-08 22:00", before, {"late": "no"}, **WORKING)
    yield one("its run missed", "2026-10-09 04:31", before, {"late": "yes"}, **WORKING)
    yield one("a job of every day knows no holiday", "2026-10-02 04:31", before, {"late": "yes"})
    friday = [copy("friday", "2026-10-09 22:30")]
    yield one("a make-up Saturday, before its run", "2026-10-10 22:00", friday, {"late": "no"}, **WORKING)
    yield one("a make-up Saturday, its run missed", "2026-10-11 04:31", friday, {"late": "yes"}, **WORKING)
    yield one("a make-up Saturday missed, on Monday noon", "2026-10-12 12:00", friday, {"late": "yes"}, **WORKING)
    yield one("a make-up Saturday and Monday missed", "2026-10-13 04:31", friday, {"late": "twice"}, **WORKING)
    weekend = {"days": ["monday", "tuesday", "wednesday", "thursday", "friday"]}
    yield one("days by name know no make-up Saturday", "2026-10-11 04:31", friday, {"late": "no"}, **weekend)
    yield one("days by name know no holiday", "2026-10-02 04:31", before, {"late": "yes"}, **weekend)
    sunday = [copy("friday", "2026-09-18 22:30")]
    yield one("a make-up Sunday, its run missed", "2026-09-21 04:31", sunday, {"late": "yes"}, **WORKING)
    yield one("a Saturday before a make-up Sunday", "2026-09-19 23:00", sunday, {"late": "no"}, **WORKING)
    yield one("at 23:30 over National Day", "2026-10-08 23:00", before, {"late": "no"}, **NIGHT)
    yield one("at 23:30 after National Day, missed", "2026-10-09 05:31", before, {"late": "yes"}, **NIGHT)


def first_runs() -> Iterator[History]:
    nothing: list[Any] = []
    new = {"late": "no", "copies": 0, "last": None, "size": "unknown"}
    yield one("nothing yet, first look", "2026-11-24 08:00", nothing, new)
    yield two("nothing for a day", [("2026-11-23 08:00", nothing), ("2026-11-24 08:00", nothing)], {"late": "no"})
    yield two("nothing for 31 hours", [("2026-11-23 08:00", nothing), ("2026-11-24 15:00", nothing)], {"late": "yes"})
    yield two("nothing for 55 hours", [("2026-11-22 08:00", nothing), ("2026-11-24 15:00", nothing)], {"late": "twice"})
    weekend = [("2026-11-20 18:00", nothing), ("2026-11-23 08:00", nothing)]
    yield two("nothing over a weekend", weekend, {"late": "no"}, **WORKING)
    first = [copy("db", "2026-11-24 02:10")]
    says = {"late": "no", "copies": 1, "size": "unknown", "missing": 0, "failed": 0}
    yield one("the very first copy", "2026-11-24 08:00", first, says)
    yield one("two copies, no history to compare with", "2026-11-24 08:00", daily("2026-11-23", 2), {"size": "unknown"})
    yield one("three copies are compared", "2026-11-24 08:00", daily("2026-11-22", 3), {"size": "ok", "missing": 0})
    gone = [("2026-11-23 08:00", daily("2026-11-10", 14)), ("2026-11-25 08:00", nothing)]
    yield two("all copies were deleted", gone, {"late": "yes", "copies": 0, "last": None})
    old = [copy("db", "2024-01-01 00:00")]
    yield one("one from long ago", "2026-11-24 08:00", old, {"late": "twice", "copies": 1})


def names() -> Iterator[History]:
    times = [f"2026-11-{day} 02:10" for day in (24, 23, 22, 21)]
    rotated = [copy("db.gz" if not number else f"db.gz.{number}", when) for number, when in enumerate(times)]
    says = {"late": "no", "copies": 4, "size": "ok", "last": at(times[0])}
    yield one("rotated as logrotate does", "2026-11-24 09:00", rotated, says)
    shifted = [(f"db.gz.{number + 1}", when, size) for number, (_, when, size) in enumerate(rotated[1:])]
    yield one("rotated, tonight's did not come", "2026-11-24 09:00", shifted, {"late": "yes", "copies": 3})
    looks = [("2026-11-23 09:00", shifted), ("2026-11-24 09:00", rotated)]
    yield two("rotated between two looks", looks, {"late": "no", "copies": 4, "size": "ok"})
    only = [("2026-11-22 09:00", [copy("db.gz", "2026-11-22 02:10", 1000)])]
    only += [("2026-11-23 09:00", [copy("db.gz", "2026-11-23 02:10", 1010)])]
    last = ("2026-11-24 09:00", [copy("db.gz", "2026-11-24 02:10", 1020)])
    yield two("one file, written over each night", [*only, last], {"late": "no", "copies": 1, "size": "ok"})
    small = ("2026-11-24 09:00", [copy("db.gz", "2026-11-24 02:10", 300)])
    yield two("one file, written over, shrank", [*only, small], {"size": "shrank"})
    stale = ("2026-11-24 09:00", only[1][1])
    yield two("one file, not written over", [*only, stale], {"late": "yes"})
    during = ("2026-11-24 02:05", [copy("db.gz", "2026-11-24 02:04", 500)])
    yield two("one file, being written over", [*only, during], {"late": "no", "last": at("2026-11-23 02:10")})
    odd = [("sauvegarde 备份.gz", at("2026-11-24 02:10"), 1000), ("-x\n.gz", at("2026-11-23 02:10"), 1000)]
    yield one("names of any kind", "2026-11-24 09:00", odd, {"late": "no", "copies": 2})
    backwards = [copy("db-2026-11-24.gz", "2026-11-20 02:10"), copy("db-2026-11-20.gz", "2026-11-24 02:10")]
    yield one("names that lie about the date", "2026-11-24 09:00", backwards, {"late": "no"})


def clocks() -> Iterator[History]:
    for hours in (-30, -8, -1, 1, 8, 30, 24 * 365):
        ahead = hours * 3600.0
        files = [(name, when + ahead, size) for name, when, size in daily("2026-11-20", 5)]
        says = {"late": "no", "last": at("2026-11-24 02:10"), "copies": 5}
        yield one(f"clock off by {hours} hours, in time", "2026-11-24 08:00", files, says, ahead)
        late = {"late": "yes", "last": at("2026-11-24 02:10")}
        yield one(f"clock off by {hours} hours, late", "2026-11-25 08:11", files, late, ahead)
    for seconds in (-50.0, 50.0):
        files = daily("2026-11-20", 5)
        yield one(f"clock off by {seconds} seconds", "2026-11-24 08:00", files, {"late": "no"}, seconds)
    future = [copy("old", "2026-11-20 02:10"), copy("wrong", "2031-01-01 00:00")]
    yield one("one from the future hides nothing", "2026-11-24 08:00", future, {"late": "twice", "copies": 1})
    only = [copy("wrong", "2031-01-01 00:00")]
    yield one("only one from the future", "2026-11-24 08:00", only, {"late": "no", "copies": 0, "last": None})
    seen = [("2026-11-24 00:00", [copy("old", "2026-11-23 02:10")])]
    came = ("2026-11-24 03:00", [*future, copy("old", "2026-11-23 02:10")])
    after = ("2026-11-24 09:00", came[1])
    yield two("one from the future that came meanwhile", [*seen, came, after], {"late": "no"})
    days = ("2026-11-26 09:00", came[1])
    yield two("one from the future, two days old", [*seen, came, after, days], {"late": "yes"})


def halves() -> Iterator[History]:
    good = daily("2026-11-20", 4)  # to 2026-11-23
    part = ("db-2026-11-24.gz.part", at("2026-11-24 02:30"), 400)
    yield one(
        "half a copy is being written", "2026-11-24 02:31", [*good, part], {"late": "no", "copies": 4, "failed": 0}
    )
    yield one("half a copy was left", "2026-11-24 04:00", [*good, part], {"late": "no", "copies": 4, "failed": 1})
    yield one("half a copy was left, and it is late", "2026-11-24 08:11", [*good, part], {"late": "yes", "failed": 1})
    again = copy("db-2026-11-24.gz", "2026-11-24 05:00")
    yield one("half a copy, then a good one", "2026-11-24 08:11", [*good, part, again], {"late": "no", "failed": 0})
    for end in (".tmp", ".partial", ".filepart", ".temp", ".incomplete"):
        half = (f"db-2026-11-24.gz{end}", at("2026-11-24 02:30"), 400)
        yield one(f"half a copy called {end}", "2026-11-24 09:00", [*good, half], {"late": "yes", "failed": 1})
    hidden = (".db-2026-11-24.gz.Xa81bc", at("2026-11-24 02:30"), 400)
    yield one("half a copy of rsync's", "2026-11-24 09:00", [*good, hidden], {"late": "yes", "failed": 1})
    growing = ("db-2026-11-24.gz", at("2026-11-24 02:30"), 400)
    yield one("growing under its own name", "2026-11-24 02:31", [*good, growing], {"copies": 4, "size": "ok"})
    more = ("db-2026-11-24.gz", at("2026-11-24 02:33"), 700)
    looks = [("2026-11-24 02:31", [*good, growing]), ("2026-11-24 02:34", [*good, more])]
    yield two("still growing at the second look", looks, {"copies": 4})
    done = ("db-2026-11-24.gz", at("2026-11-24 02:33"), 1000)
    looks = [("2026-11-24 02:34", [*good, done]), ("2026-11-24 02:36", [*good, done])]
    yield two("unchanged at the second look", looks, {"copies": 5, "size": "ok", "last": at("2026-11-24 02:33")})
    yield one("nobody writes for a quarter of an hour", "2026-11-24 02:50", [*good, done], {"copies": 5})


def sizes() -> Iterator[History]:
    good = daily("2026-11-16", 8)  # to 2026-11-23, 1000 bytes each
    for size, word in (
        (0, "empty"),
        (1, "shrank"),
        (390, "shrank"),
        (410, "ok"),
        (1000, "ok"),
        (1590, "ok"),
        (1610, "grew"),
    ):
        newest = copy("db-new.gz", "2026-11-24 02:10", size)
        late = {"late": "yes" if size == 0 else "no", "size": word, "failed": int(size == 0)}
        yield one(f"{size} bytes after copies of 1000", "2026-11-24 08:30", [*good, newest], late)
    outlier = [*good[:-1], copy("big", "2026-11-23 02:10", 90_000), copy("new", "2026-11-24 02:10", 1000)]
    yield one("one that was huge does not count", "2026-11-24 08:00", outlier, {"size": "ok"})
    empties = [*good[:4], *(copy(f"e{day}", f"2026-11-{day} 02:10", 0) for day in (20, 21, 22, 23))]
    newest = copy("new", "2026-11-24 02:10", 1000)
    yield one("empty ones are no measure", "2026-11-24 08:00", [*empties, newest], {"size": "ok", "copies": 5})
    trend = [copy(f"t{day}", f"2026-11-{day} 02:10", 1000 + 50 * (day - 10)) for day in range(10, 25)]
    yield one("grows as always", "2026-11-24 08:00", trend, {"size": "ok", "little": False})
    same = [*trend[:-1], copy("t24", "2026-11-24 02:10", trend[-2][2])]
    yield one("grew each day, and not today", "2026-11-24 08:00", same, {"size": "ok", "little": True})
    yield one("never grew", "2026-11-24 08:00", [*good, newest], {"little": False})


def kept() -> Iterator[History]:
    year = [(f"m{month}", at(f"2026-{month:02}-15 02:10"), 1000) for month in range(1, 11)]
    year += [copy("m11", "2025-11-15 02:10"), copy("m12", "2025-12-15 02:10"), copy("m0", "2025-10-31 02:10")]
    weeks = [copy(f"w{day}", f"2026-{day} 02:10") for day in ("10-28", "11-04", "11-11", "11-18")]
    week = daily("2026-11-18", 7)
    now = "2026-11-24 09:00"
    whole = [*year, *weeks, *week]
    yield one("all that is to be kept", now, whole, {"missing": 0})
    yield one("a day is gone", now, [*year, *weeks, *week[:3], *week[4:]], {"missing": 1})
    yield one("three days are gone", now, [*year, *weeks, week[0], *week[4:]], {"missing": 3})
    yield one("a week is gone", now, [*year, *weeks[:1], *weeks[2:], *week], {"missing": 1})
    yield one("a month is gone", now, [*year[:3], *year[4:], *weeks, *week], {"missing": 1})
    yield one("two months and a week are gone", now, [*year[:2], *year[4:], *weeks[1:], *week], {"missing": 3})
    yield one("only days are wanted", now, week, {"missing": 0}, retention={"weekly": 0, "monthly": 0})
    yield one("a young job has nothing to miss", now, week, {"missing": 0})
    looks = [("2026-10-20 09:00", [copy("old", "2026-10-05 02:10")]), (now, week)]
    yield two("what was seen once is missed when it is gone", looks, {"missing": 4})
    monday = daily("2026-11-12", 9, "22:30", skip=("2026-11-14", "2026-11-15"))
    says = {"missing": 0, "late": "no"}
    yield one("weekends are not missing", "2026-11-23 09:00", monday, says, **WORKING, retention={"weekly": 0})
    sundays = [copy(f"s{day}", f"2026-{day} 04:00") for day in ("10-25", "11-01", "11-08", "11-15", "11-22")]
    weekly = {"expect_every": "7d", "days": ["sunday"], "retention": {"monthly": 0}}
    yield one("a weekly job has no daily copies", now, sundays, {"missing": 0, "late": "no"}, **weekly)
    yield one("a weekly job misses a week", now, [*sundays[:2], *sundays[3:]], {"missing": 1}, **weekly)


def plans(count: int = 120) -> Iterator[History]:
    """Jobs laid out run by run, with some that fail, looked at at some moment. Moments within ten minutes of a limit
    are left out: a run that takes some minutes more moves it."""
    dice = random.Random(20261124)
    made = 0
    while made < count:
        history = planned(dice, made)
        if history is not None:
            made += 1
            yield history


def works(day: date) -> bool:
    return day in MAKE_UP or (day.weekday() < 5 and day not in HOLIDAYS)


def planned(dice: random.Random, number: int) -> History | None:
    kind = dice.choice(["all", "working"])
    minute, grace = dice.randrange(0, 1440), dice.choice([1, 3, 6])
    first = date(2026, 9, 1) + timedelta(days=dice.randrange(60))
    days = [first + timedelta(days=each) for each in range(24) if kind == "all" or works(first + timedelta(days=each))]
    starts = [datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp() + minute * 60 for day in days]
    ends = [start + dice.randrange(2, 9) * 60 for start in starts]
    good = [dice.random() < 0.75 for _ in starts]
    now = starts[0] + dice.uniform(6, 20) * 86400
    limits = [start + grace * 3600 for start in starts]
    done = [place for place, end in enumerate(ends) if end < now and good[place]]
    if not done or any(abs(now - limit) < 600 for limit in limits) or any(0 <= now - end < 700 for end in ends):
        return None
    # The runs after the last good one that should have been there by now.
    missed = sum(limit < now for limit in limits[done[-1] + 1 :])
    files = [(f"run-{place}", float(int(ends[place])), 1000) for place in done]
    says = {"late": ("no", "yes", "twice")[min(missed, 2)], "copies": len(done), "last": float(int(ends[done[-1]]))}
    options: dict[str, Any] = {"days": kind, "grace": f"{grace}h"}
    if dice.random() < 0.4:
        options["at"] = f"{minute // 60:02}:{minute % 60:02}"
    return History(f"plan {number}: {options} {missed} missed", (Look(now, tuple(files)),), says, options)


HISTORIES = tuple(
    history
    for group in (in_time, weekends, holidays, first_runs, names, clocks, halves, sizes, kept, plans)
    for history in group()
)
