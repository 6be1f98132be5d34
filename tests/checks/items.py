"""Items of the shipped checklist on series of the real collectors: right, wrong for long enough, right again.

A case gives the series that decide; each reading carries them all, every minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from agent.core.calendar import Calendar
from agent.core.checklist import Finding
from agent.core.computed import Computed, OfAnother, part_of
from agent.core.model import Reading, Sample, Target
from agent.tables import every_metric
from checks import book
from collectors import COLLECTORS
from tests.checks.scene import NOON, Watchers

# Here every target has whatever its kind can have.
TOLD = {name: replace(each, watches=lambda target: True) for name, each in COLLECTORS.items()}
METRICS = {metric.name: metric for metric in every_metric()}
ITEMS = {item.id: item for item in book.items_of(book.load())}
MINUTE = 60.0
# Service has just begun again.
AFTERNOON = Calendar().moment(Calendar().local(NOON).date(), 13 * 60 + 35)
KEY_PORTS = {"GigabitEthernet1/0/3": "line"}
Series = tuple[str, Mapping[str, str], float]


def series(metric: str, value: float, **labels: str) -> Series:
    return metric, labels, value


@dataclass(frozen=True)
class Case:
    """`wrong` replaces series of `right`, or joins them, for `minutes`; the item gives `result` then."""

    item: str
    right: tuple[Series, ...]
    wrong: tuple[Series, ...]
    result: str
    minutes: int = 0
    collector: str = ""
    without: tuple[str, ...] = field(default=())  # metrics that are gone while it is wrong
    target: str = ""

    def __str__(self) -> str:
        return f"{self.item} {self.result} {self.wrong[0][0] if self.wrong else self.without[0]}"


class Course:
    """The readings of one target, minute by minute, and what the checklist says of each."""

    def __init__(self, case: Case) -> None:
        self.item = ITEMS[case.item]
        self._case, self._now = case, AFTERNOON
        kind = next(kind for kind in self.item.kinds if kind != "center" or len(self.item.kinds) == 1)
        target = Target(kind, case.target or f"{kind}-1", "被测", every=30, key_ports=KEY_PORTS)
        self._target = None if kind == "center" else target
        self._watchers = Watchers(self.item, *filter(None, [self._target]), collectors=TOLD)

    def minutes(self, count: int, said: Iterable[Series]) -> Finding:
        """What is found after so many minutes of this, and one reading more."""
        samples = tuple(_sample(*each, self._now) for each in said)
        found = [self._minute(samples) for _ in range(count + 1)]
        return found[-1]

    def _minute(self, samples: tuple[Sample, ...]) -> Finding:
        self._now += MINUTE
        for reading in self._told(samples):
            self._watchers.snapshot.put(reading)
        kind = self._target.kind if self._target else "center"
        return next(each for each in self._watchers.run(self._now).findings if each.kind == kind)

    def _told(self, samples: tuple[Sample, ...]) -> Iterator[Reading]:
        """Each collector that gives any of these tells all of them that it gives; the rest the frame works out."""
        target, now, rest = self._target, self._now, list(samples)
        if target is None or self._case.collector:
            yield Reading(target, self._case.collector or "center", now, 0.0, samples)
            return
        for each in COLLECTORS.values():
            names = {metric.name for metric in each.metrics} if target.kind in (*each.kinds, *each.others) else set()
            if mine := tuple(sample for sample in samples if sample.metric.name in names):
                rest = [sample for sample in rest if sample not in mine]
                own = target.kind in each.kinds
                part = each.name if own else part_of(each.name, "pc-1")
                yield (
                    Reading(target, part, now, 0.0, mine) if own else OfAnother(target, part, now, 0.0, mine, by="pc-1")
                )
        if rest:
            yield Computed(target, "worked out", now, 0.0, tuple(rest))


def _sample(metric: str, labels: Mapping[str, str], value: float, now: float) -> Sample:
    """A timestamp is given as seconds from now."""
    known = METRICS[metric]
    filled = {name: labels.get(name, "") for name in known.labels}
    assert set(labels) <= set(filled), (metric, labels)
    return known.sample(now + value if known.unit == "Unix seconds" else value, **filled)


def known(cases: Iterable[Case]) -> list[Case]:
    """Those whose metrics exist; test_book says which do not yet."""
    return [case for case in cases if {each[0] for each in (*case.right, *case.wrong)} <= set(METRICS)]


def flips_and_back(case: Case) -> None:
    """It passes, gives the case's result with other words and a remedy, and passes again."""
    before, wrong, after = flips(case)
    print(before.verdict, wrong.verdict)  # shown where it fails
    assert (before.verdict.result, wrong.verdict.result, after.verdict.result) == ("pass", case.result, "pass")
    assert wrong.verdict.remedy
    assert before.verdict.observed != wrong.verdict.observed


def tries_every_automatic_item(area: str, cases: Iterable[Case]) -> None:
    (found,) = book.load([area])
    assert {case.item for case in cases} == {item.id for item in found.items if item.mode == "automatic"}


def flips(case: Case) -> tuple[Finding, Finding, Finding]:
    """What is found while all is right, when it has been wrong for long enough, and when it is right again."""
    course = Course(case)
    changed = {(metric, *labels.items()) for metric, labels, _ in case.wrong}
    rest = [each for each in case.right if (each[0], *each[1].items()) not in changed and each[0] not in case.without]
    before = course.minutes(1, case.right)
    wrong = course.minutes(case.minutes, [*rest, *case.wrong])
    return before, wrong, course.minutes(2 * case.minutes + 1, case.right)
