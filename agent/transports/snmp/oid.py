"""OBJECT IDENTIFIERs: between dotted text, the bytes on the wire, and numbers that compare in the order of a walk."""

from __future__ import annotations

from functools import lru_cache

from agent.transports.snmp.errors import DecodeError

# RFC 2578 section 3.5: at most 128 sub-identifiers of 32 bits, each of which takes at most 5 bytes.
LONGEST = 128 * 5
HIGHEST = 0xFFFFFFFF
# A poll asks for the same names again and again, so text and numbers are remembered. A full cache is emptied whole:
# least-recently-used order would cost more on each hit than the rare refill does. Names longer than any ordinary index
# are not kept, so that a hostile agent cannot make the caches large.
CACHED = 20_000
CACHED_SIZE = 64
SHOWN = 120

known: dict[bytes, tuple[int, ...]] = {}
_texts: dict[bytes, str] = {}


def check(raw: bytes) -> None:
    """DecodeError if these bytes are no OID: longer than one can be, or ending within a number."""
    if len(raw) > LONGEST:
        raise DecodeError(f"an OID of {len(raw)} bytes; the longest has {LONGEST}")
    if raw and raw[-1] >= 0x80:
        raise DecodeError("an OID that ends within a number")


def parts(raw: bytes) -> tuple[int, ...]:
    """The numbers of a checked OID's tail (an index), or of a whole OID with its first two still packed into one."""
    found = known.get(raw)
    if found is None:
        found = tuple(raw) if raw.isascii() else _unpack(raw)
        if len(raw) <= CACHED_SIZE:
            if len(known) >= CACHED:
                known.clear()
            known[raw] = found
    return found


def _unpack(raw: bytes) -> tuple[int, ...]:
    # Numbers above 32 bits are wrong but compare and print like others, and `check` bounds them.
    found, number = [], 0
    for byte in raw:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            found.append(number)
            number = 0
    return tuple(found)


def text(raw: bytes) -> str:
    """Dotted text of a whole encoded OID; DecodeError if it is none."""
    found = _texts.get(raw)
    if found is None:
        check(raw)
        found = _text(parts(raw))
        if len(raw) <= CACHED_SIZE:
            if len(_texts) >= CACHED:
                _texts.clear()
            _texts[raw] = found
    return found


def shown(raw: bytes) -> str:
    """Text for a message: an agent's name can be long, a message should not."""
    name = text(raw)
    return name if len(name) <= SHOWN else name[:SHOWN] + "…"


def _text(numbers: tuple[int, ...]) -> str:
    if not numbers:
        return "0.0"  # an empty OID is sent by some agents for zeroDotZero
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


@lru_cache(2048)
def encoded(dotted: str) -> bytes:
    """The bytes of a dotted OID; ValueError if it is none."""
    try:
        numbers = [int(part) for part in dotted.split(".")]
    except ValueError:
        raise ValueError(f"not an OID: {dotted!r}; expected numbers with dots, like 1.3.6.1.2.1.1.1.0") from None
    if len(numbers) < 2 or numbers[0] > 2 or (numbers[0] < 2 and numbers[1] > 39) or len(numbers) > 128:
        raise ValueError(f"not an OID: {dotted!r}; it begins with 0, 1 or 2 and has 2 to 128 numbers")
    if min(numbers) < 0 or max(numbers) > HIGHEST:
        raise ValueError(f"not an OID: {dotted!r}; its numbers lie between 0 and {HIGHEST}")
    return b"".join(map(_packed, (numbers[0] * 40 + numbers[1], *numbers[2:])))


def _packed(number: int) -> bytes:
    septets = [number & 0x7F]
    while number := number >> 7:
        septets.append(number & 0x7F | 0x80)
    return bytes(reversed(septets))
