"""Kept: what collectors remember of a target over a restart of the agent, a row of JSON for each of them.

It is written every few minutes and at the end, so a crash costs minutes of it; a target at another address begins anew.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Collection, Sequence
from typing import Any

from agent.core import rows
from agent.core.ledger import canonical
from agent.core.model import Target
from agent.core.store import Store
from agent.core.write import Write, of_fact

log = logging.getLogger(__name__)

Key = tuple[str, str, str]  # collector, kind and id of a target
PREFIX = "kept "
LIMIT = 65_536  # characters of JSON for one collector and target


class Kept:
    """`store` is None for a single round, which keeps nothing."""

    def __init__(self, store: Store | None = None) -> None:
        self._store = store
        self._held: dict[Key, dict[str, Any]] = {}
        self._address: dict[Key, str | None] = {}
        self._rows: dict[str, str] = {}  # as on disk
        self._refused: set[Key] = set()
        if store is not None:
            store.carry.append(self._all)

    def load(self) -> None:
        """What the last agent kept; a file that cannot be read is as none. Before the first `of`; blocks."""
        if self._store is not None:
            stored: dict[str, str] = self._store.ask(_stored, {})
            self._rows = {name: text if _read(text) is not None else "" for name, text in stored.items()}

    def of(self, collector: str, target: Target) -> dict[str, Any]:
        """Small JSON values, by names of the collector's own; what it changes there is kept."""
        key = (collector, target.kind, target.id)
        if key not in self._held or self._address[key] != target.address:
            self._held[key], self._address[key] = self._read(key, target.address), target.address
        return self._held[key]

    def keep(self, keys: Collection[Key]) -> None:
        """Forget all but these."""
        names = {_name(key) for key in keys}
        self._held = {key: values for key, values in self._held.items() if key in keys}
        gone = [name for name in self._rows if name not in names]
        for name in gone:
            self._rows[name] = ""

    def due(self) -> list[Write]:
        """What has to be written now: what changed since the last time, and what is to be forgotten."""
        writes = [_of_forgotten(name) for name, text in self._rows.items() if not text]
        self._rows = {name: text for name, text in self._rows.items() if text}
        for key in self._held:
            row = self._row(key)
            if row is not None and self._rows.get(_name(key)) != canonical(row):
                self._rows[_name(key)] = canonical(row)
                writes.append(of_fact(_name(key), row))
        return writes

    def _all(self) -> Sequence[Write]:
        """For a file that begins anew."""
        return [of_fact(name, _read(text)) for name, text in list(self._rows.items()) if text]

    def _read(self, key: Key, address: str | None) -> dict[str, Any]:
        row = _read(self._rows.get(_name(key), ""))
        return row["values"] if row is not None and row["address"] == address else {}

    def _row(self, key: Key) -> dict[str, Any] | None:
        """None for nothing, for what is no JSON, and for what is too much of it."""
        values = self._held[key]
        if not values and _name(key) not in self._rows:
            return None
        row = {"address": self._address[key], "values": values}
        try:
            size, why = len(canonical(row)), f"more than {LIMIT} characters"
        except (TypeError, ValueError) as error:
            size, why = LIMIT + 1, str(error)
        if size <= LIMIT:
            return row
        if key not in self._refused:
            self._refused.add(key)
            log.error("what collector %s would keep of %s %s is not kept: %s", *key, why)
        return None


def _name(key: Key) -> str:
    return PREFIX + " ".join(key)


def _read(text: str) -> dict[str, Any] | None:
    """A row as this version writes it, or None."""
    try:
        row = json.loads(text)
    except ValueError:
        return None
    whole = isinstance(row, dict) and "address" in row and isinstance(row.get("values"), dict)
    return row if whole else None


def _stored(connection: sqlite3.Connection) -> dict[str, str]:
    return rows.facts(connection, PREFIX)


def _of_forgotten(name: str) -> Write:
    return Write(name, lambda connection, late: rows.forget(connection, name))
