"""Figures out of text that a host says, of which any may be wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

LONGEST = 40  # characters of a number


def number(text: str) -> float | None:
    """A finite number, or None."""
    text = text.strip()
    if len(text) > LONGEST or not text.isascii():
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def numbers(text: str) -> list[float]:
    """Of lines that are each a number; other lines are passed over."""
    return [value for line in text.split("\n") if (value := number(line)) is not None]


def figures(text: str) -> Mapping[str, float]:
    """Of lines like `MemTotal:  3974012 kB` and `oom_kill 0`: the number by its name, the unit left out."""
    found: dict[str, float] = {}
    for line in text.split("\n"):
        words = re.split(r"[:\s=]+", line.strip(), maxsplit=2)
        if len(words) > 1 and (value := number(words[1])) is not None:
            found.setdefault(words[0], value)
    return found


def settings(text: str, sign: str = " ") -> Mapping[str, str]:
    """Of lines like `PASS_MAX_DAYS 99999` or `minlen = 8`, the first of each name; without comments."""
    found: dict[str, str] = {}
    for line in text.split("\n"):
        name, _, value = line.partition("#")[0].replace("\t", " ").strip().partition(sign)
        if name:
            found.setdefault(name.strip(), value.strip())
    return found
