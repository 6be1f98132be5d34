"""Figures: the few numbers that matter for each kind of target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.core.facts import found_in
from agent.core.text import Language, Text
from agent.core.units import brief, celsius, duration, percent
from exporters.web.standing import Standing

Say = Callable[[float, Language], str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One column of a card: a heading, and what a target shows there; None where it has no such value now."""

    heading: Text
    read: Callable[[Standing, Language], str | None]


def _last(metric: str, say: Say, **labels: str) -> Callable[[Standing, Language], str | None]:
    """The last one yielded; of a line's probes, which stand from near to far, the farthest that answered."""

    def read(standing: Standing, language: Language) -> str | None:
        values = [sample.value for sample in found_in(standing.readings, metric, **labels)]
        return say(values[-1], language) if values else None

    return read


def _highest(metric: str, say: Say) -> Callable[[Standing, Language], str | None]:
    def read(standing: Standing, language: Language) -> str | None:
        values = [sample.value for sample in found_in(standing.readings, metric)]
        return say(max(values), language) if values else None

    return read


def _ports(standing: Standing, language: Language) -> str | None:
    """Ports up of those that are not shut."""
    wanted = {sample.labels for sample in found_in(standing.readings, "interface_admin_up") if sample.value == 1}
    states = {sample.labels: sample.value for sample in found_in(standing.readings, "interface_up")}
    if not states:
        return None
    return f"{sum(states.get(each) == 1 for each in wanted)}/{len(wanted)}" if wanted else f"{len(states)}"


def _seconds_ago(metric: str) -> Callable[[Standing, Language], str | None]:
    def read(standing: Standing, language: Language) -> str | None:
        values = [sample.value for sample in found_in(standing.readings, metric)]
        if not values or standing.read is None:
            return None
        return duration(standing.read - max(values), language)

    return read


def _seconds_left(metric: str) -> Callable[[Standing, Language], str | None]:
    """Until the earliest; nothing once it has passed, which is told as a fault."""

    def read(standing: Standing, language: Language) -> str | None:
        values = [sample.value for sample in found_in(standing.readings, metric)]
        if not values or standing.read is None or min(values) <= standing.read:
            return None
        return duration(min(values) - standing.read, language)

    return read


FIGURES: Mapping[str, tuple[Figure, ...]] = {
    "line": (
        Figure(Text("往返", "round trip"), _last("line_round_trip_seconds", brief)),
        Figure(Text("丢包 近600包", "loss of 600 packets"), _highest("line_loss_ratio", percent)),
    ),
    "switch": (
        Figure(Text("端口", "ports"), _ports),
        Figure(Text("已运行", "uptime"), _last("device_uptime_seconds", duration)),
    ),
    "machine_room": (
        Figure(Text("温度", "temperature"), _highest("room_temperature_celsius", celsius)),
        Figure(Text("后备", "battery"), _last("ups_battery_runtime_seconds", duration)),
    ),
    "application": (
        Figure(Text("响应", "response"), _last("application_response_seconds", brief, phase="total")),
        Figure(Text("证书还有", "certificate lasts"), _seconds_left("certificate_expiry_timestamp_seconds")),
    ),
    "host": (
        Figure(Text("CPU", "CPU"), _last("host_cpu_usage_ratio", percent)),
        Figure(Text("内存", "memory"), _last("host_memory_usage_ratio", percent)),
        Figure(Text("磁盘", "disk"), _highest("host_filesystem_usage_ratio", percent)),
    ),
    "backup": (
        Figure(Text("上次成功", "last good"), _seconds_ago("backup_last_success_timestamp_seconds")),
        Figure(Text("余量", "space"), _last("backup_space_free_ratio", percent)),
    ),
}
