"""Values: samples as people read them: by unit, with names in their language. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from agent.core.calendar import Calendar
from agent.core.model import Sample
from agent.core.text import Language, Text
from agent.core.units import brief, duration, moment, percent
from exporters.web.metric_names import LABELS, MEANINGS, NAMES, VALUES, YES_OR_NO

OWN = "shouwang_target_"  # stands in the table of collectors
INFO = "1"
MINUTE = 60.0
SIZES = ("B", "KB", "MB", "GB", "TB", "PB")
RATES = ("bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s")
UNITS: Mapping[str, Text] = {
    "celsius": Text("℃", "℃"),
    "volts": Text("V", "V"),
    "amperes": Text("A", "A"),
    "watts": Text("W", "W"),
    "hertz": Text("Hz", "Hz"),
    "revolutions per minute": Text("转/分", "rpm"),
    "packets": Text("包", "packets"),
    "packets per second": Text("包/秒", "packets/s"),
    "processes": Text("个进程", "processes"),
    "changes": Text("次", "times"),
    "events": Text("次", "times"),
    "restarts": Text("次", "times"),
    "alarms": Text("个", "alarms"),
    "units": Text("台", "units"),
    "files": Text("件", "files"),
    "copies": Text("份", "copies"),
    "servers": Text("台", "servers"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """One line of a target's values. `name` is in people's words, `metric` as in /metrics."""

    name: str
    metric: str
    help: str
    about: str
    value: str


def values(samples: Iterable[Sample], calendar: Calendar, at: float, language: Language) -> list[Value]:
    """What has no better place on the page, in the order read: no interfaces, no info, no state that does not hold."""
    return [_value(each, calendar, at, language) for each in samples if _shown(each)]


def infos(samples: Iterable[Sample], language: Language) -> list[tuple[str, str]]:
    """What info metrics say, as key and value; where a label has a word."""
    told = [
        (LABELS[name][language], text)
        for sample in samples
        if sample.metric.unit == INFO and "interface" not in sample.metric.labels
        for name, text in zip(sample.metric.labels, sample.labels, strict=False)
        if text and name in LABELS
    ]
    return list(dict.fromkeys(told))


def said(sample: Sample, calendar: Calendar, at: float, language: Language) -> str:
    value, unit = sample.value, sample.metric.unit
    if not math.isfinite(value):
        return "∞" if value > 0 else "-∞"
    if unit == "0/1" or sample.metric.states:
        meaning = MEANINGS.get(sample.metric.name, YES_OR_NO)
        return meaning[value == 1][language]
    if unit == "Unix seconds":
        return _date(value, calendar, at, language)
    if unit in SAID:
        return SAID[unit](value, language)
    word = UNITS.get(unit)
    return f"{number(value)} {word[language]}" if word else number(value)


def number(value: float) -> str:
    """Four digits, or all of a whole number."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    digits = max(0, 3 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(digits, 6)}f}".rstrip("0").rstrip(".") or "0"


def label(name: str, text: str, language: Language) -> str:
    """A label's value in words, where it has some."""
    known = VALUES.get(name, {}).get(text)
    return known[language] if known else text


def bit_rate(bytes_per_second: float, language: Language) -> str:
    return _scaled(bytes_per_second * 8, 1000, RATES)


def size(value: float, language: Language) -> str:
    return _scaled(value, 1024, SIZES)


def _scaled(value: float, base: int, names: tuple[str, ...]) -> str:
    place = 0
    while abs(value) >= base and place < len(names) - 1:
        value, place = value / base, place + 1
    return f"{value:.0f} {names[place]}" if abs(value) >= 100 else f"{value:.3g} {names[place]}"


def _seconds(value: float, language: Language) -> str:
    return brief(value, language) if 0 <= value < MINUTE else duration(value, language)


def _date(value: float, calendar: Calendar, at: float, language: Language) -> str:
    try:
        day = moment(calendar, value)
    except (OverflowError, ValueError, OSError):  # a device may say any number
        return number(value)
    away = duration(abs(at - value), language)
    near = Text(f"{away}前", f"{away} ago") if value <= at else Text(f"还有 {away}", f"in {away}")
    return f"{day} ({near[language]})"


SAID: Mapping[str, Callable[[float, Language], str]] = {
    "seconds": _seconds,
    "ratio": percent,
    "bytes": size,
    "bytes per second": bit_rate,
}


def _shown(sample: Sample) -> bool:
    metric = sample.metric
    if metric.name.startswith(OWN) or metric.unit == INFO or "interface" in metric.labels:
        return False
    return not metric.states or sample.value == 1


def _value(sample: Sample, calendar: Calendar, at: float, language: Language) -> Value:
    metric = sample.metric
    name = NAMES.get(metric.name)
    about = (label(key, text, language) for key, text in zip(metric.labels, sample.labels, strict=False) if text)
    return Value(
        name=name[language] if name else "",
        metric=metric.name,
        help=metric.help,
        about=" · ".join(about),
        value=said(sample, calendar, at, language),
    )
