"""What options are made of: the base model, a refusal in two languages, an id that must exist."""

from __future__ import annotations

import types
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from agent.core.text import Text, clean


class Refused(ValueError):
    """A value that is not accepted: what is wrong and what is allowed, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def shown(value: Any) -> str:
    """A value as it may stand in a message: one line, short, harmless."""
    return f'"{clean(value, 60)}"' if isinstance(value, str) else clean(repr(value), 60)


class NotYet:
    """Marks an option that nothing uses yet: `Annotated[..., NotYet()]`; whoever sets it is told so."""


class Reference(str):
    """An id that must exist. `among` says where: "target", a kind ("switch"), "credentials", "person", "contact",
    "coverage"; `wanted` is the id itself where the text holds more than that."""

    among: str
    wanted: str

    def __new__(cls, text: str, among: str = "target", wanted: str = "") -> Reference:
        made = super().__new__(cls, text)
        made.among, made.wanted = among, wanted or text
        return made


class Options(BaseModel):
    """Base of every section's options: unknown keys refused, frozen, numbers accepted where text is meant."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, coerce_numbers_to_str=True, arbitrary_types_allowed=True, allow_inf_nan=False
    )

    @field_validator("*", mode="before")
    @classmethod
    def _no_lookalikes(cls, value: Any, info: ValidationInfo) -> Any:
        """`true` is not the number 1, and `no`, `off` are texts: YAML 1.1 mixed them up, we do not."""
        wanted = _plain_types(cls.model_fields[info.field_name].annotation) if info.field_name else set()
        if isinstance(value, bool) and wanted & {int, float} and bool not in wanted:
            raise Refused(f"应为数字,不是 {str(value).lower()}", f"expected a number, found {str(value).lower()}")
        if bool in wanted and isinstance(value, str | int) and not isinstance(value, bool) and len(wanted) == 1:
            raise Refused(f"应为 true 或 false,不是 {shown(value)}", f"expected true or false, found {shown(value)}")
        return value


def _plain_types(annotation: Any) -> set[Any]:
    """The types that an annotation allows, looking through Annotated and unions; None left out."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _plain_types(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return set().union(*(_plain_types(each) for each in get_args(annotation)))
    return set() if annotation is type(None) else {annotation}
