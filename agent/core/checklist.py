"""Item, Rule, Verdict, Finding: what the six-area checklist asks and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from agent.core.calendar import During
from agent.core.incident import Condition
from agent.core.text import Text


class Result(StrEnum):
    PASS = "pass"  # noqa: S105 - a result, not a password
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    NOT_CONNECTED = "not_connected"


WORST_FIRST = (
    Result.FAIL,
    Result.UNKNOWN,
    Result.WARN,
    Result.PASS,
    Result.NOT_CONNECTED,
    Result.NOT_APPLICABLE,
)


ITSELF = "shouwang"  # who judges from readings

Severity = Literal["critical", "high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
Mode = Literal["automatic", "semi_automatic", "attested"]


@dataclass(frozen=True, slots=True)
class Rule:
    """`condition` and every one of `and_also` (of the same target; same `interface`, `mountpoint` … where both have it)
    true for `for_seconds`, in the hours of `during`, give `result` (warn or fail). `absent`: instead, that a target
    which is read has no series of the condition's metric for so long. `if_told`: not every target has such a thing, and
    one that never told of it passes without."""

    condition: Condition
    result: Result
    for_seconds: float = 0
    during: During = "any"
    and_also: tuple[Condition, ...] = ()
    absent: bool = False
    if_told: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """How an operator is told a metric's value: `says` with {value} and label names; `values` names 0 and 1, and
    `labels` the values of a label, by its name; `absent` is said where there is no such series."""

    says: Text
    values: Mapping[float, Text] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    absent: Text | None = None


Certainty = Literal["seen", "quoted", "memory", "not_found"]
Origin = Literal["standard", "design", "vendor"]
Cadence = Literal["run", "day", "week", "month", "quarter", "half_year", "year"]


@dataclass(frozen=True, slots=True)
class Clause:
    """Where an item comes from: a clause of a standard, a law or the founding document, and how sure that is."""

    text: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Attesting:
    """What people do where no machine can see it. `by`: any of these roles may say so; `confirmed_by`: any of these
    must agree, somebody else than the first; it holds for `valid` seconds. `covers`: a business supervisor says so only
    who answers for one of these. `photo`: that all is well is shown by a photograph."""

    says: Text
    by: tuple[str, ...]
    valid: float
    confirmed_by: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    photo: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that stands in the evidence and that people enter with it; `unit` is one of metrics."""

    id: str
    says: Text
    unit: str


@dataclass(frozen=True, slots=True)
class Document:
    """One that an item asks for: it is there where the name of a document that people entered has one of `words`;
    `result` is what its absence gives."""

    says: Text
    words: tuple[str, ...]
    result: Result

    def named(self, document: str) -> bool:
        return any(word.casefold() in document.casefold() for word in self.words)


@dataclass(frozen=True, slots=True)
class Changed:
    """A limit of an item that the site changed: of `rule` as it was shipped, its limit (in the metric's unit) or how
    long it must hold (`for`, seconds). `target` empty: for all. `laxer`: it objects to less than the shipped one;
    `of_standard`: a standard asks for limits of this item."""

    item: str
    rule: Rule
    what: Literal["limit", "for"]
    shipped: float
    own: float
    target: str = ""
    laxer: bool = False
    of_standard: bool = False


@dataclass(frozen=True)
class Item:
    """One line of the checklist. `needs` are the ways in, alternatives joined by |; `judge` names a Python judge.

    `limits` says in words what passes, warns and fails; `attested` is who attests an item that is not automatic, and
    `fallback` what people do instead while an automatic one has no source. `own` is the item as it is asked of targets
    (ids) for which the site has other limits, and `changed` what the site changed.
    """

    id: str
    area: str
    title: Text
    verify: Text
    mode: Mode
    severity: Severity
    level: Literal[2, 3]
    metrics: tuple[str, ...]
    rules: tuple[Rule, ...]
    needs: tuple[str, ...]
    remedy: Text
    playbooks: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    origin: tuple[Origin, ...] = ()
    origin_note: Text | None = None
    cadence: Cadence = "run"
    rhythm: Text | None = None  # the cadence in words, where there is more to say
    limits: Mapping[Result, Text] = field(default_factory=dict)
    attested: Attesting | None = None
    fallback: Attesting | None = None
    figures: tuple[Figure, ...] = ()
    documents: tuple[Document, ...] = ()
    how: Text | None = None  # what people look at and hand in
    judge: str = ""
    asked: Literal["each", "any"] = "each"  # any: targets that never told of it are not asked, as long as one does
    kinds: tuple[str, ...] = ()  # kinds of targets it is asked of; empty: every kind whose collectors have its metrics
    words: Mapping[str, Words] = field(default_factory=dict)  # by metric name: how its values are said
    own: Mapping[str, Item] = field(default_factory=dict)
    changed: tuple[Changed, ...] = ()

    def of_target(self, target: str) -> Item:
        """As it is asked of one target."""
        return self.own.get(target, self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement about one subject (a target id, or the centre): what is so, what it should be, what to do."""

    result: Result
    subject: str
    observed: Text
    expected: Text
    remedy: Text | None = None


@dataclass(frozen=True)
class Finding:
    """A verdict with item, area, time (Unix seconds), who judged, and the evidence: samples as name, labels, value.
    `waiver` is the number of the waiver by which it does not count, and `found` the result without it."""

    item: str
    area: str
    kind: str
    verdict: Verdict
    at: float
    who: str = ITSELF
    evidence: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)
    waiver: str = ""
    found: str = ""


@dataclass(frozen=True)
class Area:
    """One of the areas that the founding document asks for, with its items in their order."""

    id: str
    title: Text
    items: tuple[Item, ...]


Colour = Literal["red", "amber", "green", "none"]


METER = Text("{sources},人工 {people}", "{sources}, people {people}")
FEW = Text("仅 {judged}/{asked} 项有结果", "only {judged} of {asked} items have a result")


@dataclass(frozen=True, slots=True)
class Score:
    """An area's result: colour, ratio 0-1 (None without any result), and beside it, in items, the onboarding meter:
    `connected` of the `automatic` ones, and `attested` of those that `people` attest; `judged` of all that are `asked`
    have a result that counts in the ratio."""

    area: str
    colour: Colour
    ratio: float | None
    connected: int
    automatic: int
    attested: int = 0
    people: int = 0
    judged: int = 0
    asked: int = 0

    @property
    def meter(self) -> Text:
        """`9/14,人工 3/10`: what the ratio rests on."""
        sources = f"{self.connected}/{self.automatic}"
        if not self.people:
            return Text(sources, sources)
        return METER.format(sources=sources, people=f"{self.attested}/{self.people}")

    @property
    def few(self) -> Text | None:
        """What must stand beside a ratio that rests on less than half of what is asked."""
        if self.ratio is None or 2 * self.judged >= self.asked:
            return None
        return FEW.format(judged=self.judged, asked=self.asked)
