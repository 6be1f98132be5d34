"""How the agent describes its incidents: once for many, and never by what has changed since."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from agent.core.incident import Change, Incident
from agent.core.model import Reading
from agent.core.snapshot import Snapshot
from agent.showing import Showing
from playbooks.book import load
from playbooks.watch import Watch
from tests.core.test_facts import DOWN, OPEN, SITE, UP


class Counting(Snapshot):
    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    def readings(self) -> list[Reading]:
        self.looks += 1
        return super().readings()


class Whole:
    """As much of an agent as a description needs."""

    def __init__(self, *found: Incident) -> None:
        self.site, self.snapshot = SITE, Counting()
        self.books = {book.id: book for book in load()}
        self.watch = Watch(self.books.values(), SITE.calendar, found, lambda changes: None, SITE.center.id)


def showing(*found: Incident) -> tuple[Showing, Any]:
    whole = Whole(*found)
    whole.snapshot.put(DOWN)
    return Showing(cast(Any, whole)), whole


def test_many_incidents_are_described_by_one_look_at_the_centre() -> None:
    many = [Incident(str(n), "IR-04", "line", f"line-{n}", "P2", OPEN.opened) for n in range(50)]
    shown, whole = showing(*many)
    said = [shown.describe(each) for each in many]
    assert whole.snapshot.looks == 1
    assert [shown.describe(each) for each in many] == said
    assert all(shown.describe(each) is text for each, text in zip(many, said, strict=True))


def test_what_opens_or_closes_is_described_by_a_look_of_after_that() -> None:
    shown, whole = showing(OPEN)
    assert shown.describe(OPEN)["impact"] == "1-3号窗口"
    whole.snapshot.put(Reading(DOWN.target, "line", DOWN.started + 60, 0.1, (UP.sample(1),)))
    shown.changed([Change("opened", OPEN, OPEN.opened)])
    assert shown.describe(OPEN)["impact"] == "暂不影响受理;依赖它的:1-3号窗口"


def test_a_new_agent_yaml_is_taken_up_at_once() -> None:
    shown, whole = showing(OPEN)
    shown.describe(OPEN)
    whole.site = replace(SITE, counters=())
    assert "没有窗口写明依赖它" in shown.describe(OPEN)["impact"]
