"""IP-MIB (RFC 4293): which hardware address answers for which network address, as a router has learnt it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from demo.devices.device import Objects

PHYSICAL = "1.3.6.1.2.1.4.35.1.4"  # ipNetToPhysicalPhysAddress, by ifIndex, InetAddressType, InetAddress
IPV4 = "1.4"  # InetAddressType, and the address's length


class Learnt(NamedTuple):
    """At which interface, by ifIndex."""

    interface: int
    mac: bytes


def addresses(learnt: Mapping[str, Learnt]) -> Objects:
    return {f"{PHYSICAL}.{each.interface}.{IPV4}.{address}": each.mac for address, each in learnt.items()}
