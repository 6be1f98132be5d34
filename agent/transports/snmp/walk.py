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
    """One column (or subtree): its values by index, in the order of the walk.

    `cursor` is the encoded name to ask next. `unordered`: the names need not increase, only never come again.
    `beyond`: it ended because something else came, not because the MIB ended.
    """

    __slots__ = ("_last", "_rows", "_unordered", "beyond", "cursor", "done", "oid", "prefix", "values")

    def __init__(self, name: str, rows: int, unordered: bool = False) -> None:
        self.oid = name
        self.prefix = self.cursor = oid.encoded(name)
        self.values: dict[tuple[int, ...], Value] = {}
        self.done = False
        self.beyond = False
        self._last: tuple[int, ...] = ()
        self._rows = rows
        self._unordered = unordered

    def take(self, answers: Iterable[VarBind]) -> None:
        """Takes the answers to this column's question, in order; WalkError if they do not strictly increase."""
        prefix, size, values, last = self.prefix, len(self.prefix), self.values, self._last
        parts, known = oid.parts, oid.known
        name = self.cursor
        for name, value in answers:  # the last name is where the next question begins
            if not name.startswith(prefix) or type(value) is Missing:
                self._leave(name, value)
                return
            # Numbers, not bytes, are compared: base 128 does not keep the order (16383 is FF 7F, 16384 is 81 80 00).
            tail = name[size:]
            index = known.get(tail) or parts(tail)
            if index <= last and not (self._unordered and index not in values):
                raise WalkError(
                    f"answers {oid.shown(self.cursor)} with {oid.shown(name)}, which does not come after it"
                )
            values[index] = value
            last = index
        self.cursor, self._last = name, last
        if len(values) > self._rows:
            raise WalkError(f"has more than {self._rows} rows below {self.oid}, without an end in sight")

    def _leave(self, name: bytes, value: Value) -> None:
        """The column ends: the agent said so, or its answer lies beyond. noSuchObject and noSuchInstance are wrong as
        answers to GETNEXT, but agents give them, and mean the end."""
        self.done = True
        self.beyond = not isinstance(value, Missing)
        if self.beyond and oid.parts(name) <= oid.parts(self.cursor):
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
    indexes = set().union(*[column.values for column in columns])
    longest = max((column.values for column in columns), key=len, default={})
    cells = [(column.oid, column.values.get) for column in columns]
    # Nearly always one column has every row, in order already; what is done for each value here is half of this loop.
    for index in longest if len(longest) == len(indexes) else sorted(indexes):
        yield ".".join(map(str, index)), {name: value for name, get in cells if (value := get(index)) is not None}
