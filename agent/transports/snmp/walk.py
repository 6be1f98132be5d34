"""The columns of a table on their way through GETNEXT and GETBULK: what to ask next, and whether the answers can be.

Each column moves on by itself, so a hole in one (a row without that object) never shifts its values into other rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from agent.transports.snmp import oid
from agent.transports.snmp.ber import VarBind
from agent.transports.snmp.values import Missing, Value


class WalkError(Exception):
    """The agent's answers cannot be a walk. The message is the end of a sentence that begins with the agent."""


class Column:
    """One column (or subtree): its indexes and, beside them, its values, in the order of the walk.

    `cursor` is the encoded name to ask next. `passed`: the agent answered with what lies after it. `unordered`: the
    names need not increase, only never come again.
    """

    __slots__ = (
        "_last",
        "_rows",
        "_unordered",
        "cursor",
        "done",
        "indexes",
        "oid",
        "passed",
        "prefix",
        "seen",
        "values",
    )

    def __init__(self, name: str, rows: int, unordered: bool = False) -> None:
        self.oid = name
        self.prefix = self.cursor = oid.encoded(name)
        self.indexes: list[tuple[int, ...]] = []
        self.values: list[Value] = []
        self.done = self.passed = False
        self._last: tuple[int, ...] = ()
        self._rows = rows
        self._unordered = unordered
        self.seen: set[tuple[int, ...]] | None = None  # all indexes, from the first on that did not increase

    def take(self, answers: Iterable[VarBind]) -> None:
        """Takes the answers to this column's question, in order; WalkError if they do not strictly increase."""
        prefix, size, last, seen = self.prefix, len(self.prefix), self._last, self.seen
        # Two lists and not a dict: nothing needs to be looked up as a rule, and a large table then stays in the cache.
        add_index, add_value, parts, known = self.indexes.append, self.values.append, oid.parts, oid.known
        name = self.cursor
        for name, value in answers:  # the last name is where the next question begins
            if not name.startswith(prefix) or type(value) is Missing:
                self._leave(name, value)
                return
            # Numbers, not bytes, are compared: base 128 does not keep the order (16383 is FF 7F, 16384 is 81 80 00).
            tail = name[size:]
            index = known.get(tail) or parts(tail)
            if index <= last or seen is not None:
                seen = self._disorder(name, index)
            add_index(index)
            add_value(value)
            last = index
        self.cursor, self._last = name, last
        if len(self.values) > self._rows:
            raise WalkError(f"has more than {self._rows} rows below {self.oid}, without an end in sight")

    def _disorder(self, name: bytes, index: tuple[int, ...]) -> set[tuple[int, ...]]:
        """All indexes, with this one, that does not increase, or came after one that did not."""
        if self.seen is None:
            self.seen = set(self.indexes)
        if index in self.seen or not self._unordered:
            raise WalkError(f"answers {oid.shown(self.cursor)} with {oid.shown(name)}, which does not come after it")
        self.seen.add(index)
        return self.seen

    def _leave(self, name: bytes, value: Value) -> None:
        """The column ends: the agent said so, or its answer lies beyond. noSuchObject and noSuchInstance are wrong as
        answers to GETNEXT, but agents give them, and mean the end."""
        self.done, self.passed = True, not isinstance(value, Missing)
        if self.passed and oid.parts(name) <= oid.parts(self.cursor):
            raise WalkError(f"answers {oid.shown(self.cursor)} with {oid.shown(name)}, which lies before it")


def distribute(columns: Sequence[Column], varbinds: Sequence[VarBind]) -> None:
    """Hands the answers of one round to their columns (RFC 3416 section 4.2.3: one of each column, again and again).

    An agent may cut the list where its message is full, even within a repetition; but it must say something.
    """
    if not varbinds:
        raise WalkError(f"answers {oid.shown(columns[0].cursor)} with an empty list instead of a value or an error")
    for position, column in enumerate(columns):
        column.take(varbinds[position :: len(columns)])


def rows(columns: Sequence[Column]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Index and values by column OID, in the order of the index; what a row has no value for (or NULL) is absent."""
    filled = [column for column in columns if column.indexes]
    if any(column.seen is not None or column.indexes != filled[0].indexes for column in filled):
        return _looked_up(filled)
    return _side_by_side(filled)


def _side_by_side(columns: Sequence[Column]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """As it nearly always is: each column has every row."""
    names = [column.oid for column in columns]
    values = zip(*[column.values for column in columns], strict=True)
    for index, cells in zip(columns[0].indexes if columns else (), values, strict=True):
        row = {name: value for name, value in zip(names, cells, strict=True) if value is not None}
        yield ".".join(map(str, index)), row


def _looked_up(columns: Sequence[Column]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Rows lack something, or came in no order."""
    cells = [(column.oid, dict(zip(column.indexes, column.values, strict=True)).get) for column in columns]
    for index in sorted(set().union(*[column.indexes for column in columns])):
        yield ".".join(map(str, index)), {name: value for name, get in cells if (value := get(index)) is not None}
