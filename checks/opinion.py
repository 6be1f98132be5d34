"""Facts and Opinion: what a rule or a judge is given about one target, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent.core.calendar import Calendar
from agent.core.checklist import Item, Result
from agent.core.incident import Condition
from agent.core.model import Reading, Sample, Target
from agent.core.text import Text
from checks.metrics import CENTER

MOST_OUTPUT = 2


@dataclass(frozen=True)
class Facts:
    """The fresh readings of one target that carry the item's metrics. `now` in Unix seconds."""

    item: Item
    target: Target
    readings: tuple[Reading, ...]
    now: float
    calendar: Calendar = field(default_factory=Calendar)

    def samples(self, metric: str) -> Iterable[tuple[Reading, Sample]]:
        """The series of one metric with the reading they came from; NaN is no value and does not count."""
        for reading in self.readings:
            for sample in reading.by_metric.get(metric, ()):
                if sample.value == sample.value:
                    yield reading, sample

    def of(self, condition: Condition) -> Iterable[tuple[Reading, Sample]]:
        """The series that a condition speaks of. Of the centre, what the frame says of it: what each of its targets
        tells is for judges."""
        heard = self.heard(condition)
        return heard if self.target.kind != CENTER else ((read, found) for read, found in heard if read.target is None)

    def heard(self, condition: Condition) -> Iterable[tuple[Reading, Sample]]:
        """The same, of the centre also what each of its targets tells."""
        return (
            (reading, sample)
            for reading, sample in self.samples(condition.metric)
            if condition.matches(sample, self.target)
        )


@dataclass(frozen=True, slots=True)
class Opinion:
    """A result of one rule or judge about the target, with the samples that decided it."""

    result: Result
    observed: Text
    expected: Text
    evidence: tuple[Mapping[str, Any], ...] = ()


def evidence(reading: Reading, sample: Sample, since: float | None = None) -> Mapping[str, Any]:
    """A sample as the ledger and the report keep it; `at` is when its reading ended, `since` when it first was so, both
    Unix seconds; `output` what the device answered, trimmed."""
    window = {} if since is None else {"since": since}
    output = [{"of": each.of, "text": each.text} for each in reading.excerpts if each.proves(sample)][:MOST_OUTPUT]
    return {
        "metric": sample.metric.name,
        "labels": dict(zip(sample.metric.labels, sample.labels, strict=True)),
        "value": sample.value,
        "at": reading.ended,
        "collector": reading.collector,
        **window,
        **({"output": output} if output else {}),
    }
