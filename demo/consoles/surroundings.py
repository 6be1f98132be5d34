"""What of the centre stands in a switch's configuration, and how its secrets are shown there."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from demo.centre.plan import Centre
from demo.centre.vlans import GATEWAYS, MANAGEMENT, vlans
from demo.devices.device import text

MASK = "255.255.255.0"
ACL = 2000  # of whoever may manage a switch
HIDDEN = "***"  # as an approved configuration has them, which people keep as a file
Secret = Callable[[], str]


@dataclass(frozen=True)
class Surroundings:
    """`addresses`: its own, by VLAN; `vlans` by number, with names; `routes_by`, `logs_to`, `clock` are addresses;
    `managed_from` a network with its wildcard, where `user` may log in."""

    addresses: Mapping[int, str]
    routes_by: str
    logs_to: str
    managed_from: str
    clock: str
    user: str
    vlans: Mapping[int, str]


def surroundings(centre: Centre, name: str, user: str) -> Surroundings:
    """Of the switch with this id. A part of a centre may lack what others need of it: then it is the first core's."""
    own = centre.nodes[name].address
    first = next((node.address for node in centre.of("core")), own)
    logs = centre.nodes.get("log-host")
    names = centre.of("names")
    return Surroundings(
        {**GATEWAYS, MANAGEMENT: own},
        first,
        logs.address if logs else first,
        f"{own.rpartition('.')[0]}.0 0.0.0.255",
        names[0].address if names else first,
        user,
        vlans(centre),
    )


def anew(before: str, after: str, length: int) -> Secret:
    """A cipher as a device shows it: with other salt each time."""
    return lambda: f"{before}{secrets.token_urlsafe(length)}{after}"


def masked() -> str:
    return HIDDEN


def words(value: str | bytes) -> str:
    """Names are shown as they were typed, in whatever encoding."""
    return text(value).decode("utf-8", "surrogateescape")


def told(sections: Iterable[Iterable[str]]) -> Iterator[str]:
    """Lines, with one between the sections that divides them."""
    for section in sections:
        yield from section
        yield "#"


def sections(lines: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Lines that were typed, each with those below it, which begin with a space."""
    below: list[str] = []
    for line in lines:
        if below and not line.startswith(" "):
            yield tuple(below)
            below = []
        below.append(line)
    if below:
        yield tuple(below)
