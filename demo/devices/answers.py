"""What a device answers to GET, GETNEXT and GETBULK (RFC 3416 section 4.2, RFC 1157 for version 1). Pure."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from agent.core.smi import Counter64
from demo.devices import codec
from demo.devices.codec import Asked, Item, Missing, Oid
from demo.devices.device import Objects


class Table:
    """Objects in the order of a walk. Version 1 (`v1`) has no Counter64: there is none for it, and a walk steps over it
    (RFC 3584 section 4.2.2.1)."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._order, self._names = _ordered(tuple(objects))

    def __len__(self) -> int:
        return len(self._order)

    def get(self, oid: Oid, v1: bool = False) -> Item:
        at = bisect.bisect_left(self._order, oid)
        if at < len(self._order) and self._order[at] == oid:
            value = self._objects[self._names[at]]
            if not (v1 and isinstance(value, Counter64)):
                return oid, value
        return oid, codec.NO_SUCH_INSTANCE

    def after(self, oid: Oid, v1: bool = False) -> Item:
        return next(self.walk(oid, v1), (oid, codec.END_OF_MIB_VIEW))

    def walk(self, oid: Oid, v1: bool = False) -> Iterator[Item]:
        """All that follows."""
        for at in range(bisect.bisect_right(self._order, oid), len(self._order)):
            value = self._objects[self._names[at]]
            if not (v1 and isinstance(value, Counter64)):
                yield self._order[at], value


@lru_cache(256)
def _ordered(names: tuple[str, ...]) -> tuple[tuple[Oid, ...], tuple[str, ...]]:
    """The names as numbers, and as they are, both in the order of a walk. Remembered: a device has the same ones at
    every question, and so have its twins."""
    pairs = sorted((codec.numbers(name), name) for name in names)
    return tuple(numbers for numbers, _ in pairs), tuple(name for _, name in pairs)


def items(table: Table, asked: Asked) -> list[Item]:
    """The bindings of the answer, with nothing left out for its length."""
    v1 = asked.version == codec.V1
    if asked.kind == codec.GET:
        return [table.get(oid, v1) for oid in asked.oids]
    if asked.kind == codec.GET_NEXT:
        return [table.after(oid, v1) for oid in asked.oids]
    first = max(asked.first, 0)
    found = [table.after(oid) for oid in asked.oids[:first]]
    columns = [_column(table, oid, max(asked.second, 0)) for oid in asked.oids[first:]]
    return found + [item for row in zip(*columns, strict=True) for item in row]


def _column(table: Table, oid: Oid, repetitions: int) -> list[Item]:
    found = [item for _, item in zip(range(repetitions), table.walk(oid), strict=False)]
    last = found[-1][0] if found else oid
    return found + [(last, codec.END_OF_MIB_VIEW)] * (repetitions - len(found))


def fitting(pairs: Sequence[bytes], room: int) -> int:
    """How many of the encoded bindings have room."""
    return sum(total <= room for total in accumulate(map(len, pairs)))


def answer(table: Table, asked: Asked, limit: int) -> bytes:
    """The message in reply, of at most `limit` bytes: a GETBULK is cut, anything else too long is tooBig."""
    found = items(table, asked)
    if asked.version == codec.V1:
        for position, (_, value) in enumerate(found, 1):
            if isinstance(value, Missing):
                same = [codec.pair((oid, codec.UNSPECIFIED)) for oid in asked.oids]
                return codec.reply(asked, same, codec.NO_SUCH_NAME, position)
    pairs = [codec.pair(item) for item in found]
    count = fitting(pairs, limit - len(codec.reply(asked, ())) - codec.ENVELOPE)
    if count < len(pairs) and (asked.kind != codec.GET_BULK or not count):
        return codec.reply(asked, (), codec.TOO_BIG)
    return codec.reply(asked, pairs[:count])
