"""Planned changes: work on targets of which somebody said why and when. Pure; times are Unix seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from math import inf
from typing import Any

MARGIN = 1800.0  # seconds before and after: people do not look at the clock (IR-10)


@dataclass(frozen=True, slots=True)
class Planned:
    """From `start` to `end`, or until it is `closed` before that. `kept`: what was changed is to stay, since somebody
    looked at it when it was closed; None while it is open."""

    id: str
    targets: tuple[str, ...]
    start: float
    end: float
    reason: str
    by: str
    opened: float
    closed: float | None = None
    closed_by: str = ""
    result: str = ""
    kept: bool | None = None

    @property
    def last(self) -> float:
        return min(self.end, inf if self.closed is None else max(self.closed, self.start))

    def covers(self, start: float, end: float, lasting: bool = False) -> bool:
        """Whether something that happened between two moments may be of it; `lasting`: and may stay as it is, which
        is so until it is closed. What is to stay after that was approved then."""
        if lasting and self.closed is not None:
            return False
        return start <= self.last + MARGIN and end >= self.start - MARGIN


class Register:
    """Implements agent.core.registers.Changes."""

    def __init__(self, planned: Iterable[Planned] = ()) -> None:
        self._by_target: Mapping[str, list[Planned]] = {}
        self.adopt(planned)

    def adopt(self, planned: Iterable[Planned]) -> None:
        """These are all, from now on."""
        found: dict[str, list[Planned]] = {}
        for each in planned:
            for target in each.targets:
                found.setdefault(target, []).append(each)
        self._by_target = found

    def covers(self, target: str, start: float, end: float, lasting: bool = False) -> bool:
        return any(each.covers(start, end, lasting) for each in self._by_target.get(target, ()))


def body_of(planned: Planned) -> dict[str, Any]:
    """As it stands in the ledger and on disk."""
    return asdict(planned) | {"action": "change"}


def read(body: Mapping[str, Any]) -> Planned | None:
    """What `body_of` made, of this version or a later one; None for another kind of entry."""
    if body.get("action") != "change" or "targets" not in body:
        return None
    names = {each.name for each in fields(Planned)}
    known = {name: value for name, value in body.items() if name in names}
    return Planned(**(known | {"targets": tuple(known["targets"])}))
