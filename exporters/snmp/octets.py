"""Octets as text."""

from __future__ import annotations

from agent.core.text import clean


def readable(raw: bytes) -> str:
    """UTF-8 as it is. Anything else, which the text format cannot carry, as a clean text (GB18030, Latin-1)."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return clean(raw)


def hexadecimal(raw: bytes) -> str:
    return f"0x{raw.hex().upper()}" if raw else ""
