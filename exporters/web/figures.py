"""Figures: numbers in base units as a screen says them, and the few that matter for each kind of target."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from agent.core.model import Sample
from agent.core.text import Language, Text
from exporters.web.standing import Standing
from exporters.web.words import SEGMENTS

PARTS = ((86400, Text("天", "d")), (3600, Text("小时", "h")), (60, Text("分", "min")), (1, Text("秒", "s")))
SIZES = ("", "k", "M", "G", "T", "P")

Say = Callable[[float, Language], str]


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
    """A short time: `0.06 ms`, `210 ms`, `2.1 秒`."""
    if not math.isfinite(seconds):
        return "∞"
    if seconds < 0.001:
        return f"{seconds * 1000:.2f} ms"
    return f"{seconds * 1000:.3g} ms" if seconds < 0.9995 else f"{seconds:.3g} {PARTS[-1][1][language]}"


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


@dataclass(frozen=True, slots=True)
class Figure:
    """One column of a card: a heading, and what a target shows there; None where it has no such value now."""

    heading: Text
    read: Callable[[Standing, Language], str | None]


def found(standing: Standing, metric: str, **labels: str) -> Iterator[Sample]:
    """A target's current samples of a metric."""
    for reading in standing.readings:
        for sample in reading.by_metric.get(metric, ()):
            if all(sample.label(name) == value for name, value in labels.items()):
                yield sample


def _last(metric: str, say: Say, **labels: str) -> Callable[[Standing, Language], str | None]:
    """The last one yielded; of a line's probes, which stand from near to far, the farthest that answered."""

    def read(standing: Standing, language: Language) -> str | None:
        values = [sample.value for sample in found(standing, metric, **labels)]
        return say(values[-1], language) if values else None

    return read


def _highest(metric: str, say: Say) -> Callable[[Standing, Language], str | None]:
    def read(standing: Standing, language: Language) -> str | None:
        values = [sample.value for sample in found(standing, metric)]
        return say(max(values), language) if values else None

    return read


def _ports(standing: Standing, language: Language) -> str | None:
    """Ports up of those that are not shut."""
    wanted = {sample.labels for sample in found(standing, "interface_admin_up") if sample.value == 1}
    states = {sample.labels: sample.value for sample in found(standing, "interface_up")}
    if not states:
        return None
    return f"{sum(states.get(each) == 1 for each in wanted)}/{len(wanted)}" if wanted else f"{len(states)}"


def broken_segment(standing: Standing, language: Language) -> str | None:
    """Where a line is judged broken."""
    for sample in found(standing, "line_fault_segment"):
        segment = sample.label("segment") or ""
        if sample.value == 1:
            return SEGMENTS[segment][language] if segment in SEGMENTS else segment
    return None


def _seconds_ago(metric: str) -> Callable[[Standing, Language], str | None]:
    def read(standing: Standing, language: Language) -> str | None:
        values = [sample.value for sample in found(standing, metric)]
        if not values or standing.read is None:
            return None
        return duration(standing.read - max(values), language)

    return read


FIGURES: Mapping[str, tuple[Figure, ...]] = {
    "line": (
        Figure(Text("往返", "round trip"), _last("line_round_trip_seconds", brief)),
        Figure(Text("丢包", "loss"), _highest("line_loss_ratio", percent)),
    ),
    "switch": (
        Figure(Text("端口", "ports"), _ports),
        Figure(Text("已运行", "uptime"), _last("device_uptime_seconds", duration)),
    ),
    "machine_room": (
        Figure(Text("温度", "temperature"), _highest("room_temperature_celsius", celsius)),
        Figure(Text("后备", "battery"), _last("ups_battery_runtime_seconds", duration)),
    ),
    "application": (Figure(Text("响应", "response"), _last("application_response_seconds", brief, phase="total")),),
    "host": (
        Figure(Text("CPU", "CPU"), _last("host_cpu_usage_ratio", percent)),
        Figure(Text("内存", "memory"), _last("host_memory_usage_ratio", percent)),
        Figure(Text("磁盘", "disk"), _highest("host_filesystem_usage_ratio", percent)),
    ),
    "backup": (Figure(Text("上次成功", "last good"), _seconds_ago("backup_last_success_timestamp_seconds")),),
}
