"""Every row of shown.py, in one centre: each fault begins when nothing that it claims is claimed, is healed as soon as
it shows, and the next begins. What was seen of each, with times, is the result; tests judge it."""

from __future__ import annotations

import json
import operator
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.demo import claims
from tests.demo.centres import LABEL, SELECTOR, Centre
from tests.demo.shown import Row
from tests.peers import until

LOOK = 0.4  # seconds between two looks at /metrics
GRACE = 3.0  # seconds: the agent's time to read, a busy machine, and the look
CONDITION = re.compile(r"(?P<ahead>ahead )?(?P<operator>[<>]|[=!]=) (?P<value>[\d.e+-]+)")
OPERATORS = {"<": operator.lt, ">": operator.gt, "==": operator.eq, "!=": operator.ne}
Values = tuple[float, ...]


def holds(condition: str, values: Values, now: float) -> bool:
    """Whether it is so of all of them; without values only "absent" is."""
    if condition == "absent":
        return not values
    found = CONDITION.fullmatch(condition)
    assert found, condition
    compare, wanted = OPERATORS[found["operator"]], float(found["value"])
    return bool(values) and all(compare(value - (now if found["ahead"] else 0), wanted) for value in values)


@dataclass
class Life:
    """What was seen of a row: seconds from its beginning until it showed, and from healing until it was gone; None
    where that was not seen in time. `values` are the last."""

    row: Row
    interval: float = 0.0
    values: Values = ()
    begun: float | None = None
    shown: float | None = None
    healed: float | None = None
    gone: float | None = None
    over: bool = False
    _grown: float = 0.0

    @property
    def within(self) -> float:
        return GRACE + (2 * self.interval if self.row.within is None else self.row.within)

    @property
    def gone_within(self) -> float:
        return GRACE + (2 * self.interval if self.row.gone is None else self.row.gone)

    def begin(self, centre: Centre) -> None:
        centre.fault(self.row.fault, self.row.whom)
        self.begun = time.time()

    def look(self, centre: Centre, values: Values, now: float) -> None:
        """Takes what there is to see now, and goes on with its life: begins, is healed, is over."""
        if not self._grown or sum(values) > sum(self.values):
            self._grown = now
        self.values = values
        if self.begun is None:
            if self._so(self.row.well, now):
                self.begin(centre)
        elif self.healed is None:
            if self._so(self.row.then, now) or now - self.begun > self.within:
                self.shown = now - self.begun if self._so(self.row.then, now) else None
                centre.heal(self.row.fault, self.row.whom)
                self.healed = time.time()
        elif self._so(self.row.well, now) or now - self.healed > self.gone_within:
            self.gone = now - self.healed if self._so(self.row.well, now) else None
            self.over = True

    def _so(self, condition: str, now: float) -> bool:
        if condition == "rises":
            return self.begun is not None and self._grown > self.begun
        if condition == "rests":
            return bool(self.values) and now - self._grown > 1.5 * self.interval
        return holds(condition, self.values, now)


def run(centre: Centre, rows: Iterable[Row], seconds: float = 300) -> Mapping[Row, Life]:
    """All of them, in a centre whose agent has not polled yet; what is not over after so many seconds has seen no
    end."""
    lives = {row: Life(row) for row in rows}
    for life in lives.values():
        if life.row.early:
            life.begin(centre)
    every = _intervals(centre)
    end = time.monotonic() + seconds
    while time.monotonic() < end and (going := claims.going(lives.values())):
        samples, now = _samples(centre, {life.row.metric.partition("{")[0] for life in going}), time.time()
        for life in going:
            found = _found(samples, life.row.metric)
            life.interval = max((every[target] for target, _ in found), default=life.interval)
            life.look(centre, tuple(value for _, value in found), now)
        time.sleep(LOOK)
    return lives


def _intervals(centre: Centre) -> Mapping[str, float]:
    """By target, as soon as the page is there."""
    until(lambda: centre.get("/api/v1/targets"), why="the agent's page does not answer")
    return {each["id"]: each["every"] for each in json.loads(centre.get("/api/v1/targets"))["targets"]}


def _samples(centre: Centre, names: set[str]) -> list[Sample]:
    """Those of metrics of these names."""
    lines = [line for line in centre.get("/metrics").splitlines() if line.partition("{")[0] in names]
    return [each for family in text_string_to_metric_families("\n".join(lines)) for each in family.samples]


def _found(samples: Iterable[Sample], selector: str) -> list[tuple[str, float]]:
    """Target and value of each series."""
    parts = SELECTOR.fullmatch(selector)
    assert parts, selector
    wanted = dict(LABEL.findall(parts["labels"] or ""))
    return [
        (each.labels["target"], each.value)
        for each in samples
        if each.name == parts["name"] and wanted.items() <= each.labels.items()
    ]
