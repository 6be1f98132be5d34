"""What agent.yaml says about the checklist and about thresholds of checklist items and playbooks."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, PlainValidator, RootModel, WithJsonSchema, model_validator

from agent.core.model import Section
from agent.core.site import Site
from agent.options import Duration, Options, Refused, RelativePath, TargetId, duration, shown

LIMITS = ("warn", "fail", "above", "below", "equals")


def rule_id(value: Any) -> str:
    """The id of an item or playbook: letters, a dash, digits."""
    if not re.fullmatch(r"[A-Z]{2,4}-\d{2,3}", str(value)):
        raise Refused(
            f"不是检查项或预案编号:{shown(value)};可写 PHY-05、IR-12",
            f"not an item or playbook: {shown(value)}; allowed: like PHY-05, IR-12",
        )
    return str(value)


class Amount(float):
    """A number in a metric's base unit. `unit` is what was said with it: "ratio" for `85%`, "seconds" for `30m`, empty
    for a bare number; `written` is how it stood there."""

    unit: str
    written: str

    def __new__(cls, number: float, unit: str = "", written: str = "") -> Amount:
        made = super().__new__(cls, number)
        made.unit, made.written = unit, written or f"{number:g}"
        return made


def amount(value: Any) -> Amount:
    """`0.85`, `"85%"`, `"30m"`, `"90d"`."""
    text = str(value).strip()[:60]
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            number = float(text.removesuffix("%"))
        except ValueError:
            number = math.nan
        if math.isfinite(number):
            return Amount(number / 100, "ratio", text) if text.endswith("%") else Amount(number, "", text)
        if re.match(r"\d", text):
            return Amount(duration(text), "seconds", text)
    raise Refused(
        f"不是限值:{shown(value)};可写数值,或 85%、30m、90d 这样",
        f"not a limit: {shown(value)}; allowed: a number, or like 85%, 30m, 90d",
    )


Limit = Annotated[
    Amount,
    PlainValidator(amount),
    WithJsonSchema(
        {
            "type": ["number", "string"],
            "examples": [0.85, "85%", "30m"],
            "description": "number, share (`85%`) or time (`30m`, `90d`)",
        }
    ),
]


class Threshold(Options):
    """Another limit than the shipped one: `warn`, `fail` for an item, `above`, `below`, `equals` for a playbook's
    trigger; `for` and `clear` as there; `target` where it holds for one target only. `metric`, `labels`, `instead_of`
    and `result` say which limit of an item is meant where it has several."""

    warn: Limit | None = None
    fail: Limit | None = None
    above: Limit | None = None
    below: Limit | None = None
    equals: Limit | None = None
    for_: Duration | None = Field(None, alias="for")
    clear: Limit | None = None
    target: TargetId | None = None
    metric: str | None = Field(None, description="of an item with limits of several metrics")
    labels: dict[str, str] = Field(default_factory=dict, description="that the rule asks for, as `window: 15m`")
    instead_of: Limit | None = Field(None, description="the shipped limit, of an item with several")
    result: Literal["warn", "fail"] | None = Field(None, description="what the rule gives, where `for` stands alone")

    @model_validator(mode="after")
    def _some_limit(self) -> Self:
        if all(getattr(self, name) is None for name in (*LIMITS, "for_", "clear")):
            raise Refused("没有写阈值;可用:" + "、".join(LIMITS), "no limit is given; allowed: " + ", ".join(LIMITS))
        return self


def _listed(value: Any) -> Any:
    """One threshold alone stands for a list of one; several are for several targets."""
    return [value] if isinstance(value, dict) else value


ThresholdList = Annotated[
    tuple[Threshold, ...], BeforeValidator(_listed), WithJsonSchema({"type": ["object", "array"]})
]


class Thresholds(RootModel[dict[str, tuple[Threshold, ...]]]):
    root: dict[Annotated[str, BeforeValidator(rule_id)], ThresholdList] = Field(default_factory=dict)


class ChecklistOptions(Options):
    model_config = ConfigDict(validate_default=True)  # so that the default folder, too, is relative to agent.yaml

    level: Literal[2, 3] = Field(2, description="protection level of GB/T 22239")
    evidence: RelativePath = Path("evidence")


def level_of(site: Site) -> int:
    """The protection level of a centre."""
    options: ChecklistOptions = site.sections.get("checklist") or ChecklistOptions()
    return options.level


def evidence_of(site: Site) -> Path:
    """The folder in which evidence is kept."""
    options: ChecklistOptions | None = site.sections.get("checklist")
    return options.evidence if options else site.source.parent / "evidence"


SECTIONS = (
    Section(key="checklist", options=ChecklistOptions, many=False),
    Section(key="thresholds", options=Thresholds, many=False),
)
