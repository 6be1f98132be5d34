"""The target of a scrape: `10.0.0.1`, `switch.example:1161`, `[fd00::1]:161`, `udp://…`."""

from __future__ import annotations

import re

PORT = 161
# A host may be anything but empty, and nothing that a name or address cannot hold.
HOST = re.compile(r"[0-9A-Za-z_.:%-]{1,255}")
SCHEMES = frozenset({"udp", "udp4", "udp6"})


def place(target: str) -> tuple[str, int | None]:
    """Host, and port if one is named; ValueError says what is wrong."""
    scheme, split, rest = target.rpartition("://")
    if split and scheme not in SCHEMES:
        raise ValueError(f"SNMP is spoken over UDP here, not {scheme}: leave {scheme}:// out")
    host, port = _split(rest)
    if not HOST.fullmatch(host):
        raise ValueError("expected an address or a name, and where it is not 161 a port, like 10.0.0.1:1161")
    if port is None:
        return host, None
    if not port.isdecimal() or not port.isascii() or not 0 < int(port[:6]) < 65536:
        raise ValueError("a port is a number between 1 and 65535")
    return host, int(port)


def _split(text: str) -> tuple[str, str | None]:
    host, bracket, port = text.partition("]")
    if bracket and host.startswith("["):
        return host[1:], port.removeprefix(":") if port else None
    # An IPv6 address without brackets has no port.
    host, colon, port = text.rpartition(":")
    return (host, port) if colon and ":" not in host else (text, None)
