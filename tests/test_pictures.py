"""README's pictures: made small without another picture coming out, and Chinese in its own two cells."""

from __future__ import annotations

import json
import re
import struct
import zlib
from itertools import product
from pathlib import Path

import pytest

from docs.palette import reduced
from docs.recording import COLUMNS, Recording

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
WIDTH, STEP = 16, 3
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(lines: list[bytes], depth: int = 8) -> bytes:
    """Truecolour; each line with its filter in front."""
    header = struct.pack(">IIBBBBB", WIDTH, len(lines), depth, 2, 0, 0, 0)
    told = (b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b"")
    return SIGNATURE + b"".join(chunk(*each) for each in told)


def filtered(rows: list[bytes], filters: list[int]) -> list[bytes]:
    """RFC 2083, 6.2 to 6.6, written down from the side of who tells."""
    lines, above = [], bytes(WIDTH * STEP)
    for row, number in zip(rows, filters, strict=True):
        left, corner = bytes(STEP) + row[:-STEP], bytes(STEP) + above[:-STEP]
        guesses = {
            0: [0] * len(row),
            1: left,
            2: above,
            3: [(a + b) // 2 for a, b in zip(left, above, strict=True)],
            4: [
                min((a, b, c), key=lambda each, told=a + b - c: abs(told - each))
                for a, b, c in zip(left, above, corner, strict=True)
            ],
        }[number]
        lines.append(bytes([number]) + bytes((x - y) % 256 for x, y in zip(row, guesses, strict=True)))
        above = row
    return lines


def colours(picture: bytes) -> list[bytes]:
    """The pixels of a picture with a palette whose lines have no filter, row by row."""
    at, found = len(SIGNATURE), {}
    while at < len(picture):
        (length,) = struct.unpack_from(">I", picture, at)
        name, body = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        assert picture[at + 8 + length : at + 12 + length] == struct.pack(">I", zlib.crc32(name + body))
        found[name], at = body, at + 12 + length
    data, palette = zlib.decompress(found[b"IDAT"]), found[b"PLTE"]
    rows = [data[at + 1 : at + 1 + WIDTH] for at in range(0, len(data), WIDTH + 1)]
    return [b"".join(palette[3 * index : 3 * index + 3] for index in row) for row in rows]


@pytest.mark.parametrize("filters", [[0] * 6, [0, 1, 2, 3, 4, 0], [4, 3, 2, 1, 4, 3]])
def test_a_picture_of_few_colours_stays_what_it_is_by_each_filter(filters: list[int]) -> None:
    rows = [bytes((7 * x * y + 90 * c) % 256 for x in range(WIDTH) for c in range(STEP)) for y in range(6)]
    assert colours(reduced(png(filtered(rows, filters)))) == rows


def test_of_many_colours_the_frequent_stay_and_the_rare_become_their_nearest() -> None:
    frequent = [bytes(each) for each in product((0, 60, 120, 180), repeat=3)] * 8
    rare = [bytes((x, 255 - x, 200)) for x in range(256)]
    pixels = frequent + rare
    rows = [b"".join(pixels[at : at + WIDTH]) for at in range(0, len(pixels), WIDTH)]
    told = b"".join(colours(reduced(png([b"\0" + row for row in rows]))))
    assert told[: 3 * len(frequent)] == b"".join(frequent)
    far = max(abs(a - b) for a, b in zip(told, b"".join(rows), strict=True))
    assert 0 < far < 80


def test_another_kind_of_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="8-bit truecolour"):
        reduced(png([bytes(1 + 2 * WIDTH * STEP)], depth=16))
    with pytest.raises(ValueError, match="expected a PNG"):
        reduced(b"GIF89a")


def test_a_chinese_character_has_two_cells_and_its_colour() -> None:
    drawn = Recording([(0.0, "$ 医保 ab\r\n\x1b[31m断\x1b[0m|\r\n")]).svg("t")
    words = {text: (float(x), float(length)) for x, length, text in _words(drawn)}
    cell = words["\xa0ab"][1] / 3
    assert words["医保"] == pytest.approx((2 * cell, 4 * cell))
    assert words["断"] == pytest.approx((0, 2 * cell))
    assert words["|"] == pytest.approx((2 * cell, cell))
    assert len(set(re.findall(r'class="(terminal-r\d+)"[^>]*>(?:断|医保)<', drawn))) == 2
    assert "url(" not in drawn.replace("url(#", "")  # nothing is fetched from elsewhere


def _words(drawn: str) -> list[tuple[str, str, str]]:
    return re.findall(r'<text [^>]*?\bx="([0-9.]+)"[^>]*?textLength="([0-9.]+)"[^>]*>([^<]+)</text>', drawn)


def test_the_pictures_are_there_small_and_the_recording_is_an_asciicast() -> None:
    assert 10_000 < (PICTURES / "overview.png").stat().st_size < 300_000
    header, *events = map(json.loads, (PICTURES / "terminal.cast").read_text("utf-8").splitlines())
    assert (header["version"], header["width"]) == (2, COLUMNS)
    assert [each[0] for each in events] == sorted(each[0] for each in events)
    shown = Recording([(at, text) for at, _, text in events])
    assert "shouwang incident list" in shown.text()
    assert (PICTURES / "terminal.svg").read_text("utf-8") == shown.svg("shouwang demo")
