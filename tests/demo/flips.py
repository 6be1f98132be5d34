"""What turns each automatic item: a row an item, and test_flips.py holds each to it.

A row says what is done to the simulated centre, by a named fault or a setting, what the item then finds of the subject,
and the text or value that must stand in its evidence. Before it and after healing the item must pass.

`claims`: what it disturbs; two rows that claim the same go on one after the other, all others at the same time. Without
any it claims what its cause befalls. `within` and `gone`: seconds until the item has turned, and turned back, where
that is more than TURNS; then `why` says so. `early`: it begins before the agent's first poll, since what shows it is
read so seldom: that it passes at first is seen at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tests.demo.centres import Centre

TURNS = 40.0  # seconds: two polls of what is read seldom, twice the duration that the test leaves, and a judging


class Cause(Protocol):
    @property
    def claimed(self) -> str: ...

    def begin(self, centre: Centre) -> None: ...

    def end(self, centre: Centre) -> None: ...


@dataclass(frozen=True)
class Fault:
    """A named fault of `shouwang demo fault`."""

    name: str
    whom: str = ""

    @property
    def claimed(self) -> str:
        return self.whom or self.name

    def begin(self, centre: Centre) -> None:
        centre.fault(self.name, self.whom)

    def end(self, centre: Centre) -> None:
        centre.heal(self.name, self.whom)


@dataclass(frozen=True)
class Set:
    """A setting of `shouwang demo set`."""

    node: str
    name: str
    value: str

    @property
    def claimed(self) -> str:
        return f"{self.node} {self.name}"

    def begin(self, centre: Centre) -> None:
        centre.asked("set", self.node, self.name, self.value)

    def end(self, centre: Centre) -> None:
        centre.heal(self.name, self.node)


@dataclass(frozen=True)
class Flip:
    """`well`: what is found before and after, unless it is `healed` afterwards. `shows`: a part of what the finding
    says it observed, in English; `value`: what some piece of its evidence has, where it is a number that is known in
    advance. `stays`: why it is not awaited that it turns back: what it is judged by goes on longer than a test can."""

    item: str
    subject: str
    cause: Cause
    shows: str
    result: str = "fail"
    well: str = "pass"
    value: float | None = None
    claims: tuple[str, ...] = ()
    within: float = TURNS
    gone: float = TURNS
    early: bool = False
    why: str = ""
    healed: str = ""
    stays: str = ""

    @property
    def back(self) -> str:
        return self.healed or self.well

    @property
    def claimed(self) -> frozenset[str]:
        return frozenset(self.claims or (self.cause.claimed,))


# Times, and nothing else, that the test's agent.yaml has shorter than the items have them as shipped.
Shortened = Mapping[str, Sequence[Mapping[str, Any]]]
SHORT = "3s"
# What the test's agent.yaml asks sooner than that of the centre: by section and id ("" for each entry), by words.
Sooner = Mapping[tuple[str, str], Mapping[str, Any]]


def for_(**which: Any) -> Mapping[str, Any]:
    """How long the limit with these words must be crossed."""
    return {"for": SHORT, **which}
