"""What the series of a target show while all is well, and while something befalls it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from agent.core.model import Target


class Series(NamedTuple):
    """`well` is its value while all is well, `ill` while it is not."""

    metric: str
    ill: float
    well: float
    labels: tuple[tuple[str, str], ...] = ()


def _line(target: Target) -> Iterable[Series]:
    standby = float(target.options.backup_of is not None)
    return Series("line_standby", standby, standby), Series("line_up", 0, 1)


def _application(target: Target) -> Iterable[Series]:
    return (Series("application_up", 0, 1, (("role", target.options.role),)),)


def _switch(target: Target) -> Iterable[Series]:
    return (Series("device_up", 0, 1, (("tier", target.options.tier),)),)


def _host(target: Target) -> Iterable[Series]:
    return (Series("host_up", 0, 1, (("role", target.options.role),)),)


UP: Mapping[str, Callable[[Target], Iterable[Series]]] = {
    "line": _line,
    "application": _application,
    "switch": _switch,
    "host": _host,
}


def down(target: Target) -> Iterable[Series]:
    """It does not answer, or not as it should."""
    return UP[target.kind](target)


def full(target: Target) -> Iterable[Series]:
    return (Series("host_filesystem_usage_ratio", 0.93, 0.52, (("mountpoint", "/data"),)),)


def off(target: Target) -> Iterable[Series]:
    """Its clock."""
    return (Series("host_clock_offset_seconds", 7.4, 0.0),)


def on_battery(target: Target) -> Iterable[Series]:
    return (Series("ups_on_battery", 1, 0),)
