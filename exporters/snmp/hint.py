"""DISPLAY-HINT (RFC 2579 section 3.1): how the octets of a textual convention are shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

RULE = re.compile(r"(\*?)(\d{1,5})([dxoat])([^\d*]?)([^\d*]?)", re.DOTALL)


class Rule(NamedTuple):
    """`size` octets each time, as `form`; `counted`: the first octet says how often."""

    counted: bool
    size: int
    form: str
    separator: str
    terminator: str


def shown(hint: str, raw: bytes) -> bytes | None:
    """The octets as the hint says; None if it is no hint, or does not fit."""
    rules = _rules(hint)
    if not rules or not raw:
        return None
    parts: list[bytes] = []
    at = step = 0
    while at < len(raw):
        # The last rule is used again until the octets end.
        rule = rules[min(step, len(rules) - 1)]
        if step >= len(rules) and not (rule.size or rule.counted):
            return None
        step, times = step + 1, 1
        if rule.counted:
            times, at = raw[at], at + 1
        for turn in range(times):
            chunk, at = raw[at : at + rule.size], at + rule.size
            formed = _formed(rule.form, chunk)
            if formed is None:
                return None
            last = turn == times - 1 and rule.terminator
            parts += [formed, rule.separator.encode() if at < len(raw) and not last else b""]
            if at >= len(raw):
                break
        if at < len(raw):
            parts.append(rule.terminator.encode())
    return b"".join(parts)


@lru_cache(256)
def _rules(hint: str) -> tuple[Rule, ...]:
    return tuple(_parsed(hint))


def _parsed(hint: str) -> Iterator[Rule]:
    at = 0
    while at < len(hint):
        found = RULE.match(hint, at)
        if found is None:
            return
        counted, size, form, separator, terminator = found.groups()
        if not counted and terminator:
            return
        yield Rule(bool(counted), int(size), form, separator, terminator)
        at = found.end()


def _formed(form: str, chunk: bytes) -> bytes | None:
    if form in "at":
        return chunk
    if form == "x":
        return chunk.hex().upper().encode()
    if len(chunk) > 8:
        return None
    return f"{int.from_bytes(chunk):{form}}".encode()
