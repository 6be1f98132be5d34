"""The question by which an SNMPv3 agent is known without any secret: the discovery of its engine (RFC 3414 section 4).

A GET of nothing, from nobody, to an engine without a name, that may be answered by a report (RFC 3412 section 6.4). It
holds no newline: bash sends what it writes line by line.
"""

from __future__ import annotations


def _tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return bytes((tag, len(body))) + body


def _number(value: int, size: int = 1) -> bytes:
    return _tlv(0x02, value.to_bytes(size, "big"))


NOTHING = _tlv(0x04)
HEADER = _tlv(0x30, _number(0x53485731, 4), _number(65507, 3), _tlv(0x04, b"\x04"), _number(3))
USER = _tlv(0x30, NOTHING, _number(0), _number(0), NOTHING, NOTHING, NOTHING)
GET = _tlv(0xA0, _number(0x53485731, 4), _number(0), _number(0), _tlv(0x30))
DISCOVERY = _tlv(0x30, _number(3), HEADER, _tlv(0x04, USER), _tlv(0x30, NOTHING, NOTHING, GET))
