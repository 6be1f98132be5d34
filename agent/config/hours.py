"""The `calendar` section: weekly hours, exceptions, policy for holidays, and the file of dates that adds years."""

from __future__ import annotations

import difflib
import re
import zoneinfo
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema

from agent.config.messages import choice
from agent.core.calendar import Span, Week, zone
from agent.options import DayHours, Options, Refused, day_of, relative_path, same_marks, shown

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHINESE = {name: index for index, char in enumerate("一二三四五六日") for name in (f"周{char}", f"星期{char}")}
INDEX = {**{name: index for index, name in enumerate(DAYS)}, **CHINESE, "周天": 6, "星期天": 6}


def weekdays(value: Any) -> tuple[int, ...]:
    """Days from `monday`, `monday-friday`, `周一`, `周一-周五`; Monday is 0."""
    names = same_marks(value).lower().split("-")
    unknown = next((name for name in names if name not in INDEX), None)
    if unknown is not None or len(names) > 2:
        text = choice(unknown or str(value), (*DAYS, "monday-friday", "周一", "周一-周五"))
        raise Refused(text.zh, text.en)
    first, last = INDEX[names[0]], INDEX[names[-1]]
    return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))


ByDays = dict[tuple[int, ...], tuple[Span, ...]]


def week(by_days: Mapping[tuple[int, ...], tuple[Span, ...]]) -> Week:
    found: dict[int, tuple[Span, ...]] = {}
    for days, spans in by_days.items():
        for day in days:
            if day in found:
                raise Refused(
                    f"{DAYS[day]}(周{'一二三四五六日'[day]})写了两次;每天只能出现在一行",
                    f"{DAYS[day]} is given twice; each day may stand on one line only",
                )
            found[day] = spans
    return tuple(found.get(day, ()) for day in range(7))


def _each_day_once(by_days: ByDays) -> ByDays:
    week(by_days)
    return by_days


def _timezone(value: str) -> str:
    try:
        zone(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(value, zoneinfo.available_timezones(), 1, 0.6) or ["Asia/Shanghai"]
        raise Refused(
            f"没有时区 {shown(value)};可写 {near[0]} 这样", f"no time zone {shown(value)}; allowed: like {near[0]}"
        ) from None
    return value


def _holidays(value: Any, info: ValidationInfo) -> Any:
    if value in POLICIES:
        return value
    path = relative_path(value, info)
    if isinstance(value, str) and not re.search(r"[./\\]", value) and not path.exists():
        text = choice(value, (*POLICIES, "dates.csv"))  # a word that is misspelt rather than a file that is missing
        raise Refused(text.zh, text.en)
    return path


POLICIES = ("closed", "open", "none")
HOURS_SCHEMA = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
    "examples": [["08:30-11:30", "13:30-16:30"]],
}
Weekly = Annotated[
    dict[Annotated[tuple[int, ...], BeforeValidator(weekdays)], DayHours],
    AfterValidator(_each_day_once),
    WithJsonSchema({"type": "object", "additionalProperties": HOURS_SCHEMA}),
]
Exceptions = Annotated[
    dict[Annotated[date, BeforeValidator(day_of)], DayHours],
    WithJsonSchema({"type": "object", "additionalProperties": HOURS_SCHEMA}),
]


class CalendarOptions(Options):
    timezone: Annotated[str, AfterValidator(_timezone)] = "Asia/Shanghai"
    service: Weekly | None = Field(
        None, description="when applicants are served; else monday-friday 08:30-11:30 and 13:30-16:30"
    )
    working: Weekly | None = Field(
        None, description="when the staff works; else monday-friday 08:30-11:30 and 13:30-17:00"
    )
    holidays: Annotated[
        Literal["closed", "open", "none"] | Path, BeforeValidator(_holidays), WithJsonSchema({"type": "string"})
    ] = Field("closed", description="closed, open (served all year), none, or a file of dates")
    exceptions: Exceptions = Field(default_factory=dict)
