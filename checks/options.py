"""What agent.yaml says about the checklist and about thresholds of checklist items and playbooks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, RootModel, WithJsonSchema, model_validator

from agent.core.model import Section
from agent.core.site import Site
from agent.options import Duration, Options, Refused, RelativePath, TargetId, shown

LIMITS = ("warn", "fail", "above", "below", "equals")


def rule_id(value: Any) -> str:
    """The id of an item or playbook: letters, a dash, digits."""
    if not re.fullmatch(r"[A-Z]{2,4}-\d{2,3}", str(value)):
        raise Refused(
            f"不是检查项或预案编号:{shown(value)};可写 PHY-05、IR-12",
            f"not an item or playbook: {shown(value)}; allowed: like PHY-05, IR-12",
        )
    return str(value)


class Threshold(Options):
    """Another limit than the shipped one: `warn`, `fail` for an item, `above`, `below`, `equals` for a playbook's
    trigger; `for` and `clear` as there; `target` where it holds for one target only. `metric`, `labels` and
    `instead_of` say which limit of an item is meant where it has several."""

    warn: float | None = None
    fail: float | None = None
    above: float | None = None
    below: float | None = None
    equals: float | None = None
    for_: Duration | None = Field(None, alias="for")
    clear: float | None = None
    target: TargetId | None = None
    metric: str | None = Field(None, description="of an item with limits of several metrics")
    labels: dict[str, str] = Field(default_factory=dict, description="that the rule asks for, as `window: 15m`")
    instead_of: float | None = Field(None, description="the shipped limit, of an item with several")

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
