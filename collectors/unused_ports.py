"""Ports that nobody has used for long and that are not shut. Pure; times in seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from collectors.ports import Port

ETHERNET = (6, 62, 117)  # ethernetCsmacd, fastEther, gigabitEthernet


@dataclass(frozen=True, slots=True)
class Watched:
    """One port over time: not up since `since` at least, as far as polls and ifLastChange tell."""

    since: float
    last_change: int


@dataclass(frozen=True)
class Watch:
    """What is known of a switch's ports since `began`, by name."""

    began: float
    ports: Mapping[str, Watched]


def follow(watch: Watch | None, ports: Iterable[Port], now: float, device_restarted: bool) -> Watch:
    """The watch after one more look. A port that was up between two looks has another ifLastChange; after a restart of
    the device that counts from anew, and tells nothing."""
    known = watch.ports if watch else {}
    followed = {}
    for port in ports:
        before = known.get(port.name)
        same = before is not None and (device_restarted or before.last_change == port.last_change)
        since = before.since if before is not None and same and port.up is False else now
        followed[port.name] = Watched(since, port.last_change)
    return Watch(watch.began if watch else now, followed)


def unused(watch: Watch, ports: Iterable[Port], now: float, after: float) -> Iterator[Port] | None:
    """Those that are open and were not used for so long; None before the switch was watched for as long."""
    if now - watch.began < after:
        return None
    return (port for port in ports if port.admin_up and now - watch.ports[port.name].since >= after)


def sockets(ports: Iterable[Port]) -> list[Port]:
    """Where a cable can be plugged in: no VLAN interfaces, no aggregated links, no port for management alone."""
    found = [port for port in ports if port.type in ETHERNET]
    return [port for port in found if port.bridged] or found
