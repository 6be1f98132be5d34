"""The body of an answer: decompressed piece by piece, counted, kept up to a limit, and left where it does not end."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

PIECE = 2**16  # decompressed at once, so that a bomb is noticed before it has grown
GZIP, ZLIB, RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


class Undecodable(Exception):
    """The body is not what it says it is compressed as."""


class Inflating:
    """gzip (RFC 1952, several members too), or deflate: zlib's format (RFC 9110 section 8.4.1.2), raw as some send."""

    def __init__(self, coding: str) -> None:
        self._formats = [GZIP] if coding == "gzip" else [ZLIB, RAW]
        self._inflate = zlib.decompressobj(self._formats[0])
        self._begun = False

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Undecodable where it is broken."""
        while data:
            if self._inflate.eof:
                if self._formats[0] != GZIP:
                    return
                self._inflate = zlib.decompressobj(GZIP)
            yield self._piece(data)
            data = self._inflate.unconsumed_tail or self._inflate.unused_data

    def _piece(self, data: bytes) -> bytes:
        try:
            piece = self._inflate.decompress(data, PIECE)
        except zlib.error as error:
            if self._begun or len(self._formats) == 1:
                raise Undecodable(str(error)) from None
            self._formats = [RAW]
            self._inflate = zlib.decompressobj(RAW)
            return self._piece(data)
        self._begun = True
        return piece

    def whole(self, *, or_empty: bool) -> bool:
        """Whether it came to its end; `or_empty`: that nothing came will do, as with an answer to HEAD."""
        return self._inflate.eof or (or_empty and not self._begun)


@dataclass
class Body:
    """Collects. `full`: nothing more need be read."""

    keep: int
    most: int
    inflating: Inflating | None = None
    kept: bytearray = field(default_factory=bytearray)
    size: int = 0

    def take(self, data: bytes) -> Iterator[None]:
        """A step for each piece, between which others may have their turn."""
        for piece in self.inflating.pieces(data) if self.inflating else (data,):
            self.kept += piece[: max(0, self.keep - len(self.kept))]
            self.size += len(piece)
            if self.full:
                return
            yield

    @property
    def full(self) -> bool:
        return self.size > self.most
