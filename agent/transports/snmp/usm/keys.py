"""From a password to the key of one user at one engine (RFC 3414 section 2.6, appendix A.2), made longer where needed.

Derivation hashes 1 MiB and takes milliseconds, so it is remembered. The caches are bounded: a hostile device can change
its engine id with every answer.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

REPEATED = 1 << 20  # octets of the password, written again and again (A.2)


@lru_cache(256)
def password_key(hashed: str, password: bytes) -> bytes:
    """Ku, the same for every engine."""
    repeated = password * (REPEATED // len(password) + 1)
    return hashlib.new(hashed, memoryview(repeated)[:REPEATED]).digest()


@lru_cache(4096)
def localised(hashed: str, password: bytes, engine_id: bytes) -> bytes:
    """Kul, as long as a digest: a device that gives its key away gives no other device's away."""
    key = password_key(hashed, password)
    return hashlib.new(hashed, key + engine_id + key).digest()


def blumenthal(hashed: str, password: bytes, engine_id: bytes, size: int) -> bytes:
    """Extended by the digest of all that there is so far (draft-blumenthal-aes-usm-04 section 3.1.2.1)."""
    key = localised(hashed, password, engine_id)
    while len(key) < size:
        key += hashlib.new(hashed, key).digest()
    return key[:size]


def reeder(hashed: str, password: bytes, engine_id: bytes, size: int) -> bytes:
    """Extended by taking the last part for a password again (draft-reeder-snmpv3-usm-3desede-00 section 2.1).

    Written for 3DES; Cisco, Huawei and H3C use it for AES too.
    """
    key = part = localised(hashed, password, engine_id)
    while len(key) < size:
        part = localised(hashed, part, engine_id)
        key += part
    return key[:size]
