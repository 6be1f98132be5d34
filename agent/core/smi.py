"""The types of SNMP values (SMIv2, RFC 2578 section 2) as Python values that keep their type.

INTEGER is int, OCTET STRING bytes, OBJECT IDENTIFIER dotted str, NULL None; the rest are subclasses of these.
"""

from __future__ import annotations

import ipaddress


class Counter32(int):
    __slots__ = ()


class Gauge32(int):
    """Also Unsigned32, which shares its tag."""

    __slots__ = ()


class TimeTicks(int):
    """Hundredths of a second."""

    __slots__ = ()


class Counter64(int):
    __slots__ = ()


class OpaqueCounter64(int):
    """A 64-bit number wrapped in Opaque, as net-snmp sends it over v1."""

    __slots__ = ()


class OpaqueFloat(float):
    __slots__ = ()


class OpaqueDouble(float):
    __slots__ = ()


class Opaque(bytes):
    """Opaque whose content is none of the wrapped numbers."""


class NsapAddress(bytes):
    pass


class IpAddress(bytes):
    def __str__(self) -> str:
        """Dotted where it has an address's length (4, or 16 where a device puts IPv6 here), else hexadecimal."""
        return str(ipaddress.ip_address(bytes(self))) if len(self) in (4, 16) else self.hex(":")
