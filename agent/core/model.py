"""What is measured: Metric, Sample, Target, Reading, and Collector, the one who yields Samples."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from agent.core.excerpts import Excerpt
from agent.core.text import Said, Text

if TYPE_CHECKING:
    from agent.core.reach import Login, Poll

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """A name of the contract (domain: docs/metrics.md). Compared by identity: each is declared once.

    `labels` are the labels besides `kind` and `target`, which the frame adds to every sample of a target.
    `unit` is a base unit ("seconds", "ratio"), "0/1" for a boolean or "1" for an info metric.
    `states` names the values of the last label of a state set (one series per state, 1 on the state that holds).
    """

    name: str
    type: Literal["gauge", "counter"]
    unit: str
    labels: tuple[str, ...]
    help: str
    states: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not NAME.match(self.name):
            raise ValueError(f"metric name {self.name!r}: lower case letters, digits and _ only")
        if (self.type == "counter") != self.name.endswith("_total"):
            raise ValueError(f"metric {self.name}: a counter, and only a counter, ends in _total")

    def sample(self, value: float, **labels: str) -> Sample:
        """One value with all of this metric's labels by name; KeyError or ValueError if they do not fit."""
        if len(labels) != len(self.labels):
            raise ValueError(f"{self.name} takes labels {self.labels}, not {tuple(labels)}")
        return Sample(self, float(value), tuple([labels[name] for name in self.labels]))

    def state_set(self, state: str, **labels: str) -> tuple[Sample, ...]:
        """One sample per declared state, 1 on `state`; a state that was not declared gives 0 everywhere."""
        name = self.labels[-1]
        return tuple(self.sample(each == state, **labels, **{name: each}) for each in self.states)


class Sample(NamedTuple):
    """One value. `labels` holds the label values in the order of `metric.labels`; hot loops build it directly."""

    metric: Metric
    value: float
    labels: tuple[str, ...] = ()

    def label(self, name: str) -> str | None:
        names = self.metric.labels
        return self.labels[names.index(name)] if name in names else None


@dataclass(frozen=True, slots=True)
class Dependency:
    """Ids of which at least one must work for the dependent to work; one id is a plain dependency."""

    any_of: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """A thing watched. `kind` is the agent.yaml section in the singular, `options` that section's typed options."""

    kind: str
    id: str
    name: str
    options: Any = None
    address: str | None = None
    login: Login | None = None
    every: float = 30.0
    timeout: float = 10.0
    labels: Mapping[str, str] = field(default_factory=dict)
    depends_on: tuple[Dependency, ...] = ()
    powered_by: tuple[str, ...] = ()
    # What other sections say about this target, e.g. {"GigabitEthernet1/0/3": "line"} for the key ports of a switch.
    key_ports: Mapping[str, str] = field(default_factory=dict)
    # By id: other targets of which this one is read too, e.g. the switch that measures a line by itself.
    sources: Mapping[str, Target] = field(default_factory=dict)
    # Ids of those of which one does for all, itself among them, the main one first; empty where it has no stand-in.
    group: tuple[str, ...] = ()
    # By the key of a section without targets of its own: its entries that this target is asked for.
    tasks: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a question could not be put or answered. `kind` is one word for metrics and tests, `message` is for people.

    Kinds: timeout, refused, unreachable, resolve, permission, authentication, certificate, host_key, protocol, missing,
    defect.
    """

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a collector concludes of what it read: a sentence for people, in which `{since}` stands for the moment
    `since` (Unix seconds). Of its own words and the configuration's only, never of a device's. `acts`: it says what to
    do first, too, which then goes before what the playbook says of all such incidents."""

    said: Text
    since: float
    acts: bool = False


@dataclass(frozen=True)
class Reading:
    """What one run of a collector gave. With `failure` set, `samples` still holds what came before it.

    `started` is Unix seconds, `duration` seconds; `cut` counts samples dropped by the cap of series per target.
    `target` is None for what describes the centre or the agent itself; `collector` then names the part that says it.
    `remarks` are what a collector wants people to know that is no failure, one sentence each; `diagnoses` what it
    concludes that is wrong with the target; `excerpts` prove what was read.
    """

    target: Target | None
    collector: str
    started: float
    duration: float
    samples: tuple[Sample, ...]
    failure: Failure | None = None
    cut: int = 0
    remarks: tuple[Said, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()

    @property
    def up(self) -> bool:
        return self.failure is None

    @property
    def ended(self) -> float:
        return self.started + self.duration

    @cached_property
    def by_metric(self) -> Mapping[str, tuple[Sample, ...]]:
        """The samples by metric name, in the order in which they were yielded."""
        found: dict[str, list[Sample]] = {}
        for sample in self.samples:
            found.setdefault(sample.metric.name, []).append(sample)
        return {name: tuple(samples) for name, samples in found.items()}


Collect = Callable[["Target", Any, "Poll"], AsyncIterator[Sample]]


@dataclass(frozen=True, slots=True)
class Collector:
    """Asks one question of one kind of target: `collect(target, target.options, poll)` yields Samples.

    It has no try, no clock, no log: the runner owns time and failure. `watches` says whether it applies to a target,
    `patience` how many seconds a run may take, `others` of what kinds of other targets it tells too, `lasting` that it
    may keep a host busy for long (sessions that are `apart`), `instead` the collectors whose questions it asks another
    kind of system, as far as that has such things.
    """

    name: str
    kinds: tuple[str, ...]
    metrics: tuple[Metric, ...]
    collect: Collect
    watches: Callable[[Target], bool] = lambda target: True
    patience: Callable[[Target], float] = lambda target: target.timeout
    others: tuple[str, ...] = ()
    lasting: bool = False
    instead: tuple[str, ...] = ()

    def applies(self, target: Target) -> bool:
        return target.kind in self.kinds and self.watches(target)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of agent.yaml: its key, the kind of its targets (None if it has none), the model of an entry.

    `many`: the section is a list of entries. Which collectors read an entry, the table of collectors says; an entry
    that none applies to is reported as not yet watched.
    """

    key: str
    options: type[Any]
    kind: str | None = None
    many: bool = True
