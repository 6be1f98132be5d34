"""Which addresses a network has. What is too large, or is no place for devices, is refused."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from agent.options import Refused, shown

MOST = 4096  # addresses of one network: an IPv4 /20

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def addresses(networks: Iterable[str]) -> list[str]:
    """The addresses of all networks, each once, in order. Network and broadcast addresses are not among them: who asks
    there asks everybody. Refused names the network that cannot be asked."""
    return list(dict.fromkeys(str(host) for text in networks for host in network(text).hosts()))


def network(text: str) -> Network:
    """`10.0.0.0/24`, `10.0.0.7`, `fd00::/120`; a host's address with a prefix stands for its network."""
    try:
        found = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise Refused(
            f"不是网段:{shown(text)};可写 10.0.0.0/24 或 10.0.0.7",
            f"not a network: {shown(text)}; allowed: like 10.0.0.0/24 or 10.0.0.7",
        ) from None
    if found.num_addresses > MOST:
        smallest = 20 if found.version == 4 else 116
        raise Refused(
            f"网段 {found} 太大;最大 /{smallest}({MOST} 个地址),请分段查找",
            f"network {found} is too large; at most a /{smallest} ({MOST} addresses): name its parts",
        )
    if found.is_multicast or found.is_unspecified or found.is_reserved or _needs_zone(found):
        raise Refused(f"网段 {found} 里没有可查找的设备", f"network {found} holds no devices that could be asked")
    return found


def _needs_zone(found: Network) -> bool:
    """Link-local IPv6 addresses mean nothing without an interface."""
    return found.version == 6 and found.is_link_local
