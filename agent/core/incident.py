"""Playbook, Trigger, Step, Incident, Change: what happens when a metric says that something broke."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from agent.core.calendar import CHINA, During
from agent.core.text import Text

if TYPE_CHECKING:
    from agent.core.model import Sample, Target

Class = Literal["P1", "P2", "P3", "P4"]  # P1 is the gravest; compare as text
Confirmation = Literal["automatic", "C1", "C2", "C3"]

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # without i, l, o, u: read out over the telephone
_FIRST = secrets.randbelow(len(ALPHABET) ** 4)
_COUNT = itertools.count()


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison with one metric; exactly one of above, below, equals, age_above (now - value, seconds; negative for
    a moment that is so near), age_below is set.

    `labels` are what a series must carry, alternatives joined by |; `kind` and `target` mean the sample's target.
    """

    metric: str
    labels: Mapping[str, str] = field(default_factory=dict)
    above: float | None = None
    below: float | None = None
    equals: float | None = None
    age_above: float | None = None
    age_below: float | None = None

    @property
    def aged(self) -> bool:
        """What it says changes with time alone."""
        return self.age_above is not None or self.age_below is not None

    def matches(self, sample: Sample, target: Target | None) -> bool:
        """Whether this sample is one of the series that the condition speaks of."""
        if sample.metric.name != self.metric or not self.labels:
            return sample.metric.name == self.metric
        about = {} if target is None else {"kind": target.kind, "target": target.id}
        return all(
            (sample.label(name) or about.get(name, "")) in wanted.split("|") for name, wanted in self.labels.items()
        )

    def holds(self, value: float, now: float) -> bool:
        """Whether the comparison is true of `value`; never of NaN."""
        if self.above is not None:
            return value > self.above
        if self.below is not None:
            return value < self.below
        if self.equals is not None:
            return value == self.equals
        if self.age_below is not None:
            return now - value < self.age_below
        return self.age_above is not None and now - value > self.age_above


def joined_on(condition: Condition, other: Condition, names: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """The labels that must be equal for two series of one target to speak of the same thing: those that both metrics
    have and neither condition names. `names` and `others` are the labels of the two metrics."""
    said = {*condition.labels, *other.labels}
    common = set(others)
    return tuple(name for name in names if name in common and name not in said)


@dataclass(frozen=True, slots=True)
class Trigger:
    """Raises an incident of `playbook` to class `raises_to`.

    `condition` and every one of `and_also` (same target; same `interface`, `mountpoint` … where both have it) must
    hold for `for_seconds`, within the hours of `during`, to open. Once open, it stays while `condition` holds at the
    `clear` threshold (hysteresis; None: the threshold itself), while its series is unknown, and for `clear_seconds`
    after that; hours do not close it.
    """

    id: str
    playbook: str
    condition: Condition
    raises_to: Class
    for_seconds: float = 0
    during: During = "any"
    and_also: tuple[Condition, ...] = ()
    clear: float | None = None
    clear_seconds: float = 60


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a playbook: an automatic read-only diagnosis or a manual step with its confirmation level."""

    confirmation: Confirmation
    text: Text


@dataclass(frozen=True, slots=True)
class Saying:
    """What to say to whom, words in braces to be filled in."""

    to: Text
    text: Text


@dataclass(frozen=True)
class Playbook:
    """One incident type. `alert` is the alertname; texts as the domain file has them, in both languages."""

    id: str
    alert: str
    title: Text
    summary: Text  # one line for the alert, {target} and facts filled in
    triggers: tuple[Trigger, ...]
    steps: tuple[Step, ...]
    impact: Text
    first: Text  # the first responsible person (首问责任人)
    acknowledge: Text
    escalate: Text
    resolve: Text
    notice: Text
    say_to: tuple[Saying, ...] = ()
    close_when: tuple[Text, ...] = ()
    evidence: tuple[Text, ...] = ()
    category: str = ""
    signs: tuple[Text, ...] = ()  # what the triggers look for, in words
    classes: Text | None = None
    grade: Text | None = None  # national grade: proposed here, judged by people
    contacts: tuple[Text, ...] = ()
    drill: Text | None = None
    checks: tuple[str, ...] = ()  # checklist items
    counters: str = "none"  # which counters it hits: depends_on, of_application, all, none
    businesses: str = "none"  # which businesses: depends_on, of_line, of_application, all, none


@dataclass(frozen=True)
class Incident:
    """Identity while open: (playbook, kind, target). Times are Unix seconds; `closed` None while open.

    `subjects` are the series that hold it open, as agent.core.subject.Subject writes them (empty if people opened it).
    `revision` grows with every change, so that a receiver's acknowledgement names what it acknowledged.
    `recorded` is False while the row is only in memory because the disk refused it.
    """

    id: str
    playbook: str
    kind: str
    target: str
    class_: Class
    opened: float
    revision: int = 1
    closed: float | None = None
    acknowledged_by: str | None = None
    acknowledged_at: float | None = None
    subjects: tuple[str, ...] = ()
    value: float | None = None
    recorded: bool = True

    @property
    def open(self) -> bool:
        return self.closed is None


ChangeKind = Literal["opened", "class", "subjects", "acknowledged", "note", "step", "closed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to an incident: a row of its timeline. `was` is the class before a change of class."""

    kind: ChangeKind
    incident: Incident
    at: float
    who: str = "shouwang"
    note: str = ""
    was: Class | None = None


def new_id(now: float) -> str:
    """An id such as `20261124-083015-4kq7`: the second in Beijing, and four letters that count up from a random start.

    Made without the disk, so that an incident has its id while the disk refuses writes; sorts by time, and is unique
    across restarts and clocks set back.
    """
    number = (_FIRST + next(_COUNT)) % len(ALPHABET) ** 4
    letters = "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in (3, 2, 1, 0))
    return f"{datetime.fromtimestamp(now, UTC).astimezone(CHINA):%Y%m%d-%H%M%S}-{letters}"
