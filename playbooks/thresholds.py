"""Thresholds of agent.yaml on playbooks: so far, how long a trigger's condition must hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from agent.core.incident import Playbook


class Limit(Protocol):
    """What this reads of a threshold; seconds. One for a single target is not applied yet."""

    @property
    def for_(self) -> float | None: ...
    @property
    def target(self) -> str | None: ...


def applied(books: Iterable[Playbook], thresholds: Mapping[str, Sequence[Limit]]) -> tuple[Playbook, ...]:
    """The playbooks with `for` of `thresholds: {IR-04: {for: 30s}}` in place of every trigger's own."""
    return tuple(_applied(book, thresholds.get(book.id, ())) for book in books)


def _applied(book: Playbook, limits: Sequence[Limit]) -> Playbook:
    seconds = next((limit.for_ for limit in limits if limit.target is None and limit.for_ is not None), None)
    if seconds is None:
        return book
    return replace(book, triggers=tuple(replace(trigger, for_seconds=seconds) for trigger in book.triggers))
