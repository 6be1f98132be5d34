"""What a setting of a model is: its name, the kind of its value, and how it is read and put in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from agent.core.text import Text
from demo.settings.values import Kind

Parts = Callable[[Any], Iterable[str]]
Read = Callable[[Any, str], Any]
Put = Callable[[Any, str, Any], None]


def one_part(model: Any) -> Iterable[str]:
    return ("",)


@dataclass(frozen=True, slots=True)
class Setting:
    """`read` and `put` get the model, and which of its `parts`: a port, a probe; "" where there is but one. The name
    of a part's setting is `name.part`."""

    name: str
    says: Text
    kind: Kind
    read: Read
    put: Put
    parts: Parts = one_part


def attribute(
    name: str,
    says: Text,
    kind: Kind,
    of: Callable[[Any, str], Any] = lambda model, part: model,
    parts: Parts = one_part,
    field: str = "",
) -> Setting:
    """One that is a field, called as the setting is or `field`, of what `of` finds in the model."""
    called = field or name

    def read(model: Any, part: str) -> Any:
        return getattr(of(model, part), called)

    def put(model: Any, part: str, value: Any) -> None:
        setattr(of(model, part), called, value)

    return Setting(name, says, kind, read, put, parts)
