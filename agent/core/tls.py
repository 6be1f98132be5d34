"""TLS as it is wanted of a server and as the server showed it: the handshake and the certificates. Reading them:
agent/transports/tls.py."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal

Version = Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
WEAK = ("SSLv3", "TLSv1", "TLSv1.1")  # withdrawn by RFC 7568 and RFC 8996


@dataclass(frozen=True, slots=True)
class Tls:
    """How a server is asked for TLS.

    `name` is asked for (SNI) and must stand in the certificate; None: the address asked. `ca` (a PEM file) replaces the
    machine's own authorities. `certificate` and `key` (PEM files) are what the client shows. With `verify` False
    any certificate is taken.
    """

    verify: bool = True
    name: str | None = None
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    minimum: Version = "TLSv1.2"
    maximum: Version | None = None
    alpn: tuple[str, ...] = ()


Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """One X.509 certificate (RFC 5280).

    `subject` and `issuer` as RFC 4514 writes them; `names` the DNS names and `addresses` the IP addresses of
    subjectAltName; times in Unix seconds; `serial` and `fingerprint` (SHA-256 of the whole) hexadecimal, lower case.
    The attributes are those of the names in the certificate's order, each with its object identifier,
    and not made harmless.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    not_before: float
    not_after: float
    serial: str
    fingerprint: str
    subject_attributes: Attributes = ()
    issuer_attributes: Attributes = ()

    def fits(self, name: str) -> bool:
        """Whether it was given for this name or address (RFC 9525 section 6: subjectAltName alone counts, an asterisk
        stands for one whole first label)."""
        try:
            return str(ipaddress.ip_address(name)) in self.addresses
        except ValueError:
            pass
        asked = name.rstrip(".").lower()
        _, dot, parent = asked.partition(".")
        wild = f"*.{parent}" if dot and "." in parent else None
        return any(each.rstrip(".").lower() in (asked, wild) for each in self.names)


@dataclass(frozen=True, slots=True)
class Handshake:
    """What one TLS handshake showed.

    `chain` as the server sent it, its own certificate first; `path` from it to the authority that is trusted, empty if
    there is none, and then `why_not` says in OpenSSL's words why. `name_valid`: the server's own certificate fits the
    name asked for. `seconds`: how long the handshake took.
    """

    version: str
    cipher: str
    chain: tuple[Certificate, ...]
    path: tuple[Certificate, ...] = ()
    why_not: str = ""
    name_valid: bool = False
    alpn: str | None = None
    seconds: float = 0.0

    @property
    def trusted(self) -> bool:
        """Whether the chain leads to a trusted authority and every certificate of it is within its time."""
        return bool(self.path)

    @property
    def weak(self) -> bool:
        return self.version in WEAK

    @property
    def expiry(self) -> float | None:
        """The earliest notAfter of what the server sent, in Unix seconds; None if it sent nothing readable."""
        return min((each.not_after for each in self.chain), default=None)
