"""HMAC signatures of whole messages (RFC 3414 sections 6 and 7; RFC 7860 section 4)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from agent.transports.snmp.usm import keys

# The name in agent.yaml: the hash and the bytes of its HMAC that are sent.
PROTOCOLS = {
    "MD5": ("md5", 12),
    "SHA": ("sha1", 12),
    "SHA224": ("sha224", 16),
    "SHA256": ("sha256", 24),
    "SHA384": ("sha384", 32),
    "SHA512": ("sha512", 48),
}


@dataclass(frozen=True, slots=True)
class Authentication:
    """One user's signature at one engine. A message is signed with `length` zeros in place of its digest."""

    hash: str
    length: int
    key: bytes = field(repr=False)

    def sign(self, message: bytes, at: int) -> bytes:
        """The message with its digest at `at`, where it has `length` zeros."""
        return message[:at] + self._digest(message) + message[at + self.length :]

    def verify(self, message: bytes, at: int, digest: bytes) -> bool:
        """Whether this is the digest at `at`, compared whole and in constant time. One that was cut short is none:
        the first byte alone would be guessed in 256 tries (CVE-2008-0960)."""
        blank = message[:at] + bytes(len(digest)) + message[at + len(digest) :]
        return len(digest) == self.length and hmac.compare_digest(self._digest(blank), digest)

    def _digest(self, message: bytes) -> bytes:
        return hmac.digest(self.key, message, self.hash)[: self.length]


def authentication(protocol: str, password: bytes, engine_id: bytes) -> Authentication:
    hashed, length = PROTOCOLS[protocol]
    return Authentication(hashed, length, keys.localised(hashed, password, engine_id))
