"""Days, months and years as people write them, where the centre is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from agent.core.calendar import Calendar
from agent.core.text import Text
from agent.core.units import moment
from agent.options import Refused, same_marks, shown
from agent.options.values import TIME

DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
MONTH = re.compile(r"(\d{4})-(\d{1,2})")
YEAR = re.compile(r"\d{4}")
FIRST_YEAR = 1970

ONE_ONLY = Text(
    "--day、--month、--year、--from/--to 只能写一种", "only one of --day, --month, --year, --from with --to"
)
FROM_NEEDED = Text("--to 需要 --from", "--to needs --from")


@dataclass(frozen=True, slots=True)
class Period:
    """`name` as it stands over a sheet; Unix seconds, `end` may lie in the future."""

    name: str
    start: float
    end: float


def period(calendar: Calendar, now: float, day: str, month: str, year: str, since: str, until: str) -> Period:
    """What was asked for; this month if nothing was. Refused says what is wrong, and what is allowed."""
    if sum(map(bool, (day, month, year, since or until))) > 1:
        raise Refused(ONE_ONLY.zh, ONE_ONLY.en)
    if until and not since:
        raise Refused(FROM_NEEDED.zh, FROM_NEEDED.en)
    if since:
        end = at(calendar, "--to", until, end=True) if until else now
        start = at(calendar, "--from", since)
        found = Period(f"{moment(calendar, start)} – {moment(calendar, end)}", start, end)
    else:
        found = _whole(calendar, now, day, month, year)
    if found.start >= now:
        raise Refused(f"{found.name} 还没有到", f"{found.name} is in the future")
    if found.end <= found.start:
        raise Refused("--to 必须晚于 --from", "--to must be later than --from")
    return found


def parts(calendar: Calendar, whole: Period, by: Literal["day", "month"], now: float) -> list[Period]:
    """Its local days or months, as far as they have begun; the first and the last as much as lies in it."""
    found: list[Period] = []
    day = calendar.local(whole.start).date()
    if by == "month":
        day = day.replace(day=1)
    while (start := max(calendar.moment(day), whole.start)) < min(whole.end, now):
        after = day + timedelta(days=1) if by == "day" else (day + timedelta(days=31)).replace(day=1)
        found.append(
            Period(f"{day:%Y-%m-%d}" if by == "day" else f"{day:%Y-%m}", start, min(calendar.moment(after), whole.end))
        )
        day = after
    return found


def at(calendar: Calendar, option: str, text: str, end: bool = False) -> float:
    """A moment: `2026-10-01 08:30`, `24:00` is the end of a day; a date alone is its beginning, or its end."""
    day, _, clock = same_marks(text).replace("T", " ").partition(" ")
    time = TIME.fullmatch(clock.strip()) if clock else None
    minutes = 1440 * end if not clock else int(time[1]) * 60 + int(time[2]) if time else -1
    if not 0 <= minutes <= 1440 or (found := _date(day)) is None:
        raise Refused(
            f"{option}:不是时间:{shown(text)};应写成 2026-10-01 08:30 或 2026-10-01",
            f"{option}: not a moment: {shown(text)}; allowed: like 2026-10-01 08:30 or 2026-10-01",
        )
    return calendar.moment(found, minutes)


def _whole(calendar: Calendar, now: float, day: str, month: str, year: str) -> Period:
    if day:
        first = _known("--day", day, "2026-10-01", _date(same_marks(day)))
        name, last = f"{first:%Y-%m-%d}", first + timedelta(days=1)
    elif year:
        text = same_marks(year)
        first = _known("--year", year, "2026", _made(text, 1, 1) if YEAR.fullmatch(text) else None)
        name, last = f"{first:%Y}", date(first.year + 1, 1, 1)
    else:
        text = same_marks(month) if month else f"{calendar.local(now):%Y-%m}"
        match = MONTH.fullmatch(text)
        first = _known("--month", month, "2026-10", _made(match[1], match[2], 1) if match else None)
        name, last = f"{first:%Y-%m}", (first + timedelta(days=31)).replace(day=1)
    return Period(name, calendar.moment(first), calendar.moment(last))


def _known(option: str, text: str, like: str, found: date | None) -> date:
    if found is None:
        raise Refused(
            f"{option}:{shown(text)} 不对;应写成 {like} 这样", f"{option}: no such: {shown(text)}; allowed: like {like}"
        )
    return found


def _date(text: str) -> date | None:
    match = DAY.fullmatch(text)
    return _made(*match.groups()) if match else None


def _made(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if FIRST_YEAR < found.year < 9999 else None
