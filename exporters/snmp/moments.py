"""Moments as devices write them, in Unix seconds; None for what is none."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

NTP_EPOCH = 2_208_988_800  # seconds from 1900 to 1970


def date_and_time(value: Any) -> int | None:
    """RFC 2579 DateAndTime of 8 octets (taken for UTC) or 11. Fields beyond their range count on, as in Go: month 0 is
    the December before."""
    if type(value) is not bytes or len(value) not in (8, 11):
        return None
    offset = 0
    if len(value) == 11:
        sign = {ord("+"): 1, ord("-"): -1}.get(value[8])
        if sign is None or max(value[9:]) > 99:
            return None
        offset = sign * (value[9] * 3600 + value[10] * 60)
    year, (month, day, hour, minute, second, tenths) = int.from_bytes(value[:2]), value[2:8]
    days = _days(year + (month - 1) // 12, (month - 1) % 12 + 1) + day - 1
    return days * 86400 + hour * 3600 + minute * 60 + second + tenths // 10 - offset


def _days(year: int, month: int) -> int:
    """Days from 1970 to the first of a month, in the Gregorian calendar also before it was made."""
    # The year begins in March, so that February's odd length comes last.
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 - 719_468


def by_pattern(text: str, pattern: str) -> int | None:
    """By a strptime pattern; without a zone in it, taken for UTC."""
    # strptime takes any run of blanks for one in the pattern; texts come with a blank too many at the ends as well.
    try:
        found = datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone follows, if the pattern has none
    except (ValueError, re.error):
        return None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() // 1)


def ntp(value: Any) -> int | None:
    """RFC 5905's timestamp of 8 octets: seconds since 1900, and a fraction."""
    if not isinstance(value, bytes) or len(value) < 8:
        return None
    return int.from_bytes(value[:4]) - NTP_EPOCH
