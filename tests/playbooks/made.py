"""Playbooks and readings made for tests."""

from __future__ import annotations

from collections.abc import Iterable

from agent.core.calendar import Calendar
from agent.core.incident import Playbook, Step, Trigger
from agent.core.model import Failure, Metric, Reading, Sample, Target
from agent.core.text import Text

NONE = Text("", "")


def playbook(identity: str, *triggers: Trigger, alert: str = "") -> Playbook:
    return Playbook(
        id=identity,
        alert=alert or "Alert" + "".join(char for char in identity if char.isalnum()),
        title=Text(f"剧本 {identity}", f"Playbook {identity}"),
        summary=Text("{name} {subject} 中断", "{name} {subject} is down"),
        triggers=triggers,
        steps=(Step("automatic", Text("自动", "automatic")), Step("C1", Text("查光猫", "Check the modem"))),
        impact=Text("依赖它的窗口", "Counters that depend on it"),
        first=NONE,
        acknowledge=NONE,
        escalate=NONE,
        resolve=NONE,
        notice=NONE,
        counters="depends_on",
    )


def gauge(name: str, *labels: str) -> Metric:
    return Metric(name, "gauge", "1", labels, "made for a test")


def reading(
    target: Target | None, samples: Iterable[Sample], at: float, collector: str = "made", failed: bool = False
) -> Reading:
    failure = Failure("timeout", "no answer") if failed else None
    return Reading(target, collector, at, 0.0, tuple(samples), failure)


class Hours(Calendar):
    """A calendar with the hours given as spans of seconds."""

    def __init__(self, **spans: list[tuple[float, float]]) -> None:
        object.__setattr__(self, "_spans", spans)

    def open(self, hours: str, at: float) -> bool:
        return hours == "all" or any(start <= at < end for start, end in self._spans.get(hours, []))

    def time_within(self, hours: str, start: float, end: float) -> float:
        return sum(max(0.0, min(end, till) - max(start, since)) for since, till in self._spans.get(hours, []))
