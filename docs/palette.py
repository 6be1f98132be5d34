"""Makes a picture of a page small: its 256 most frequent colours, others by the nearest (PNG, RFC 2083)."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256
CHANNELS = {2: 3, 6: 4}  # by colour type: truecolour, with alpha
Colour = tuple[int, ...]
Predict = Callable[[int, int, int], int]  # of left, above, above left


def reduced(png: bytes) -> bytes:
    """The same picture with a palette. ValueError if it is not 8-bit truecolour without interlace."""
    chunks = list(_chunks(png))
    width, height, depth, kind, _, _, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or kind not in CHANNELS or interlace:
        raise ValueError(f"expected 8-bit truecolour without interlace; depth {depth}, type {kind}")
    data = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    rows = [_colours(row, CHANNELS[kind]) for row in _rows(data, width * CHANNELS[kind], CHANNELS[kind])]
    number = _numbers(Counter(colour for row in rows for colour in row))
    palette = sorted({index: colour for colour, index in reversed(number.items())}.items())
    lines = b"".join(b"\0" + bytes(number[colour] for colour in row) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    told = (b"IHDR", header), (b"PLTE", b"".join(bytes(colour) for _, colour in palette))
    return SIGNATURE + b"".join(_chunk(*each) for each in (*told, (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not png.startswith(SIGNATURE):
        raise ValueError("expected a PNG")
    at = len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _rows(data: bytes, length: int, step: int) -> Iterator[bytes]:
    """Without the filters (RFC 2083, 6): each byte is what was told and what is predicted from its neighbours."""
    above = bytearray(length)
    for at in range(0, len(data), length + 1):
        row, predict = bytearray(data[at + 1 : at + 1 + length]), PREDICTIONS[data[at]]
        for here in range(length) if data[at] else ():
            left, corner = (row[here - step], above[here - step]) if here >= step else (0, 0)
            row[here] = (row[here] + predict(left, above[here], corner)) & 255
        yield bytes(row)
        above = row


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda each: abs(guess - each))


PREDICTIONS: tuple[Predict, ...] = (
    lambda _left, _above, _corner: 0,
    lambda left, _above, _corner: left,
    lambda _left, above, _corner: above,
    lambda left, above, _corner: (left + above) // 2,
    _paeth,
)


def _colours(row: bytes, step: int) -> list[Colour]:
    return [tuple(row[at : at + 3]) for at in range(0, len(row), step)]


def _numbers(counted: Counter[Colour]) -> Mapping[Colour, int]:
    """Where each colour, or the one nearest to it, stands in the palette: its own colours first."""
    kept = [colour for colour, _ in counted.most_common(COLOURS)]

    def nearest(colour: Colour) -> int:
        return min(
            range(len(kept)), key=lambda index: sum((a - b) ** 2 for a, b in zip(colour, kept[index], strict=True))
        )

    return {colour: nearest(colour) for colour, _ in counted.most_common()}
