"""What a device's raw values say: numbers that come as text, words and numbers that mean "not known". Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Any

from agent.core.text import clean

NUMBER = re.compile(r"\s*([+-]?\d+)(?:([.,])(\d+))?")
# What follows the digits of a date, a version, hexadecimal, an exponent, or a number with thousands set apart.
NO_NUMBER = re.compile(r"[:/-]\d|[.,]\d|x[0-9a-f]|e[+-]?\d|[ '\u00a0]\d{3}(?!\d)", re.IGNORECASE)
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}")
# The ends of Integer32 and Unsigned32 are nobody's measurement.
NEVER = frozenset({2**31 - 1, -(2**31), 2**32 - 1, -(2**31) + 1})
NAME_LIMIT = 64
DESCR_LIMIT = 400  # a sysDescr from which a part is taken


def number(raw: Any) -> float | None:
    """A number, or the number that a text begins with ("23.5 C", "20,9"); None for "N/A", "", "--", dates, and what can
    be read in two ways ("1,234 W")."""
    if isinstance(raw, int | float):
        return None if raw in NEVER or not math.isfinite(raw) else float(raw)
    return _in_text(text(raw)) if isinstance(raw, bytes) else None


def _in_text(said: str) -> float | None:
    match = NUMBER.match(said)
    if match is None or NO_NUMBER.match(said, match.end()):
        return None
    whole, point, decimals = match.groups()
    if point == "," and len(decimals) == 3 and THOUSANDS.fullmatch(whole):
        return None
    return float(f"{whole}.{decimals or 0}")


def text(raw: Any) -> str:
    """A name or word from a device made harmless; numbers as their digits, "" for nothing."""
    if isinstance(raw, bytes):
        return clean(raw.rstrip(b"\0"), NAME_LIMIT)
    return "" if raw is None else clean(str(raw), NAME_LIMIT)


def means(raw: Any, wanted: int | str) -> bool:
    """Whether a raw value is this number or word (upper and lower case are the same), or fits this /regex/."""
    if isinstance(wanted, str):
        said = text(raw)
        if len(wanted) > 2 and wanted[0] == wanted[-1] == "/":
            return re.search(wanted[1:-1], said, re.IGNORECASE) is not None
        return said.casefold() == wanted.casefold()
    return number(raw) == wanted


def one_of(raw: Any, wanted: Collection[int | str]) -> bool:
    return raw is not None and any(means(raw, each) for each in wanted)


def part(raw: Any, pattern: str | None) -> str:
    """The first group of the pattern (else all that it matches) in a text; the whole text without a pattern."""
    said = text(raw) if pattern is None else clean(raw, DESCR_LIMIT) if isinstance(raw, bytes) else text(raw)
    if pattern is None:
        return said
    match = re.search(pattern, said)
    return clean(match[match.lastindex or 0] or "", NAME_LIMIT) if match else ""
