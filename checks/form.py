"""The form of an area file: what checks/areas/*.yaml may say."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, Self

from pydantic import Field, model_validator

from agent.core import checklist
from agent.core.attestations import VALUE
from agent.core.calendar import During
from agent.core.checklist import (
    Attesting,
    Cadence,
    Certainty,
    Clause,
    Document,
    Figure,
    Mode,
    Origin,
    Result,
    Rule,
    Severity,
)
from agent.core.site import Role
from agent.core.text import Text
from agent.options import Duration, Options
from agent.options.shipped import Comparison, Words
from checks.judges import JUDGES


class SaidForm(Options):
    """How the values of a metric are said."""

    says: Words
    values: dict[float, Words] = Field(default_factory=dict)
    labels: dict[str, dict[str, Words]] = Field(default_factory=dict)
    absent: Words | None = None

    @property
    def words(self) -> checklist.Words:
        values = {value: text.text for value, text in self.values.items()}
        labels = {label: {name: text.text for name, text in names.items()} for label, names in self.labels.items()}
        return checklist.Words(self.says.text, values, labels, self.absent.text if self.absent else None)


class RuleForm(Comparison):
    """`absent`: that there is no such series, for `for`; it stands in place of a bound. `if_told`: as Rule has it."""

    result: Literal["warn", "fail"]
    for_: Duration = Field(default=0.0, alias="for")
    during: During = "any"
    and_: tuple[Comparison, ...] = Field(default=(), alias="and")
    absent: bool = False
    if_told: bool = False

    @model_validator(mode="before")
    @classmethod
    def _no_bound(cls, said: object) -> object:
        return {**said, "equals": 0} if isinstance(said, dict) and said.get("absent") else said

    @property
    def rule(self) -> Rule:
        and_also = tuple(each.condition for each in self.and_)
        condition = replace(self.condition, equals=None) if self.absent else self.condition
        return Rule(condition, Result(self.result), self.for_, self.during, and_also, self.absent, self.if_told)


class ClauseForm(Options):
    text: str = Field(min_length=1)
    certainty: Certainty

    @property
    def clause(self) -> Clause:
        return Clause(self.text, self.certainty)


class AttestingForm(Options):
    says: Words
    by: tuple[Role, ...] = Field(min_length=1)
    confirmed_by: tuple[Role, ...] = ()
    covers: tuple[str, ...] = ()
    valid: Duration
    photo: bool = False

    @property
    def attesting(self) -> Attesting:
        return Attesting(self.says.text, self.by, self.valid, self.confirmed_by, self.covers, self.photo)


class FigureForm(Options):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    says: Words
    unit: Literal["ratio", "seconds", "findings", "people", "documents", "hours", "0/1"]

    @property
    def figure(self) -> Figure:
        return Figure(self.id, self.says.text, self.unit)


class DocumentForm(Options):
    """`words`: one of them stands in the name that people give such a document; `missing`: what its absence gives."""

    says: Words
    words: tuple[str, ...] = Field(min_length=1)
    missing: Literal["warn", "fail"]

    @property
    def document(self) -> Document:
        return Document(self.says.text, self.words, Result(self.missing))


class LimitsForm(Options):
    """When it passes, warns and fails, in words: for people who attest and for the printed sheet."""

    passes: Words = Field(alias="pass")
    warn: Words | None = None
    fail: Words

    @property
    def limits(self) -> dict[Result, Text]:
        found = {Result.PASS: self.passes, Result.WARN: self.warn, Result.FAIL: self.fail}
        return {result: words.text for result, words in found.items() if words is not None}


class ItemForm(Options):
    id: str = Field(pattern=r"^[A-Z]{3,4}-\d\d$")
    title: Words
    verify: Words
    how: Words | None = None
    mode: Mode
    severity: Severity
    level: Literal[2, 3]
    metrics: tuple[str, ...]
    needs: tuple[str, ...]
    limits: LimitsForm
    remedy: Words
    clauses: tuple[ClauseForm, ...] = Field(min_length=1)
    origin: tuple[Origin, ...] = Field(min_length=1)
    origin_note: Words | None = None
    cadence: Cadence
    rhythm: Words | None = None
    kinds: tuple[str, ...] = ()
    asked: Literal["each", "any"] = "each"
    rules: tuple[RuleForm, ...] = ()
    judge: str = ""
    playbooks: tuple[str, ...] = ()
    attested: AttestingForm | None = None
    fallback: AttestingForm | None = None
    figures: tuple[FigureForm, ...] = ()
    documents: tuple[DocumentForm, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        figures = {each.id for each in self.figures}
        asked = {rule.labels.get("figure", "") for rule in self.rules if rule.metric == VALUE}
        used = {each.metric for rule in self.rules for each in (rule, *rule.and_)}
        objections = (
            (used - set(self.metrics), "rules use {}, which its metrics do not name"),
            (asked - figures, "rules judge figures {}, which it does not ask for"),
            ({self.judge} - {"", *JUDGES}, "no judge {}; known: " + ", ".join(sorted(JUDGES))),
            ({"rules"} - ({"rules"} if self.rules or self.judge else set()), "neither {} nor a judge"),
            ({"attested"} if (self.mode == "automatic") == bool(self.attested) else set(), "{} against its mode"),
            ({"how"} if self.mode != "automatic" and not self.how else set(), "{} is missing: what people look at"),
            ({"documents"} if bool(self.documents) != (self.judge == "documents") else set(), "{} without their judge"),
            ({"fallback"} if self.mode != "automatic" and self.fallback else set(), "{} against its mode"),
        )
        for strange, objection in objections:
            if strange:
                raise ValueError(f"{self.id}: {objection.format(', '.join(sorted(strange)))}")
        return self


class AreaForm(Options):
    area: str
    title: Words
    words: dict[str, SaidForm]
    items: tuple[ItemForm, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _worded(self) -> Self:
        if dumb := {rule.metric for item in self.items for rule in item.rules} - set(self.words):
            raise ValueError(f"words are missing for {', '.join(sorted(dumb))}")
        return self
