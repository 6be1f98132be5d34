"""Ledger: append-only records, each with the hash of the one before, so that a change of the past is found.

The hash of a record is the SHA-256 of its canonical JSON without `hash` (keys sorted, no spaces, UTF-8); an exported
line is that JSON with `hash`, so it can be checked with any JSON tool and sha256sum.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import IO, Any, NamedTuple

from agent.core.text import Said, Text

BEFORE_FIRST = "0" * 64
SCHEMA = (
    """CREATE TABLE ledger (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
       prev TEXT NOT NULL, hash TEXT NOT NULL)""",
    """CREATE TRIGGER ledger_unchanged BEFORE UPDATE ON ledger
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER ledger_undeleted BEFORE DELETE ON ledger
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
)
ROWS = "SELECT seq, at, kind, body, prev, hash FROM ledger ORDER BY seq"
TYPES = {"seq": int, "at": str, "kind": str, "body": dict, "prev": str, "hash": str}
APART = 60.0  # seconds by which times of records may run backwards: several are written at once, and clocks are set
LAST = "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1"

CUT = Text(
    "缺失:已知的末条哈希 {head} 不在台账里,末尾被截去",
    "missing: the known head {head} is not in the ledger, so its end was cut off",
)
ELSE = Text(
    "缺失:这个位置上是第 {seq} 条;有记录被删除,或次序被改",
    "missing: record {seq} stands in its place; deleted, or out of order",
)
LOOSE = Text(
    "接不上前一条;有记录被删除、替换,或次序被改",
    "does not follow the record before it; one was deleted or replaced, or they are out of order",
)
CHANGED = Text("写入后被改过", "was changed after it was written")


@dataclass(frozen=True, slots=True)
class Record:
    """`at` is RFC 3339 in UTC, `body` canonical JSON, `prev` the hash of the record before."""

    seq: int
    at: str
    kind: str
    body: str
    prev: str
    hash: str

    def digest(self) -> str:
        """What `hash` must be."""
        at, kind, prev = canonical(self.at), canonical(self.kind), canonical(self.prev)
        text = f'{{"at":{at},"body":{self.body},"kind":{kind},"prev":{prev},"seq":{self.seq}}}'
        return sha256(text.encode()).hexdigest()

    def line(self) -> str:
        return (
            f'{{"seq":{self.seq},"at":{canonical(self.at)},"kind":{canonical(self.kind)},"body":{self.body},'
            f'"prev":{canonical(self.prev)},"hash":{canonical(self.hash)}}}'
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad record, or the one after the last where the end is missing."""

    seq: int
    what: Said


def canonical(value: Any) -> str:
    """One text for one value: sorted keys, no spaces, whole numbers without a point, NaN and infinities as text."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def append(connection: sqlite3.Connection, at: float, kind: str, body: Mapping[str, Any]) -> str:
    """Adds a record within the caller's transaction; gives its hash. `at` is Unix seconds."""
    seq, prev = connection.execute(LAST).fetchone() or (0, BEFORE_FIRST)
    when = datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    unsigned = Record(seq + 1, when, kind, canonical(body), prev, "")
    digest = unsigned.digest()
    connection.execute(
        "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?)", (seq + 1, when, kind, unsigned.body, prev, digest)
    )
    return digest


def head(connection: sqlite3.Connection) -> str:
    """The hash of the last record: who notes it elsewhere can later prove that nothing was cut off."""
    row = connection.execute(LAST).fetchone()
    return str(row[1]) if row else BEFORE_FIRST


def records(connection: sqlite3.Connection) -> Iterator[Record]:
    for row in connection.execute(ROWS):
        yield Record(*row)


def export(connection: sqlite3.Connection, file: IO[str]) -> int:
    """Writes every record as a line of JSON; gives their number."""
    count = 0
    for record in records(connection):
        file.write(record.line() + "\n")
        count += 1
    return count


def read_lines(lines: Iterable[str | bytes]) -> Iterator[Record]:
    """The records of an export. ValueError names the line that is none: garbled, with a key twice, one too many or too
    few, or a value of another type."""
    for number, line in enumerate(lines, 1):
        try:
            found = json.loads(line if isinstance(line, str) else line.decode(), object_pairs_hook=_once)
            if not isinstance(found, dict) or {key: type(value) for key, value in found.items()} != TYPES:
                raise ValueError(f"expected {', '.join(TYPES)}, each of its type")
            body = json.dumps(found["body"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            body.encode()
            yield Record(**{**found, "body": body})
        except (ValueError, RecursionError) as error:
            raise ValueError(
                f"line {number} is not a ledger record ({error}); expected one JSON object a line"
            ) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):  # other readers may take the other value
        raise ValueError("a key stands twice")
    return found


class Backwards(NamedTuple):
    """Record `seq` is of `at`, over a minute before the one ahead of it, which is of `before`."""

    seq: int
    at: str
    before: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What a chain is: how many records, as far as they are sound, the hash of the last, and where their times run
    backwards."""

    count: int
    head: str
    fault: Fault | None
    backwards: tuple[Backwards, ...] = ()


def verify(chain: Iterable[Record], known: str | None = None) -> Fault | None:
    """The first fault of the chain, or None. `known` is a head noted earlier: the chain must still contain it."""
    return examine(chain, known).fault


def examine(chain: Iterable[Record], known: str | None = None) -> Examined:
    """All that a chain tells of itself; `known` as for `verify`."""
    seq, prev, latest = 0, BEFORE_FIRST, ""
    seen = known in (None, BEFORE_FIRST)
    backwards: list[Backwards] = []
    for record in chain:
        what = _fault(record, seq + 1, prev)
        if what is not None:
            return Examined(seq, prev, Fault(seq + 1, what), tuple(backwards))
        seq, prev = record.seq, record.hash
        seen = seen or record.hash == known
        if not _told(record):
            if latest and moment_of(record.at) < moment_of(latest) - APART:
                backwards.append(Backwards(seq, record.at, latest))
            latest = record.at
    fault = None if seen else Fault(seq + 1, CUT.format(head=known))
    return Examined(seq, prev, fault, tuple(backwards))


def latest(connection: sqlite3.Connection) -> float | None:
    """When the last record was made, Unix seconds; None before the first."""
    found = (Record(*row) for row in connection.execute(f"{ROWS} DESC LIMIT 50"))
    return next((moment_of(record.at) for record in found if not _told(record)), None)


def moment_of(at: str) -> float:
    """Unix seconds; that of another form is no time, and says nothing of the clock."""
    try:
        return datetime.fromisoformat(at).timestamp()
    except ValueError:
        return math.nan


def _told(record: Record) -> bool:
    """Whether it is a finding as people gave it, which has the time of their word and not its own."""
    return record.kind == "finding" and '"who":"shouwang"' not in record.body


def _fault(record: Record, seq: int, prev: str) -> Text | None:
    if record.seq != seq:
        return ELSE.format(seq=record.seq)
    if record.prev != prev:
        return LOOSE
    return CHANGED if record.hash != record.digest() else None


def _plain(value: Any) -> Any:
    match value:
        case float():
            return _number(value)
        case str():
            return value.encode("utf-8", "replace").decode()  # half a surrogate pair has no UTF-8
        case Mapping():
            return {_plain(str(key)): _plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return value


def _number(value: float) -> float | int | str:
    if not math.isfinite(value):
        return {math.inf: "+Inf", -math.inf: "-Inf"}.get(value, "NaN")
    # As RFC 8785 has it: JSON tools print 1.0 as 1, so only that form has the same hash everywhere.
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
