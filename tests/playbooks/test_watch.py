"""Promises of the watch: readings and time go in, changes of incidents come out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.core.incident import Change, Condition, Incident, Playbook, Trigger
from agent.core.model import Target
from playbooks.watch import Watch
from tests.playbooks.made import Hours, gauge, playbook, reading

UP = gauge("line_up")
LINE = Target("line", "yibao", "医保专线")
PLACE = {("line", "yibao")}
DOWN = Trigger("IR-04.1", "IR-04", Condition("line_up", equals=0), "P3", for_seconds=90)
SERVED = Trigger("IR-04.2", "IR-04", Condition("line_up", equals=0), "P2", for_seconds=90, during="service")
BOOK = playbook("IR-04", DOWN, SERVED)


class Kept(list[Change]):
    """A sink that keeps what it is told, and says it briefly."""

    def __call__(self, changes: Sequence[Change]) -> None:
        self.extend(changes)

    @property
    def kinds(self) -> list[str]:
        return [change.kind for change in self]


def watching(
    kept: Kept, hours: Hours | None = None, incidents: Sequence[Incident] = (), books: Sequence[Playbook] = (BOOK,)
) -> Watch:
    return Watch(books, hours or Hours(), incidents, kept, center="changshou")


def see(watch: Watch, up: float, *times: float) -> None:
    for at in times:
        watch.observe(reading(LINE, [UP.sample(up)], at))
        watch.tick(at)


def test_a_line_that_goes_and_comes_is_one_incident_opened_and_closed():
    kept = Kept()
    watch = watching(kept)
    see(watch, 0, 0, 30, 60, 90, 120)
    (incident,) = watch.open
    assert watch.incident(incident.id) is incident
    see(watch, 1, 150, 180, 210)
    assert kept.kinds == ["opened", "closed"]
    assert (kept[0].at, kept[1].at, watch.open) == (90, 210, ())
    assert kept[0].incident.id == kept[1].incident.id


def test_a_line_that_flaps_for_an_hour_has_at_most_one_open_incident():
    kept = Kept()
    watch = watching(kept)
    for at in range(0, 3600, 5):
        see(watch, (at // 5) % 2, at)
        assert len(watch.open) <= 1
    assert kept == []


def test_an_incident_of_the_night_rises_when_service_begins_and_stays_over_lunch():
    kept = Kept()
    watch = watching(kept, Hours(service=[(1000, 2000)]))
    see(watch, 0, *range(0, 4000, 30))
    assert [(change.kind, change.incident.class_, change.at) for change in kept] == [
        ("opened", "P3", 90),
        ("class", "P2", 1110),
    ]


def test_a_restart_loses_no_incident_and_opens_none_twice():
    kept = Kept()
    see(watching(kept), 0, 0, 90)
    again = watching(kept, incidents=[kept[-1].incident])
    again.keep(PLACE, 200)
    see(again, 0, 210, 300, 400)
    assert kept.kinds == ["opened"]
    see(again, 1, 430, 490)
    assert kept.kinds == ["opened", "closed"]


def test_after_a_restart_an_unknown_series_keeps_its_incident_open():
    kept = Kept()
    see(watching(kept), 0, 0, 90)
    again = watching(kept, incidents=[kept[-1].incident])
    again.keep(PLACE, 200)
    again.observe(reading(LINE, [], 210, failed=True))
    again.tick(90_000)
    assert kept.kinds == ["opened"]


def test_a_target_taken_out_closes_its_incident_with_the_reason():
    kept = Kept()
    watch = watching(kept)
    see(watch, 0, 0, 90)
    watch.reload([BOOK], Hours(), set(), 100, "changshou")
    assert (kept.kinds, watch.open) == (["opened", "closed"], ())
    assert "no longer watched" in kept[-1].note


def test_a_centre_that_goes_by_another_id_has_its_incidents_under_that():
    few = gauge("center_terminals_offline_ratio")
    book = playbook("IR-11", Trigger("IR-11.2", "IR-11", Condition(few.name, above=0.1), "P2", for_seconds=60))
    kept = Kept()
    watch = watching(kept, books=[book])
    for at in (0, 60):
        watch.observe(reading(None, [few.sample(0.5)], at))
        watch.tick(at)
    watch.reload([book], Hours(), set(), 100, "caoyang")
    watch.tick(160)
    assert [(change.kind, change.incident.target) for change in kept] == [
        ("opened", "changshou"),
        ("closed", "changshou"),
        ("opened", "caoyang"),
    ]


def test_an_incident_whose_trigger_left_the_book_closes_at_the_start():
    kept = Kept()
    see(watching(kept), 0, 0, 90)
    again = watching(kept, incidents=[kept[-1].incident], books=[playbook("IR-04", SERVED)])
    again.keep(PLACE, 200)
    assert (kept.kinds, again.open) == (["opened", "closed"], ())
    assert "no longer in the playbooks" in kept[-1].note


def test_people_acknowledge_note_and_close_through_it():
    kept = Kept()
    watch = watching(kept)
    see(watch, 0, 0, 90)
    (incident,) = watch.open
    watch.acknowledge(incident, "wang", 100)
    watch.add_note(incident, "wang", 110, "已报障")
    watch.close(incident, "wang", 120, "误报")
    assert kept.kinds == ["opened", "acknowledged", "note", "closed"]
    assert [change.incident.revision for change in kept] == [1, 2, 3, 4]
    see(watch, 0, 150, 240)
    assert kept.kinds[-1] == "opened"
    assert kept[-1].incident.id != incident.id
    with pytest.raises(ValueError, match="closed already"):
        watch.close(kept[-2].incident, "wang", 250)


def test_an_open_incident_is_a_series_and_gone_when_it_closed():
    watch = watching(Kept())
    see(watch, 0, 0, 90)
    assert ("incident_open", ("IR-04", "yibao", "P3")) in [(s.metric.name, s.labels) for s in watch.samples(100)]
    see(watch, 1, 120, 180)
    assert [sample.metric.name for sample in watch.samples(200)] == ["incident_unowned"]


def test_the_sink_finds_the_change_in_force():
    """What a change makes of the metrics can be shown before anybody is told."""
    seen: list[int] = []
    watch = Watch([BOOK], Hours(), [], lambda changes: seen.append(len(watch.open)))
    see(watch, 0, 0, 90)
    see(watch, 1, 120, 180)
    assert seen == [1, 0]
