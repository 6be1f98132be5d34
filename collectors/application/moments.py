"""Moments as machines and people write them."""

from __future__ import annotations

import math
import re
from datetime import datetime

from agent.core.calendar import CHINA

AHEAD = 300.0  # seconds by which a time without its day may be ahead and still be today's
DAY = 86_400.0
MILLISECONDS = 1e11  # a number above is in milliseconds: in seconds it would be the year 5138
TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
# A day with its time, as logs, databases and programs for people write it: 2026-11-24T09:10Z, 2026/1/5 9:10:00,
# 2026年1月5日 9:10:00.
WRITTEN = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日[ T]?|[ T]+)(\d{1,2})(:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)"
    r" ?(Z|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)


def moment(text: str, now: float) -> float | None:
    """Unix seconds from Unix seconds or milliseconds, a day with its time as WRITTEN has them, ISO 8601, or `09:30:12`
    of today, last night's where that is still to come; None if it is no time."""
    text = text.strip()[:40]
    if (number := _number(text)) is not None:
        return number / 1000 if number > MILLISECONDS else number
    if match := TIME.fullmatch(text):
        return _today(int(match[1]), int(match[2]), int(match[3] or 0), now)
    if match := WRITTEN.fullmatch(text):
        year, month, day, hour, rest, zone = match.groups("")
        text = f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}{rest.replace(',', '.')}{zone}"
    if ":" not in text:  # a day alone is no moment
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=CHINA)).timestamp()
    except (ValueError, OverflowError):
        return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    # 20261124 is a day and 93012 a time of day, not a moment of 1970.
    return number if math.isfinite(number) and number > 1e9 else None


def _today(hour: int, minute: int, second: int, now: float) -> float | None:
    if hour > 23 or minute > 59 or second > 59:
        return None
    midnight = datetime.fromtimestamp(now, CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    found = midnight.timestamp() + hour * 3600 + minute * 60 + second
    return found if found <= now + AHEAD else found - DAY
