"""An availability sheet as tables for a terminal, as JSON and as CSV."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from agent.cli.common import table_of
from agent.cli.period import Period
from agent.cli.spreadsheet import csv_text
from agent.core.availability import Outage
from agent.core.calendar import Calendar
from agent.core.site import Site
from agent.core.text import Language, Text
from agent.core.units import duration, moment
from agent.sheet import Break, Row, Span

if TYPE_CHECKING:
    from rich.table import Table

HOURS = {
    "service": Text("服务时间", "service hours"),
    "working": Text("工作时间", "working hours"),
    "all": Text("全天", "around the clock"),
}
TITLE = Text("可用率 {period},按{hours}计", "availability {period}, {hours}")
SO_FAR = Text("(截至 {until})", " (until {until})")
COLUMNS = (
    Text("对象", "target"),
    Text("可用率", "available"),
    Text("中断", "down"),
    Text("次数", "outages"),
    Text("最长", "longest"),
    Text("未知", "unknown"),
    Text("计划维护", "maintenance"),
)
WHEN = Text("日期", "when")
OUTAGES = Text("中断明细", "outages")
OUTAGE_COLUMNS = (
    Text("对象", "target"),
    Text("开始", "from"),
    Text("结束", "to"),
    Text("历时", "lasted"),
    Text("服务时间内", "in service hours"),
    Text("维护", "maintenance"),
    Text("事件", "incident"),
)
OUTAGE_FACTS = (
    "from",
    "to",
    "last_seen_down",
    "down_seconds",
    "counted_seconds",
    "service_seconds",
    "maintenance_seconds",
    "incidents",
)
NOT_OVER = Text("未见恢复", "not seen up since")
NO_OUTAGES = Text("没有中断", "no outages")
NO_DATA = Text("无数据", "no data")
LATE = Text("(补登 {time})", " ({time} entered afterwards)")
HOUR = Text("小时", "h")


class Sheet(NamedTuple):
    """What was asked for and found: a row of each target, and the same for each day or month if that was asked for;
    `outages`: every one is to be listed."""

    asked: Period
    span: Span
    rows: Sequence[Row]
    parts: Sequence[tuple[Period, Sequence[Row]]] = ()
    outages: bool = False

    def parts_of(self, row: Row) -> list[tuple[Period, Row]]:
        place = self.rows.index(row)
        return [(part, rows[place]) for part, rows in self.parts]


def as_table(sheet: Sheet, site: Site) -> Iterator[Table | str]:
    language, span = site.language, sheet.span
    title = TITLE.format(period=sheet.asked.name, hours=HOURS[span.hours][language])[language]
    if span.end > span.now:
        title += SO_FAR.format(until=moment(site.calendar, span.now))[language]
    table = _table(title, COLUMNS, language)
    for row in sheet.rows:
        table.add_row(row.name, *_cells(row, language))
    yield table
    for row in sheet.rows if sheet.parts else ():
        table = _table(row.name, (WHEN, *COLUMNS[1:]), language)
        for part, each in sheet.parts_of(row):
            if each.tally.whole:
                table.add_row(part.name, *_cells(each, language))
        yield table
    if sheet.outages:
        yield _outages(sheet.rows, site)


def _outages(rows: Sequence[Row], site: Site) -> Table | str:
    language = site.language
    listed = [(row, each) for row in rows for each in (*row.breaks, *row.others)]
    if not listed:
        return NO_OUTAGES[language]
    table = _table(OUTAGES[language], OUTAGE_COLUMNS, language)
    for row, each in sorted(listed, key=lambda pair: pair[1].outage.start):
        table.add_row(row.name, *_outage_cells(each, site.calendar, language))
    return table


def percentage(ratio: float | None, language: Language) -> str:
    """Three decimals, rounded down: 100 % is said only of what was never down."""
    return NO_DATA[language] if ratio is None else f"{math.floor(ratio * 100_000 + 1e-7) / 1000:.3f}%"


def _table(title: str, columns: Sequence[Text], language: Language) -> Table:
    """The first column names, the others count."""
    table = table_of(columns, language, title)
    for column in table.columns[1:]:
        column.justify, column.no_wrap = "right", True
    return table


def _cells(row: Row, language: Language) -> Iterator[str]:
    late = LATE.format(time=_time(row.retroactive, language))[language] if row.retroactive else ""
    yield percentage(row.tally.ratio, language)
    yield _time(row.tally.down, language)
    yield str(len(row.breaks))
    yield _time(row.longest, language)
    yield _time(row.tally.unknown, language)
    yield _time(row.tally.maintenance, language) + late


def _outage_cells(each: Break, calendar: Calendar, language: Language) -> Iterator[str]:
    outage = each.outage
    yield f"{calendar.local(outage.start):%Y-%m-%d %H:%M:%S}"
    yield _until(calendar, outage) if outage.over else NOT_OVER[language]
    yield _time(outage.down, language)
    yield _time(each.service, language)
    yield _time(each.planned, language)
    yield " ".join(each.incidents) or "–"


def _time(seconds: float, language: Language) -> str:
    """Hours from a day on: a day of service is no day."""
    if seconds >= 86_400:
        return f"{seconds / 3600:.1f} {HOUR[language]}".replace(".0 ", " ")
    return duration(seconds, language) if seconds > 0 else "–"


def _until(calendar: Calendar, outage: Outage) -> str:
    start, end = calendar.local(outage.start), calendar.local(outage.end)
    return f"{end:%H:%M:%S}" if start.date() == end.date() else f"{end:%m-%d %H:%M:%S}"


def as_json(sheet: Sheet) -> dict[str, Any]:
    """Unix seconds and seconds; `until` is how far the period is past."""
    span = sheet.span
    return {
        "period": sheet.asked.name,
        "from": span.start,
        "to": span.end,
        "until": min(span.end, span.now),
        "hours": span.hours,
        "targets": [_document(sheet, row) for row in sheet.rows],
    }


def _document(sheet: Sheet, row: Row) -> dict[str, Any]:
    found = _named(row) | _facts(row)
    if sheet.parts:
        found["parts"] = [
            {"period": part.name, "from": part.start, "to": part.end, **_facts(each)}
            for part, each in sheet.parts_of(row)
        ]
    if sheet.outages:
        found["outage_list"] = [_break(each) for each in (*row.breaks, *row.others)]
    return found


def _facts(row: Row) -> dict[str, Any]:
    return {
        "availability_ratio": row.tally.ratio,
        "up_seconds": round(row.tally.up, 3),
        "down_seconds": round(row.tally.down, 3),
        "unknown_seconds": round(row.tally.unknown, 3),
        "maintenance_seconds": round(row.tally.maintenance, 3),
        "maintenance_retroactive_seconds": round(row.retroactive, 3),
        "outages": len(row.breaks),
        "longest_outage_seconds": round(row.longest, 3),
    }


def _break(each: Break) -> dict[str, Any]:
    outage = each.outage
    end = outage.end if outage.over else None
    lengths = (round(seconds, 3) for seconds in (outage.down, each.counted, each.service, each.planned))
    return dict(zip(OUTAGE_FACTS, (outage.start, end, outage.end, *lengths, list(each.incidents)), strict=True))


def as_csv(sheet: Sheet, calendar: Calendar) -> str:
    """One line per target, or of each day or month one, or with `outages` one per outage; times as ISO 8601 where the
    centre is."""
    if sheet.outages:
        lines = [
            _named(row) | _moments(_break(each), calendar) for row in sheet.rows for each in (*row.breaks, *row.others)
        ]
        heading = ["kind", "target", "name", *OUTAGE_FACTS]
    else:
        told = [each for row in sheet.rows for each in sheet.parts_of(row) or ((sheet.asked, row),)]
        lines = [{"period": part.name, "hours": sheet.span.hours} | _named(each) | _facts(each) for part, each in told]
        heading = list(lines[0])
    return csv_text(heading, lines)


def _named(row: Row) -> dict[str, Any]:
    return {"kind": row.place[0], "target": row.place[1], "name": row.name}


def _moments(facts: Mapping[str, Any], calendar: Calendar) -> dict[str, Any]:
    told = {name: facts[name] for name in ("from", "to", "last_seen_down")}
    iso = {name: "" if at is None else calendar.local(at).isoformat(timespec="seconds") for name, at in told.items()}
    return {**facts, **iso, "incidents": " ".join(facts["incidents"])}
