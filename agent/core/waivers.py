"""Waivers (豁免): that a checklist item does not apply, to all or one target, for a reason and a time.

Pure; times in Unix seconds. One counts from its approval by somebody else until its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

AHEAD = 300.0  # seconds that clocks may be apart

State = Literal["waiting", "valid", "expired", "ended", "ahead"]


@dataclass(frozen=True, slots=True)
class Waiver:
    """`target` is empty for all that the item is about; `compensating` is what is done instead."""

    id: str
    item: str
    by: str
    at: float
    until: float
    reason: str
    compensating: str
    target: str = ""
    approved: float | None = None
    approved_by: str = ""
    ended: float | None = None
    ended_by: str = ""
    why_ended: str = ""

    def state(self, now: float) -> State:
        """`ahead`: it was approved at a time that is still to come, so the clock was set back since."""
        if self.ended is not None:
            return "ended"
        if now >= self.until:
            return "expired"
        if self.approved is None:
            return "waiting"
        return "ahead" if self.approved > now + AHEAD else "valid"


class Register:
    """All that is on record, the oldest first."""

    def __init__(self, entries: Iterable[Waiver] = ()) -> None:
        self.entries = tuple(entries)

    def about(self, item: str, target: str, now: float) -> Waiver | None:
        """What stands for an item about this target (empty: the centre): one that is valid, else the last to expire."""
        found = [
            each
            for each in self.entries
            if each.item == item and each.target in ("", target) and each.approved is not None and each.ended is None
        ]
        valid = [each for each in found if each.state(now) == "valid"]
        return max(valid or found, key=lambda each: each.until, default=None)


NOTHING = Register()


def body_of(entry: Waiver) -> dict[str, Any]:
    """As it stands in the ledger and on disk."""
    return asdict(entry)


def read(body: Mapping[str, Any]) -> Waiver:
    """What `body_of` made, of this version or a later one."""
    names = {each.name for each in fields(Waiver)}
    return Waiver(**{name: value for name, value in body.items() if name in names})
