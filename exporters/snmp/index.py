"""The numbers of an index as a label (RFC 2578 section 7.7), the way snmp_exporter reads them.

`read` gives the text, the numbers it took, and those left. An index that is too short counts as if zeros followed,
since some agents leave them out at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exporters.snmp.octets import hexadecimal, readable

Oid = tuple[int, ...]
Taken = tuple[str, Oid, Oid]

# Kinds that say in a number before the value what the value is. 1 and 2 are IPv4 and IPv6 (RFC 4001); LldpPortIdSubtype
# (IEEE 802.1AB): interface alias, port component, MAC address, name, local.
SUBTYPES: Mapping[str, Mapping[int, str]] = {
    "InetAddress": {1: "InetAddressIPv4", 2: "InetAddressIPv6"},
    "InetAddressMissingSize": {1: "InetAddressIPv4", 2: "InetAddressIPv6"},
    "LldpPortId": {1: "DisplayString", 2: "DisplayString", 3: "PhysAddress48", 5: "DisplayString", 7: "DisplayString"},
}
# A length beyond what an OID can hold is nonsense, or hostile: then what is there is all.
LONGEST = 128
NOTHING: Mapping[int, str] = {}


def read(oids: Oid, kind: str, fixed: int = 0, implied: bool = False, names: Mapping[int, str] = NOTHING) -> Taken:
    if kind in SUBTYPES:
        return _by_subtype(oids, kind, names)
    return READERS[kind](oids, len(oids) if implied else fixed, names)


def _by_subtype(oids: Oid, kind: str, names: Mapping[int, str]) -> Taken:
    sized = kind != "InetAddressMissingSize"
    head, rest = _split(oids, 2 if sized else 1)
    known = SUBTYPES[kind].get(head[0])
    if known is not None:
        said, used, left = read(rest, known, names=names)
        return said, head + used, left
    return read(oids, "OctetString", fixed=head[1] + 2) if sized else read(oids, "OctetString", implied=True)


def _split(oids: Oid, count: int) -> tuple[Oid, Oid]:
    head = oids[:count]
    return head + (0,) * (count - len(head)), oids[count:]


def _octets(oids: Oid, size: int) -> tuple[bytes, Oid, Oid]:
    """As many as `size`; for 0, as many as the first number says."""
    first: Oid = ()
    if size == 0:
        first, oids = _split(oids, 1)
        size = first[0]
    head, left = _split(oids, size if size <= LONGEST else len(oids))
    return bytes([each & 0xFF for each in head]), first + head, left


def _integer(oids: Oid, fixed: int, names: Mapping[int, str]) -> Taken:
    head, left = _split(oids, 1)
    return str(head[0]), head, left


def _enumeration(oids: Oid, fixed: int, names: Mapping[int, str]) -> Taken:
    head, left = _split(oids, 1)
    return names.get(head[0], str(head[0])), head, left


def _octet_string(oids: Oid, fixed: int, names: Mapping[int, str]) -> Taken:
    raw, used, left = _octets(oids, fixed)
    return hexadecimal(raw), used, left


def _display_string(oids: Oid, fixed: int, names: Mapping[int, str]) -> Taken:
    raw, used, left = _octets(oids, fixed)
    return readable(raw), used, left


def _mac(oids: Oid, fixed: int, names: Mapping[int, str]) -> Taken:
    head, left = _split(oids, 6)
    return ":".join([f"{each:02X}" for each in head]), head, left


def _ipv4(oids: Oid, fixed: int, names: Mapping[int, str]) -> Taken:
    head, left = _split(oids, 4)
    return ".".join(map(str, head)), head, left


def _ipv6(oids: Oid, fixed: int, names: Mapping[int, str]) -> Taken:
    head, left = _split(oids, 16)
    return ":".join([f"{head[at]:02X}{head[at + 1]:02X}" for at in range(0, 16, 2)]), head, left


READERS: Mapping[str, Callable[[Oid, int, Mapping[int, str]], Taken]] = {
    "gauge": _integer,
    "counter": _integer,
    "Integer": _integer,
    "Integer32": _integer,
    "EnumAsInfo": _enumeration,
    "OctetString": _octet_string,
    "DisplayString": _display_string,
    "PhysAddress48": _mac,
    "InetAddressIPv4": _ipv4,
    "InetAddressIPv6": _ipv6,
}
