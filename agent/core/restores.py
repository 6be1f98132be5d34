"""Restore tests, and disks taken off-line: what somebody did with a backup, and proved. Pure; times: Unix seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

Action = Literal["restored", "offline"]
ACTIONS: tuple[Action, ...] = ("restored", "offline")


@dataclass(frozen=True, slots=True)
class Restore:
    """`restored`: `target` was restored at `at`, and what came of it was identical, or not (`good`). `offline`: a copy
    that was made at `at` was taken off-line. `evidence` is a file's name, `sha256` its hash."""

    id: str
    action: Action
    target: str
    at: float
    good: bool
    by: str
    entered: float
    evidence: str = ""
    sha256: str = ""
    note: str = ""


class Register:
    """Implements agent.core.registers.Restores."""

    def __init__(self, entries: Iterable[Restore] = ()) -> None:
        self._last: Mapping[tuple[str, str], Restore] = {}
        self.adopt(entries)

    def adopt(self, entries: Iterable[Restore]) -> None:
        """These are all, from now on."""
        found: dict[tuple[str, str], Restore] = {}
        for each in sorted(entries, key=lambda entry: (entry.at, entry.entered)):
            found[each.target, each.action] = each
        self._last = found

    def last(self, target: str, action: Action) -> Restore | None:
        return self._last.get((target, action))


def body_of(entry: Restore) -> dict[str, Any]:
    """As it stands in the ledger and on disk."""
    return asdict(entry)


def read(body: Mapping[str, Any]) -> Restore:
    """What `body_of` made, of this version or a later one."""
    names = {each.name for each in fields(Restore)}
    return Restore(**{name: value for name, value in body.items() if name in names})
