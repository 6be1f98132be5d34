"""Scores as the domain page says: weights, values, colours, the cap of a red area, the onboarding meter."""

from __future__ import annotations

import dataclasses

import pytest

from agent.core.checklist import Area, Finding, Item, Result, Verdict
from agent.core.text import Text
from checks import scores
from tests.checks import scene

PASS, WARN, FAIL, UNKNOWN = Result.PASS, Result.WARN, Result.FAIL, Result.UNKNOWN
NOT_CONNECTED, NOT_APPLICABLE = Result.NOT_CONNECTED, Result.NOT_APPLICABLE


def _area(*severities: str) -> tuple[Area, tuple[Item, ...]]:
    items = tuple(
        dataclasses.replace(scene.ITEMS["HOST-04"], id=f"HOST-{position:02}", severity=severity)
        for position, severity in enumerate(severities)
    )
    return Area("host_management", Text("主机管理", "Host management"), items), items


def _score(*judged: tuple[str, Result]) -> tuple[str, float | None]:
    area, items = _area(*(severity for severity, _ in judged))
    found = scores.score(area, {item.id: result for item, (_, result) in zip(items, judged, strict=True)}, ())
    return found.colour, found.ratio


@pytest.mark.parametrize(
    ("judged", "colour", "ratio"),
    [
        ([("critical", PASS), ("low", FAIL)], "amber", 8 / 9),
        ([("critical", PASS), ("high", WARN), ("medium", UNKNOWN), ("low", PASS)], "amber", 11 / 15),
        ([("high", PASS), ("high", WARN), ("medium", WARN)], "green", 7 / 10),
        ([("high", WARN), ("high", WARN), ("low", WARN)], "amber", 0.5),
        ([("critical", FAIL), *[("critical", PASS)] * 9], "red", 0.59),
        ([("high", FAIL), ("high", FAIL), *[("critical", PASS)] * 9], "red", 0.59),
        ([("high", FAIL), *[("critical", PASS)] * 9], "amber", 72 / 76),
        ([("critical", FAIL), ("low", PASS)], "red", 1 / 9),
        ([("critical", NOT_CONNECTED), ("low", PASS)], "green", 1.0),
        ([("critical", NOT_CONNECTED), ("high", NOT_APPLICABLE)], "none", None),
    ],
)
def test_an_area_has_the_colour_and_score_of_the_domain_page(
    judged: list[tuple[str, Result]], colour: str, ratio: float | None
) -> None:
    found_colour, found_ratio = _score(*judged)
    assert found_colour == colour
    assert found_ratio == (None if ratio is None else pytest.approx(ratio))


def test_the_onboarding_meter_counts_automatic_items_only() -> None:
    area, items = _area("high", "high", "low")
    attested = dataclasses.replace(items[2], mode="attested")
    area = dataclasses.replace(area, items=(*items[:2], attested))
    findings = [_finding(UNKNOWN, items[0].id), _finding(NOT_CONNECTED, items[1].id), _finding(PASS, attested.id)]
    (found,) = scores.of_areas([area], findings, 2)
    assert (found.connected, found.automatic) == (1, 2)


def test_what_nobody_attested_stands_beside_the_score_and_so_does_a_score_that_rests_on_little() -> None:
    area, items = _area("high", "high", "low", "low")
    area = dataclasses.replace(
        area, items=(items[0], *(dataclasses.replace(each, mode="attested") for each in items[1:]))
    )
    findings = [_finding(PASS, items[0].id), *(_finding(NOT_CONNECTED, each.id) for each in items[1:])]
    (found,) = scores.of_areas([area], findings, 2)
    assert (found.colour, found.ratio, found.meter.zh) == ("green", 1.0, "1/1,人工 0/3")
    assert found.few is not None
    assert found.few.zh == "仅 1/4 项有结果"
    (half,) = scores.of_areas([area], [*findings[:1], _finding(WARN, items[1].id), *findings[2:]], 2)
    assert (half.meter.zh, half.few) == ("1/1,人工 1/3", None)


def test_what_people_saw_in_place_of_a_source_scores_and_connects_none() -> None:
    area, items = _area("high", "low")
    seen = dataclasses.replace(_finding(WARN, items[0].id), who="wang")
    (found,) = scores.of_areas([area], [seen, _finding(NOT_CONNECTED, items[1].id)], 2)
    assert (found.ratio, found.connected, found.automatic) == (0.5, 0, 2)
    assert scores.connected([area], [seen, _finding(FAIL, items[0].id)]) == {items[0].id}


def _finding(result: Result, item: str = "HOST-04") -> Finding:
    text = Text("", "")
    return Finding(item, "host_management", "host", Verdict(result, "localhost", text, text), 0.0)


def test_an_item_is_as_bad_as_its_worst_target_and_the_unconnected_ones_do_not_count() -> None:
    worst_first = [FAIL, UNKNOWN, WARN, PASS, NOT_CONNECTED]
    for position, worst in enumerate(worst_first):
        findings = [_finding(result) for result in reversed(worst_first[position:])]
        assert scores.item_results(findings) == {"HOST-04": worst}
