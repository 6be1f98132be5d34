"""What is said of each thing of a centre that has an address, and of each business line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "core", "access", "ups", "sensor", "contacts", "host", "terminal", "kiosk", "printer", "display", "names"
]


@dataclass(frozen=True, slots=True)
class Behind:
    """A port of a switch, and the switch."""

    switch: str
    port: str


@dataclass(frozen=True, slots=True)
class Node:
    """`behind`: where it is plugged in, None for what the agent's own machine is plugged into. `fed_by`: a UPS, or
    "mains"."""

    id: str
    title: str
    kind: Kind
    address: str
    behind: Behind | None
    fed_by: str = "mains"


@dataclass(frozen=True, slots=True)
class Line:
    """A business line and what stands along it, as addresses from near to far."""

    id: str
    title: str
    business: str
    carrier: str
    circuit: str
    behind: Behind
    gateway: str
    carrier_hop: str
    far_gateway: str
    application: str
    backup_of: str = ""

    @property
    def group_of(self) -> str:
        """The line that it stands in for, or itself."""
        return self.backup_of or self.id

    @property
    def addresses(self) -> tuple[str, str, str, str]:
        """From near to far."""
        return self.gateway, self.carrier_hop, self.far_gateway, self.application
