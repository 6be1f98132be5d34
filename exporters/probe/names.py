"""The address that is probed, and what /probe tells of it."""

from __future__ import annotations

import ipaddress
from time import perf_counter

from agent.core.reach import ReachError
from exporters.probe.run import Run
from exporters.probe.values import Addressed

LOOKUP = ("probe_dns_lookup_time_seconds", "Returns the time taken for probe dns lookup in seconds")
PROTOCOL = ("probe_ip_protocol", "Specifies whether probe ip protocol is IP4 or IP6")
HASH = (
    "probe_ip_addr_hash",
    "Specifies the hash of IP address. It's useful to detect if the IP address changes.",
)


async def choose(run: Run, name: str, wish: Addressed) -> tuple[str | None, float]:
    """The address to probe, None if there is none, and the seconds that its lookup took."""
    version = 4 if wish.preferred_ip_protocol == "ip4" else 6
    for series in (PROTOCOL, HASH):
        run.gauge(*series, 0)
    run.log.info("Resolving target address", target=name, ip_protocol=f"ip{version}")
    began = perf_counter()
    try:
        found = await run.reach.dns.addresses(name, timeout=run.left)
        address = _preferred(tuple(map(_unmapped, found)), version, wish.ip_protocol_fallback)
        why_not = "" if address else "unable to find ip; no fallback"
    except ReachError as error:
        address, why_not = None, str(error)
    took = perf_counter() - began
    run.gauge(*LOOKUP, took)
    if address is None:
        run.log.error("Resolution with IP protocol failed", target=name, ip_protocol=f"ip{version}", err=why_not)
        return None, took
    run.log.info("Resolved target address", target=name, ip=address)
    run.gauge(*PROTOCOL, 6 if ":" in address else 4)
    run.gauge(*HASH, fnv(ipaddress.ip_address(address.partition("%")[0]).packed))
    return address, took


def _preferred(found: tuple[str, ...], version: int, fallback: bool) -> str | None:
    """The first of the family; without one the last of the other, as blackbox_exporter has it."""
    first = next((each for each in found if (6 if ":" in each else 4) == version), None)
    return first or (found[-1] if found and fallback else None)


def _unmapped(address: str) -> str:
    """That of IPv4 where one of IPv6 only stands for it (RFC 4291 section 2.5.5.2)."""
    inside = ipaddress.IPv6Address(address).ipv4_mapped if ":" in address else None
    return str(inside or address)


def fnv(data: bytes) -> int:
    """The 32-bit hash FNV-1a."""
    found = 0x811C9DC5
    for each in data:
        found = (found ^ each) * 0x01000193 & 0xFFFFFFFF
    return found


def parted(target: str) -> tuple[str, str]:
    """Host and port, as Go parts them; ValueError says what is wrong."""
    host, colon, port = target.rpartition(":")
    if target.startswith("["):
        host, bracket, rest = target[1:].partition("]")
        if not bracket or not rest.startswith(":"):
            raise ValueError("missing port in address" if bracket and not rest else "missing ']' or port in address")
        return host, rest[1:]
    if not colon:
        raise ValueError("missing port in address")
    if ":" in host:
        raise ValueError("too many colons in address; an IPv6 address stands in brackets")
    return host, port
