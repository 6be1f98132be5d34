"""The duty roster (`duty:` in agent.yaml): a CSV file with the columns date, from, to, person, which people keep in a
spreadsheet. A shift that ends before it begins ends the next day."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from agent.core.calendar import Calendar
from agent.core.model import Metric, Sample
from agent.core.roster import Duty, Roster
from agent.core.site import Site
from agent.core.text import Text, clean
from agent.discovery.assets import decoded, separator

GAP = Metric(
    "center_roster_gap_seconds",
    "gauge",
    "seconds",
    ("window",),
    "Time within the window 7d, 14d from now in which nobody is on duty who should be",
)
METRICS = (GAP,)
WINDOWS = {"7d": 7 * 86400.0, "14d": 14 * 86400.0}
LARGEST = 2**20  # bytes
MOST_FLAWS = 20
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "date": ("日期", "值班日期"),
    "from": ("开始", "起", "从", "开始时间"),
    "to": ("结束", "止", "到", "结束时间"),
    "person": ("人员", "值班人", "值班人员", "姓名"),
}
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
CLOCK = re.compile(r"([01]?\d|2[0-4])[::]([0-5]\d)")
UNREADABLE = Text(
    "{path}:{error};要让程序能读值班表", "{path}: {error}; the agent must be able to read the duty roster"
)
NO_COLUMNS = Text(
    "{path}:缺少列 {missing};表头应为 date,from,to,person(日期,开始,结束,人员)",
    "{path}: lacks {missing}; its headings are to be date,from,to,person",
)
WRONG = Text(
    "{path}:{line}:{cell} 看不懂;日期如 2026-11-24,时间如 08:30",
    "{path}:{line}: cannot read {cell}; dates like 2026-11-24, times like 08:30",
)
NOBODY = Text(
    "{path}:{line}:没有这个人 {cell};people 里有:{known}", "{path}:{line}: no such person {cell}; known: {known}"
)
MORE = Text("{path}:还有 {count} 行看不懂", "{path}: {count} more lines that cannot be read")


def read(path: Path, calendar: Calendar, people: Mapping[str, str]) -> Roster:
    """`people`: names by id; a line may give either. Lines that cannot be read are told and do not count."""
    try:
        with path.open("rb") as file:
            text, _ = decoded(file.read(LARGEST))
        rows = list(csv.reader(io.StringIO(text), delimiter=separator(text)))
    except (OSError, csv.Error) as error:
        return Roster(failure=UNREADABLE.format(path=path, error=getattr(error, "strerror", None) or error))
    columns = [_named(cell) for cell in next(iter(rows), [])]
    if missing := [name for name in COLUMNS if name not in columns]:
        return Roster(failure=NO_COLUMNS.format(path=path, missing=", ".join(missing)))
    ids = {name: identity for identity, name in people.items()} | {identity: identity for identity in people}
    found = list(_lines(path, rows[1:], columns, calendar, ids))
    flaws = [each for each in found if isinstance(each, Text)]
    more = [MORE.format(path=path, count=len(flaws) - MOST_FLAWS)] if len(flaws) > MOST_FLAWS else []
    return Roster(tuple(each for each in found if isinstance(each, Duty)), flaws=(*flaws[:MOST_FLAWS], *more))


def of(site: Site) -> Roster | None:
    """As the file is now; None where agent.yaml names none."""
    path = site.sections["duty"]
    return read(path, site.calendar, {each.id: each.name for each in site.people}) if path else None


def told(roster: Roster | None) -> tuple[Text, ...]:
    """What people should put right."""
    if roster is None:
        return ()
    return (roster.failure,) if roster.failure else roster.flaws


def samples(roster: Roster, calendar: Calendar, now: float) -> tuple[Sample, ...]:
    """None where the roster could not be read: nobody knows then."""
    if roster.failure is not None:
        return ()
    return tuple(GAP.sample(roster.gap(calendar, now, now + length), window=name) for name, length in WINDOWS.items())


def _named(cell: str) -> str:
    plain = cell.strip().lower()
    return next((name for name, others in COLUMNS.items() if plain == name or plain in others), "")


def _lines(
    path: Path, rows: Sequence[list[str]], columns: Sequence[str], calendar: Calendar, ids: Mapping[str, str]
) -> Iterator[Duty | Text]:
    for line, cells in enumerate(rows, 2):
        if any(cell.strip() for cell in cells):
            row = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
            yield _line(path, line, row, calendar, ids)


def _line(path: Path, line: int, row: Mapping[str, str], calendar: Calendar, ids: Mapping[str, str]) -> Duty | Text:
    day, start, end = _day(row.get("date", "")), _minute(row.get("from", "")), _minute(row.get("to", ""))
    if day is None or start is None or end is None:
        wrong = next(row.get(name, "") for name, read in (("date", day), ("from", start), ("to", end)) if read is None)
        return WRONG.format(path=path, line=line, cell=clean(wrong, 30) or "–")
    person = row.get("person", "")
    if person not in ids:
        return NOBODY.format(path=path, line=line, cell=clean(person, 30) or "–", known=_some(ids.values()))
    last = day if end > start else day + timedelta(days=1)
    return Duty(calendar.moment(day, start), calendar.moment(last, end), ids[person])


def _some(ids: Collection[str]) -> str:
    return ", ".join(dict.fromkeys(ids))[:200]


def _day(text: str) -> date | None:
    found = DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _minute(text: str) -> int | None:
    found = CLOCK.fullmatch(text)
    minute = int(found[1]) * 60 + int(found[2]) if found else None
    return minute if minute is not None and minute <= 24 * 60 else None
