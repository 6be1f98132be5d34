"""The alerts that were told to the Alertmanager of the simulated centre."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

HOST, PORT = "127.0.0.1", 9093  # on the agent's machine
URL = f"http://{HOST}:{PORT}"
Labels = tuple[tuple[str, str], ...]


@dataclass
class Alerts:
    """By their labels, the latest word of each. `wall` tells Unix seconds."""

    wall: Callable[[], float]
    told: dict[Labels, Mapping[str, Any]] = field(default_factory=dict)

    def take(self, alerts: Sequence[Mapping[str, Any]]) -> None:
        """As POST /api/v2/alerts of Alertmanager has them. KeyError or ValueError for what is no alert."""
        for alert in alerts:
            datetime.datetime.fromisoformat(alert["endsAt"])
            self.told[tuple(sorted(alert["labels"].items()))] = alert

    def firing(self) -> list[Mapping[str, Any]]:
        """Those that have not ended."""
        now = self.wall()
        ends = {labels: datetime.datetime.fromisoformat(alert["endsAt"]) for labels, alert in self.told.items()}
        return [alert for labels, alert in self.told.items() if ends[labels].timestamp() > now]
