"""Encryption of the scoped PDU: DES (RFC 3414 section 8), 3DES (Reeder), AES (RFC 3826; drafts for longer keys)."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from agent.transports.snmp.errors import DecodeError
from agent.transports.snmp.usm import keys
from agent.transports.snmp.usm.authentication import PROTOCOLS as AUTHENTICATION

SALT = 8  # bytes of msgPrivacyParameters, whatever the protocol
# One counter for all messages of this process, so that no salt comes twice; a start that nobody can guess keeps those
# of two runs apart (RFC 3826 section 3.1.2.1).
_salts = itertools.count(random.SystemRandom().getrandbits(64))


class Privacy(Protocol):
    """One user's encryption at one engine. `boots` and `time` are those in the message; decrypt raises DecodeError."""

    def encrypt(self, plain: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        """(salt, ciphertext)."""
        ...

    def decrypt(self, secret: bytes, salt: bytes, boots: int, time: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Aes:
    """AES in CFB mode with 128-bit feedback. Vector: boots, time, salt."""

    key: bytes = field(repr=False)

    def encrypt(self, plain: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        salt = (next(_salts) % (1 << 64)).to_bytes(SALT)
        cipher = self._cipher(salt, boots, time).encryptor()
        return salt, cipher.update(plain) + cipher.finalize()

    def decrypt(self, secret: bytes, salt: bytes, boots: int, time: int) -> bytes:
        if len(salt) != SALT:
            raise DecodeError(f"a salt of {len(salt)} bytes; AES has {SALT}")
        cipher = self._cipher(salt, boots, time).decryptor()
        return cipher.update(secret) + cipher.finalize()

    def _cipher(self, salt: bytes, boots: int, time: int) -> Cipher[CFB]:
        return Cipher(AES(self.key), CFB(boots.to_bytes(4) + time.to_bytes(4) + salt))


@dataclass(frozen=True, slots=True)
class Des:
    """DES or 3DES in CBC mode. Vector: the key's last 8 bytes XOR the salt, which is boots and a counter.

    Single DES is 3DES with its key three times, since decrypting with the second undoes encrypting with the first.
    """

    key: bytes = field(repr=False)

    def encrypt(self, plain: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        salt = boots.to_bytes(4) + (next(_salts) % (1 << 32)).to_bytes(4)
        cipher = self._cipher(salt).encryptor()
        return salt, cipher.update(plain + bytes(-len(plain) % 8)) + cipher.finalize()

    def decrypt(self, secret: bytes, salt: bytes, boots: int, time: int) -> bytes:
        if len(salt) != SALT or len(secret) % 8:
            raise DecodeError(
                f"{len(secret)} bytes with a salt of {len(salt)}; DES has whole blocks of 8 and a salt of 8"
            )
        cipher = self._cipher(salt).decryptor()
        return cipher.update(secret) + cipher.finalize()

    def _cipher(self, salt: bytes) -> Cipher[CBC]:
        key, before = self.key[:-8], self.key[-8:]
        vector = bytes(one ^ other for one, other in zip(before, salt, strict=True))
        return Cipher(TripleDES(key if len(key) == 24 else key * 3), CBC(vector))


# The name in agent.yaml: cipher, bytes of key (and vector), how a key longer than the digest is made.
PROTOCOLS: dict[str, tuple[Callable[[bytes], Privacy], int, Callable[[str, bytes, bytes, int], bytes]]] = {
    "DES": (Des, 16, keys.blumenthal),  # no digest is shorter, so nothing is extended; the same for AES128
    "3DES": (Des, 32, keys.reeder),
    "AES128": (Aes, 16, keys.blumenthal),
    "AES192": (Aes, 24, keys.blumenthal),
    "AES256": (Aes, 32, keys.blumenthal),
    "AES192C": (Aes, 24, keys.reeder),
    "AES256C": (Aes, 32, keys.reeder),
}


def privacy(protocol: str, password: bytes, authentication: str, engine_id: bytes) -> Privacy:
    """`authentication` is the user's other protocol: its hash makes this key as well."""
    cipher, size, extended = PROTOCOLS[protocol]
    return cipher(extended(AUTHENTICATION[authentication][0], password, engine_id, size))
