"""What a contact is held to be: it flips once it was seen otherwise for as long as its debounce. Pure.

The first reading is taken as it is, since there is nothing to flip from; a poll that says nothing about a contact
neither flips it nor starts its wait anew. Times in seconds on the clock that never steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one reading says of a contact, None where it says nothing; `fault` is "" where the loop is whole."""

    active: bool | None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Wired:
    """A contact, whatever it is read by: its name, what metrics call it, what it watches for ("other" where that is
    not known), for how long (seconds) it must be seen otherwise to flip, and which faults can be told of it."""

    name: str
    label: str
    measures: str
    debounce: float = 0.0
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held(Generic[T]):
    """`value`, and since when something else has been seen."""

    value: T
    otherwise: float | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact and its supervision, each with a wait of its own: a loop that chatters does not hold up its alarm."""

    active: Held[bool] | None = None
    fault: Held[str] | None = None

    @property
    def waiting(self) -> bool:
        return any(each is not None and each.otherwise is not None for each in (self.active, self.fault))


def follow(contact: Contact, seen: Seen, at: float, debounce: float) -> Contact:
    return Contact(
        _settled(contact.active, seen.active, at, debounce), _settled(contact.fault, seen.fault, at, debounce)
    )


def _settled(held: Held[T] | None, now: T | None, at: float, debounce: float) -> Held[T] | None:
    if now is None:
        return held
    if held is None or now == held.value:
        return Held(now)
    since = at if held.otherwise is None else held.otherwise
    return Held(now) if at - since >= debounce else Held(held.value, since)


def told(contact: Contact, seen: Seen) -> bool | None:
    """Whether it is active, as far as this reading lets one say: a contact on a broken loop is never called quiet."""
    active = contact.active.value if contact.active and seen.active is not None else None
    broken = bool(contact.fault and contact.fault.value)
    return None if broken and not active else active
