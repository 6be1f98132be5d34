"""A site may say how long a playbook's conditions must hold."""

from __future__ import annotations

from dataclasses import dataclass

from playbooks.book import load
from playbooks.thresholds import applied


@dataclass(frozen=True)
class Limit:
    for_: float | None = None
    target: str | None = None


def test_for_replaces_that_of_every_trigger_of_this_playbook_only() -> None:
    books = {book.id: book for book in applied(load(), {"IR-04": [Limit(for_=5.0)]})}
    shipped = {book.id: book for book in load()}
    assert {trigger.for_seconds for trigger in books["IR-04"].triggers} == {5.0}
    assert books["IR-12"] == shipped["IR-12"]


def test_a_threshold_of_one_target_or_without_for_changes_nothing_yet() -> None:
    assert applied(load(), {"IR-04": [Limit(for_=5.0, target="yibao"), Limit()]}) == load()
