"""An answer as it came: its head, and its body a piece at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from agent.core.text import clean

HEAD = 2**16  # bytes of a head at most
# What is kept of them, beside that: patterns are tried on headers, and a Content-Security-Policy has its length.
HEADERS, LONGEST = 500, 2**14  # headers, characters of a value


@dataclass(frozen=True, slots=True)
class Reply:
    """`more` gives the next piece of the body, None at its end."""

    status: int
    version: str
    headers: Sequence[tuple[bytes, bytes]]
    more: Callable[[], Awaitable[bytes | None]]

    def header(self, name: bytes) -> str | None:
        return next((value.decode("latin-1") for each, value in self.headers if each == name), None)


def harmless(headers: Sequence[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """As people may see them, at most so many and so long."""
    return tuple((_plain(name, 100), _plain(value, LONGEST)) for name, value in headers[:HEADERS])


def _plain(raw: bytes, limit: int) -> str:
    """What `clean` gives, at once for the printable ASCII that nearly every header is."""
    if len(raw) <= limit and raw.isascii() and (text := raw.decode("ascii")).isprintable() and "  " not in text:
        return text.strip()
    return clean(raw, limit)
