"""What a device's answers mean by its profile. Pure: raw values in, metric names, values and labels out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from collectors.profiles.form import CONTACT, Column, Entry, Profile, scalar
from collectors.profiles.units import COUNTED, no_reading, plausible
from collectors.profiles.values import means, number, one_of, part, text

FIELD = re.compile(r"\{(\w+)\}")
LABEL_LIMIT = 64
UNNAMED = "unnamed"  # a single value whose name is blank
ROWS_CAP = 10_000  # of one entry: twice the series that are kept of a target, so that what is cut is counted
SI_SCALES, UNITS_SCALE = range(1, 18), 9  # RFC 3433 EntitySensorDataScale: yocto to yotta in steps of a thousand
MARGIN = "device_temperature_margin_celsius"
# A metric of the whole device that a table answers in rows: which of them counts. Otherwise the first.
WORST = {
    "ups_load_ratio": max,
    "ups_on_battery": max,
    "ups_battery_low": max,
    "ups_self_test_warning": max,
    "ups_battery_charge_ratio": min,
    "ups_battery_runtime_seconds": min,
    "ups_battery_health_ok": min,
    "ups_self_test_ok": min,
}
# Told by a vendor's own MIB and by the standard one: the worse counts, since either may leave out what is wrong.
ALSO_OF_STANDARD = ("ups_on_battery", "ups_battery_low", "ups_battery_health_ok")


@dataclass(frozen=True, slots=True)
class Found:
    """`value` is in the metric's base unit, or the state of a state set. `label` is the free label ("" without). Of a
    sensor with a `fault` (form.FAULTS or ABSENT) the value says nothing; `measures` is what a contact watches for, as
    far as the device says it."""

    entry: Entry
    metric: str
    value: float | str
    label: str
    fault: str = ""
    measures: str = ""


@dataclass(frozen=True)
class Answers:
    """Raw values: of single objects by OID, of columns by OID and index."""

    single: Mapping[str, Any]
    columns: Mapping[str, Mapping[str, Any]]

    def at(self, oid: str, index: str) -> Any:
        return self.single.get(oid) if scalar(oid) else self.columns.get(oid, {}).get(index)

    def first(self, oids: Iterable[str], index: str) -> Any:
        return next((raw for oid in oids if (raw := self.at(oid, index)) is not None), None)


@dataclass(frozen=True)
class Row:
    """One row of a table as a profile sees it: its index and the named columns."""

    profile: Profile
    answers: Answers
    index: str

    def named(self, name: str) -> Any:
        if name == "index":
            return self.index.encode()
        column = self.profile.columns[name]
        raw = self.answers.at(column.oid, self._index(column))
        return raw if column.pattern is None or raw is None else part(raw, column.pattern).encode() or None

    def _index(self, column: Column) -> str:
        if column.by is not None:
            return text(self.named(column.by))
        if column.key is None:
            return self.index
        parts = self.index.split(".")
        wanted = [int(each) - 1 for each in column.key.split(",")]
        return ".".join(parts[each] for each in wanted if each < len(parts))

    def label(self, template: str) -> str:
        said = FIELD.sub(lambda field: self._field(field[1]), template)
        return " ".join(said.split())[:LABEL_LIMIT] or self.index or UNNAMED

    def _field(self, name: str) -> str:
        if name.isdigit():
            parts = self.index.split(".")
            return parts[int(name) - 1] if 0 < int(name) <= len(parts) else ""
        return text(self.named(name))


def meanings(profile: Profile, entries: Iterable[Entry], answers: Answers) -> Iterator[Found]:
    """What these entries of a profile give, in their order."""
    given: set[tuple[str, str]] = set()
    for entry in entries:
        found = list(_of_entry(profile, entry, answers))
        yield from (each for each in found if not (entry.fallback and (each.metric, each.label) in given))
        given.update((each.metric, each.label) for each in found)


def _of_entry(profile: Profile, entry: Entry, answers: Answers) -> Iterator[Found]:
    template = profile.label(entry) if entry.free_label else ""
    for index in _rows(entry, answers):
        row = Row(profile, answers, index)
        if not _wanted(entry, row):
            continue
        label = row.label(template) if template else ""
        value = _value(entry, row)
        fault = _fault(entry, row) or (value if entry.metric == CONTACT and isinstance(value, str) else "")
        if fault:
            yield Found(entry, entry.metric, 0.0, label, fault, _measures(entry, row))
        elif value is not None:
            yield Found(entry, entry.metric, value, label, measures=_measures(entry, row))
        if entry.limit and isinstance(value, float) and not fault:
            limit = _number(entry, answers.at(entry.limit, index), row)
            if limit is not None and limit > 0:
                yield Found(entry, MARGIN, limit - value, label)


def _fault(entry: Entry, row: Row) -> str:
    said = ((row.named(name), words) for name, words in entry.faults.items())
    return next((fault for raw, words in said for word, (_, fault) in words.items() if one_of(raw, (word,))), "")


def _measures(entry: Entry, row: Row) -> str:
    if not isinstance(entry.measures, dict):
        return entry.measures or ""
    said = ((row.named(name), words) for name, words in entry.measures.items())
    return next((kind for raw, words in said for word, kind in words.items() if one_of(raw, (word,))), "")


def settled(found: Sequence[Found]) -> list[Found]:
    """One sample per metric and label: rows that share a label are numbered, those of a metric without one merged.
    Contacts of one thing that watch for different things share its label."""
    merged: dict[tuple[str, str, str], Found] = {}
    numbers: Counter[tuple[str, str, str]] = Counter()
    for each in found:
        base = key = (each.metric, each.measures, each.label)
        if not each.label:
            known = merged.get(key)
            worse = WORST.get(each.metric)
            if known is None or (worse and worse(known.value, each.value) != known.value):
                merged[key] = each
            continue
        while key in merged:
            numbers[base] += 1
            key = (each.metric, each.measures, f"{each.label} #{numbers[base] + 1}")
        merged[key] = replace(each, label=key[2])
    return list(merged.values())


def _rows(entry: Entry, answers: Answers) -> Iterable[str]:
    main = entry.oid or tuple(each for each in (entry.used, *entry.free, entry.total) if each)
    columns = [oid for oid in main if not scalar(oid)]
    if not columns:
        return ("",)
    return dict.fromkeys(islice((index for oid in columns for index in answers.columns.get(oid, ())), ROWS_CAP))


def _wanted(entry: Entry, row: Row) -> bool:
    if any(one_of(row.named(name), words) for name, words in entry.unless.items()):
        return False
    return all(one_of(row.named(name), words) for name, words in entry.where.items())


def _value(entry: Entry, row: Row) -> float | str | None:
    if not entry.oid:
        return _share(entry, row)
    raw = row.answers.first(entry.oid, row.index)
    if raw is None or one_of(raw, entry.unknown):
        return None
    if entry.pattern:
        raw = part(raw, entry.pattern).encode()
    if entry.states:
        said = next((said for key, (_, said) in entry.states.items() if means(raw, key)), None)
        return float(said) if isinstance(said, int) else said
    return _number(entry, raw, row)


def _number(entry: Entry, raw: Any, row: Row) -> float | None:
    value = number(raw)
    if value is None or one_of(raw, entry.unknown) or no_reading(entry.metric, value):
        return None
    if entry.digits is not None:
        value /= 10 ** min(12.0, max(-12.0, number(row.named(entry.digits)) or 0.0))
    if entry.si is not None:
        scale = number(row.named(entry.si))
        if scale is not None and scale not in SI_SCALES:
            return None
        value *= 1000 ** ((scale or UNITS_SCALE) - UNITS_SCALE)
    value = entry.raw.convert(value)
    base = entry.about.unit if entry.raw.base == COUNTED else entry.raw.base
    return value if plausible(entry.metric, base, value) else None


def _share(entry: Entry, row: Row) -> float | None:
    """used / total from two of used, free (the sum of what counts as free) and total."""
    used, total = _raw(entry.used, row), _raw(entry.total, row)
    parts = [part for oid in entry.free if (part := _raw(oid, row)) is not None]
    free = sum(parts) if parts else None
    if used is None and free is not None and total is not None:
        used = total - free
    if total is None and used is not None and free is not None:
        total = used + free
    if used is None or not total or total < 0 or not 0 <= used <= total:
        return None
    return used / total


def _raw(oid: str | None, row: Row) -> float | None:
    return None if oid is None else number(row.answers.at(oid, row.index))
