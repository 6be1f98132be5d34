"""What a collector may know of other targets, as a protocol (the real one: agent.core.known), and tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from agent.core.calendar import Calendar
from agent.core.text import Said

if TYPE_CHECKING:
    from agent.core.model import Reading, Sample, Target
    from agent.core.site import Person


@dataclass(frozen=True, slots=True)
class Told:
    """What a collector tells of another target than the one it asks."""

    samples: list[Sample] = field(default_factory=list)
    remarks: list[Said] = field(default_factory=list)


class Known(Protocol):
    """What the latest readings say of other targets, for a collector that judges by more than what it asks itself."""

    @property
    def calendar(self) -> Calendar:
        """The centre's: its time zone, hours, working days and holidays."""
        ...

    @property
    def people(self) -> Sequence[Person]:
        """Who works at the centre or for it, with those who left."""
        ...

    def target(self, identity: str) -> Target | None:
        """The target with this id."""
        ...

    def targets(self) -> Sequence[Target]:
        """All that agent.yaml names, in its order."""
        ...

    def reading(self, identity: str, metric: str) -> Reading | None:
        """The newest reading of this target with samples of this metric; None if there is none that is fresh."""
        ...

    def counters(self, identity: str) -> Sequence[str]:
        """Ids of the counters that cannot work while this target does not, all others being as they are."""
        ...


class NothingKnown:
    """Where no other target is read."""

    calendar = Calendar()
    people: Sequence[Person] = ()

    def target(self, identity: str) -> Target | None:
        return None

    def targets(self) -> Sequence[Target]:
        return ()

    def reading(self, identity: str, metric: str) -> Reading | None:
        return None

    def counters(self, identity: str) -> Sequence[str]:
        return ()
