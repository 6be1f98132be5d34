"""What befell the simulated centre before: the same each time for the same day, and likely for its hours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from agent.core.site import Site
from agent.tables import load_site
from demo.centre.part import part
from demo.centre.plan import centre
from demo.configuration.files import write
from demo.past import past
from demo.past.cases import CASES
from demo.past.days import OVER, Befallen, befallen
from demo.past.shown import UP
from demo.servers.keys import Keys

NOW = datetime(2026, 11, 24, 8, 15, tzinfo=UTC).timestamp()  # a Tuesday; there it is a quarter past four
PLAN = centre()
YEAR = [date(2026, 1, 1) + timedelta(days=days) for days in range(328)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return load_site(write(tmp_path_factory.mktemp("centre"), PLAN, Keys(), "127.0.0.1:9", "zh"))


def year(site: Site) -> Iterator[Befallen]:
    for day in YEAR:
        yield from befallen(PLAN, site, day)


def test_a_longer_past_says_the_same_of_the_days_that_a_shorter_one_has(site: Site) -> None:
    short, long = past(PLAN, site, 30, NOW), past(PLAN, site, 90, NOW)
    assert len(long.turns) > len(short.turns) > 0
    assert [turn for turn in long.turns if turn.at > short.start] == [t for t in short.turns if t.at > short.start]
    assert [deed for deed in long.deeds if deed.since > short.start] == list(short.deeds)


def test_an_hour_later_the_past_is_as_it_was(site: Site) -> None:
    sooner, later = past(PLAN, site, 30, NOW), past(PLAN, site, 30, NOW + 3600)
    assert later.start == sooner.start
    assert set(sooner.turns) <= set(later.turns)


@pytest.mark.parametrize("days", [1, 30, 400])
def test_all_has_been_well_for_a_while_at_the_end(site: Site, days: int) -> None:
    found = past(PLAN, site, days, NOW)
    assert found.start == site.calendar.moment(site.calendar.local(NOW).date() - timedelta(days=days))
    last = {(turn.target, turn.metric, turn.labels): turn for turn in found.turns}
    assert all(turn.value == 1 for turn in last.values() if turn.metric.endswith("_up"))
    assert max(turn.at for turn in found.turns) < NOW - OVER
    assert {target.id for target in site.targets if target.kind in ("line", "application")} <= {t for t, _, _ in last}


def test_every_case_befalls_the_centre_within_a_year(site: Site) -> None:
    assert {each.case.name for each in year(site)} == {case.name for case in CASES}


def test_whatever_the_day_the_month_before_has_the_outage_of_a_line(site: Site) -> None:
    for last in YEAR[29:]:
        month = [each for days in range(30) for each in befallen(PLAN, site, last - timedelta(days=days))]
        assert any(each.case.name == "carrier-outage" for each in month), last
        assert len(month) >= 3, last


def test_what_happens_in_service_hours_begins_in_them_and_weekends_are_quieter(site: Site) -> None:
    found = list(year(site))
    opened = [day for day in YEAR if site.calendar.spans("service", day)]
    served = [each for each in found if site.calendar.local(each.start).date() in opened]
    assert all(site.calendar.open("service", each.start) for each in served if each.case.hours == "service")
    begun = {site.calendar.local(each.start).date() for each in found}
    assert len(begun & set(opened)) / len(opened) > 1.3 * len(begun - set(opened)) / (len(YEAR) - len(opened))


def test_a_switch_takes_with_it_what_is_plugged_into_it(site: Site) -> None:
    case = next(case for case in CASES if case.name == "uplink-loose")
    together = {whom[0].id: [target.id for target in whom[1:]] for whom in case.whom(PLAN, site)}
    assert together["access-5"] == ["kiosk-1", "kiosk-2", "kiosk-3"]
    assert together["access-1"] == []


def test_the_disk_and_the_clock_are_those_of_servers(site: Site) -> None:
    servers = {node.id for node in PLAN.of("host")}
    for case in CASES:
        if case.name in ("disk-filled", "clock-off"):
            assert {target.id for whom in case.whom(PLAN, site) for target in whom} == servers


def test_people_make_day_and_night_and_an_outage_a_gap(site: Site) -> None:
    found = past(PLAN, site, 30, NOW)
    levels = {(level.target, level.metric, level.labels): level.value for level in found.levels}
    receive = levels["medical", "line_utilization_ratio", (("direction", "receive"),)]
    monday = site.calendar.moment(date(2026, 11, 23))
    assert receive(monday + 10 * 3600) > 5 * receive(monday + 3 * 3600)  # ten in the morning, three at night
    assert receive(monday - 14 * 3600) < 0.1  # on Sunday at ten
    (start, end), *_ = [
        (turn.at, after.at)
        for turn, after in pairwise(
            turn for turn in found.turns if turn.metric == "line_up" and turn.target == "medical"
        )
        if turn.value == 0
    ]
    assert [math.isnan(receive(at)) for at in (start - 1, start, end - 1, end)] == [False, True, True, False]


def test_it_tells_of_every_target_by_metrics_with_the_labels_that_the_agent_has(site: Site) -> None:
    from agent.tables import every_metric

    known = {metric.name: metric for metric in every_metric()}
    for case in CASES:
        for target in (target for whom in case.whom(PLAN, site) for target in whom):
            for series in case.shows(target):
                assert known[series.metric].sample(series.ill, **dict(series.labels))
    assert set(UP) >= {"line", "application"}


@pytest.mark.parametrize("names", [("access-1",), ("medical",), ("room",), ("ups-1", "display-1", "log-host")])
def test_of_a_part_of_the_centre_only_that_part_has_a_past(names: tuple[str, ...], tmp_path: Path) -> None:
    some = part(PLAN, names)
    site = load_site(write(tmp_path, some, Keys(), "127.0.0.1:9", "zh"))
    assert {turn.target for turn in past(some, site, 90, NOW).turns} <= {target.id for target in site.targets}
