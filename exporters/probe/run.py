"""One probe under way: what it asks through, until when, the series it gives and the log it writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter, time
from typing import Any

from agent.core.reach import Reach
from agent.core.text import clean
from exporters.families import Families, written
from exporters.probe.module import Module

LINES = 400  # of a log at most
LONGEST = 1000  # characters of a value in it
BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/@-+[],%#()<>*&;!?|~^$")


@dataclass
class Log:
    """In logfmt; `constant` stands in each line. Whatever a target said is made harmless."""

    constant: Mapping[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def info(self, message: str, **facts: Any) -> None:
        self._add("info", message, facts)

    def error(self, message: str, **facts: Any) -> None:
        self._add("error", message, facts)

    def _add(self, level: str, message: str, facts: Mapping[str, Any]) -> None:
        if len(self.lines) < LINES:
            at = datetime.fromtimestamp(time(), UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
            pairs = {"ts": at, **self.constant, "level": level, "msg": message, **facts}
            self.lines.append(" ".join(f"{name}={_value(value)}" for name, value in pairs.items()))


def _value(value: Any) -> str:
    text = clean(value if isinstance(value, bytes) else str(value), LONGEST)
    if text and BARE.issuperset(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass
class Run:
    """`end` is on perf_counter's clock. `hostname` was given beside the target."""

    reach: Reach
    target: str
    module: Module
    end: float
    hostname: str = ""
    log: Log = field(default_factory=Log)
    families: Families = field(default_factory=Families)

    @property
    def left(self) -> float:
        """Seconds."""
        return max(0.0, self.end - perf_counter())

    def gauge(self, name: str, help: str, value: float, **labels: str) -> None:
        """Sets a series: the last value holds."""
        family = self.families.of(name, "gauge", help)
        family.series.pop(key := written(labels), None)
        family.add(key, +value)  # a truth value is a number, too

    def phases(self, name: str, help: str, seconds: Mapping[str, float]) -> None:
        for phase, value in seconds.items():
            self.gauge(name, help, value, phase=phase)
