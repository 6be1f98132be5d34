"""Numbers in base units and moments, as people read them. One form everywhere: page, alerts, terminal."""

from __future__ import annotations

import math

from agent.core.calendar import Calendar
from agent.core.text import Language, Text

PARTS = ((86400, Text("天", "d")), (3600, Text("小时", "h")), (60, Text("分", "min")), (1, Text("秒", "s")))
SIZES = ("", "k", "M", "G", "T", "P")


def moment(calendar: Calendar, at: float) -> str:
    """`2026-11-24 15:00` where the centre is. Always with the date: what was said yesterday is read today."""
    return f"{calendar.local(at):%Y-%m-%d %H:%M}"


def duration(seconds: float, language: Language) -> str:
    """The two largest units, from ten days on the days: `12 秒`, `18 分`, `2 小时 5 分`, `3 天 4 小时`, `212 天`."""
    if not math.isfinite(seconds):
        return "∞"
    left = max(0, int(seconds))
    place = next((place for place, (size, _) in enumerate(PARTS) if left >= size), len(PARTS) - 1)
    size, word = PARTS[place]
    said = f"{left // size} {word[language]}"
    if size > 60 and left < 10 * PARTS[0][0]:
        smaller, name = PARTS[place + 1]
        rest = left % size // smaller
        said += f" {rest} {name[language]}" if rest else ""
    return said


def brief(seconds: float, language: Language) -> str:
    """A short time: `0.06 ms`, `210 ms`, `2.1 秒`, `0 秒`."""
    if not math.isfinite(seconds):
        return "∞"
    if 0 < seconds < 0.001:
        return f"{seconds * 1000:.2f} ms"
    return f"{seconds * 1000:.3g} ms" if 0 < seconds < 0.9995 else f"{seconds:.3g} {PARTS[-1][1][language]}"


def percent(ratio: float, language: Language) -> str:
    value = ratio * 100
    return f"{value:.0f}%" if value >= 10 or value == 0 else f"{value:.1f}%"


def celsius(value: float, language: Language) -> str:
    return f"{value:.0f} ℃"


def bit_rate(bytes_per_second: float) -> str:
    value, place = bytes_per_second * 8, 0
    while value >= 1000 and place < len(SIZES) - 1:
        value, place = value / 1000, place + 1
    return f"{value:g} {SIZES[place]}bit/s"
