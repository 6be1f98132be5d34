"""The file of dates: years of holidays that the built-in table does not know, one date a line.

    2027-01-01,holiday,元旦
    2027-02-06,workday

`date: kind` is accepted too, so that the file may be YAML. Comments begin with #. A year that is new must be whole: it
has at least 1 January and 1 October, which are holidays by law every year; else a half-written year would pass for a
known one.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from agent.config.document import content, decoded
from agent.config.problem import ConfigError, Problem
from agent.core.calendar import HolidayTable
from agent.core.text import Text, clean

LINE = re.compile(r"[\"']?(\d{4}-\d{2}-\d{2})[\"']?\s*[,,::]\s*([^\s,,#]+)\s*(?:[,,#].*)?")
KINDS = {"holiday": True, "workday": False, "放假": True, "上班": False}
HEADER = re.compile(r"date\s*,", re.IGNORECASE)
FORM = Text("应写成 2027-01-01,holiday 或 2027-02-06,workday", "allowed: 2027-01-01,holiday or 2027-02-06,workday")
NO_FILE = Text(
    "没有这个文件;请建立它,或改写 closed、open、none", "no such file; create it, or write closed, open or none"
)


def read_dates(path: Path, known: HolidayTable) -> HolidayTable:
    """`known` with the dates of the file laid over it; ConfigError with every bad line."""
    if not path.exists():
        raise ConfigError([Problem(str(path), 0, "", NO_FILE)])
    lines = decoded(content(path), str(path)).splitlines()
    found: dict[date, tuple[bool, int]] = {}
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#") or HEADER.match(text):
            continue
        day, kind, wrong = _entry(text)
        if day in found:
            first = found[day][1]
            wrong = Text(f"{day} 写了两次,第一次在第 {first} 行", f"{day} is given twice, first on line {first}")
        if wrong is not None or day is None:
            problems.append(Problem(str(path), number, "", wrong or FORM))
        else:
            found[day] = (kind, number)
    problems += [] if problems else _half_years(path, found, known)
    if problems:
        raise ConfigError(problems)
    return known.overlaid(
        HolidayTable(
            frozenset(day.year for day in found),
            frozenset(day for day, (holiday, _) in found.items() if holiday),
            frozenset(day for day, (holiday, _) in found.items() if not holiday),
        )
    )


def _entry(text: str) -> tuple[date | None, bool, Text | None]:
    match = LINE.fullmatch(text)
    if match is None:
        return (
            None,
            False,
            Text(f"不认识“{clean(text, 60)}”;{FORM.zh}", f"not understood: {clean(text, 60)}; {FORM.en}"),
        )
    try:
        day = date.fromisoformat(match[1])
    except ValueError:
        return None, False, Text(f"没有 {match[1]} 这一天", f"there is no day {match[1]}")
    if match[2] not in KINDS:
        word = clean(match[2], 40)
        return day, False, Text(f"不认识“{word}”;可用:{'、'.join(KINDS)}", f"not a kind: {word}; {FORM.en}")
    return day, KINDS[match[2]], None


def _half_years(path: Path, found: dict[date, tuple[bool, int]], known: HolidayTable) -> list[Problem]:
    problems = []
    for year in sorted({day.year for day in found} - known.years):
        missing = [day for day in (date(year, 1, 1), date(year, 10, 1)) if not found.get(day, (False, 0))[0]]
        if missing:
            line = min(number for day, (_, number) in found.items() if day.year == year)
            days = ", ".join(str(day) for day in missing)
            text = Text(
                f"{year} 年不完整:缺少 {days} 放假;请写入国务院公布的全年安排",
                f"{year} is not whole: {days} is no holiday in it; write the whole year as it was published",
            )
            problems.append(Problem(str(path), line, "", text))
    return problems
