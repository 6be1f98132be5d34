"""The opening and the closing check: which answer, whom it hurts, what first, and when it is time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.calendar import Calendar
from agent.core.checklist import Finding, Result, Verdict
from agent.core.facts import Situation
from agent.core.incident import Incident
from agent.core.model import Dependency, Metric, Reading, Sample, Target
from agent.core.site import Center, Counter, Site
from agent.core.text import Text
from checks import metrics
from checks.book import items_of, load
from checks.readiness import Readiness, Seen, closing, document, due_at, hurt, is_due, opening
from playbooks.book import load as load_books

CALENDAR = Calendar()
TUESDAY = CALENDAR.moment(CALENDAR.local(1_795_500_000).date())  # 2026-11-24 00:00 there
AREAS = load()
BOOKS = {each.id: each for each in load_books()}
ITEMS = {item.id: item for item in items_of(AREAS)}
CORE = Target("switch", "core", "核心交换机")
LINE = Target("line", "yibao", "医保专线")
BACKUP = Target("backup", "database", "业务库")
SITE = Site(
    Center("test", "测试中心", "普陀区"),
    CALENDAR,
    Path("/agent.yaml"),
    Path("/var"),
    targets=(CORE, LINE, BACKUP),
    counters=tuple(Counter(str(each), f"{each}号窗口", (Dependency(("yibao",)),)) for each in (1, 2)),
)
LINE_UP = Metric("line_up", "gauge", "0/1", (), "")
LAST = Metric("backup_last_success_timestamp_seconds", "gauge", "Unix seconds", (), "")
EVERY = Metric("backup_interval_seconds", "gauge", "seconds", (), "")


def at(hour: int, minute: int = 0, days: int = 0) -> float:
    return CALENDAR.moment(CALENDAR.local(TUESDAY + days * 86400).date(), hour * 60 + minute)


def finding(item: str, target: Target, result: Result) -> Finding:
    verdict = Verdict(result, target.id, Text("不好", "bad"), Text("好", "good"), Text("去看", "go and look"))
    return Finding(item, ITEMS[item].area, target.kind, verdict, at(8))


def incident(playbook: str, target: Target, class_: str, acknowledged: str | None = None) -> Incident:
    said = Incident("INC", playbook, target.kind, target.id, "P2", at(8), acknowledged_by=acknowledged)
    return replace(said, class_=class_)


def seen(
    *findings: Finding,
    incidents: Sequence[Incident] = (),
    samples: Sequence[tuple[Target, Sample]] = (),
    signed: bool | None = True,
    now: float = at(8, 10),
    judged: float | None = None,
) -> Seen:
    readings = [Reading(target, "x", now - 5, 0.0, (sample,)) for target, sample in samples]
    situation = Situation.at(SITE, BOOKS, readings, incidents)
    return Seen(situation, incidents, AREAS, findings, 2, now if judged is None else judged, signed, now)


def abouts(found: Readiness, part: str) -> list[str]:
    return [each["about"] for each in document(found)[part]]


def test_it_is_ready_where_nothing_fails() -> None:
    found = opening(seen(finding("NET-05", CORE, Result.PASS), finding("NET-19", CORE, Result.WARN)))
    assert (found.answer, found.blocks, found.unsure) == ("ready", (), ())


def test_a_line_that_is_down_says_whom_it_hurts_and_what_to_do_first() -> None:
    found = opening(seen(incidents=[incident("IR-04", LINE, "P2")], samples=[(LINE, LINE_UP.sample(0))]))
    assert found.answer == "not_ready"
    (line,) = document(found)["blocks"]
    assert line["hurt"] == {"zh": "1-2号窗口", "en": "1-2号窗口"}
    assert "医保专线" in line["what"]["zh"]
    assert line["first"]["zh"]


def test_a_line_that_went_down_just_now_hurts_before_any_incident_is_open() -> None:
    warned = finding("NET-01", LINE, Result.WARN)
    found = opening(seen(warned, finding("NET-19", LINE, Result.FAIL), samples=[(LINE, LINE_UP.sample(0))]))
    assert (found.answer, abouts(found, "blocks"), abouts(found, "watch")) == ("not_ready", ["down"], ["NET-19"])
    (line,) = document(found)["blocks"]
    assert (line["hurt"]["zh"], line["first"]["zh"]) == ("1-2号窗口", "去看")
    assert opening(seen(warned, samples=[(LINE, LINE_UP.sample(1))])).answer == "ready"


def test_an_incident_that_hurts_nobody_is_told_and_hinders_nothing_but_for_the_gravest() -> None:
    assert opening(seen(incidents=[incident("IR-19", CORE, "P3")])).answer == "ready"
    assert abouts(opening(seen(incidents=[incident("IR-19", CORE, "P3")])), "watch") == ["INC"]
    assert opening(seen(incidents=[incident("IR-19", CORE, "P1")])).answer == "not_ready"


def test_a_critical_item_that_fails_hinders_and_a_high_one_is_told() -> None:
    found = opening(seen(finding("NET-11", CORE, Result.FAIL), finding("NET-19", CORE, Result.FAIL)))
    assert (found.answer, abouts(found, "blocks"), abouts(found, "watch")) == ("not_ready", ["NET-11"], ["NET-19"])


def test_what_an_open_incident_speaks_of_is_said_once() -> None:
    found = opening(seen(finding("NET-01", LINE, Result.FAIL), incidents=[incident("IR-04", LINE, "P1")]))
    assert abouts(found, "blocks") == ["INC"]


def test_a_silent_source_is_never_ready() -> None:
    critical = opening(seen(finding("NET-05", CORE, Result.UNKNOWN)))
    needed = opening(seen(finding("NET-19", LINE, Result.UNKNOWN)))
    assert (critical.answer, needed.answer) == ("unsure", "unsure")
    assert document(needed)["unsure"][0]["needing"]["zh"] == "1-2号窗口"


def test_a_run_that_is_too_old_and_one_that_never_was_are_never_ready() -> None:
    assert opening(seen(judged=0.0)).answer == "unsure"
    assert opening(seen(judged=at(8, 4))).answer == "unsure"
    assert opening(seen(judged=at(8, 6))).answer == "ready"
    assert closing(seen(judged=0.0)).answer == "unsure"


def test_critical_items_without_a_source_are_named_and_advice_is_not_asked() -> None:
    without = [finding(item, CORE, Result.NOT_CONNECTED) for item in ("PHY-01", "PHY-09")]
    found = opening(seen(*without, finding("NET-06", CORE, Result.FAIL)))  # PHY-09 and NET-06 are of level 3
    assert (found.answer, found.blind, found.watch) == ("ready", ("PHY-01",), ())


@pytest.mark.parametrize("item", ["PHY-09", "HOST-16"])  # water in the machine room, a canary that was touched
def test_danger_that_was_seen_hinders_although_the_item_is_advice(item: str) -> None:
    read = replace(finding(item, CORE, Result.FAIL), evidence=({"metric": "x", "labels": {}, "value": 1.0},))
    attested = replace(finding(item, CORE, Result.FAIL), who="wang")
    for each in (read, attested):
        found = opening(seen(each))
        assert (found.answer, abouts(found, "blocks")) == ("not_ready", [item])
        (line,) = document(found)["blocks"]
        assert "(建议项)" in line["what"]["zh"]
        assert line["first"]["zh"] == "去看"


def test_an_item_is_told_once_with_all_its_subjects_and_whom_they_hurt() -> None:
    found = [finding("NET-18", each, Result.FAIL) for each in (BACKUP, LINE, CORE)]
    answer = opening(seen(*found, samples=[(LINE, LINE_UP.sample(1))]))
    (line,) = document(answer)["blocks"]
    assert line["targets"] == ["core", "database", "yibao"]
    title = ITEMS["NET-18"].title.zh
    assert line["what"]["zh"] == f"核心交换机(core)、业务库(database)、医保专线(yibao):{title},不好"
    assert (line["needing"]["zh"], line["hurt"]) == ("1-2号窗口", None)


def test_many_subjects_are_counted() -> None:
    switches = tuple(Target("switch", f"{chr(97 + n)}-sw", "很长的交换机名称") for n in range(20))
    site = replace(SITE, targets=switches)
    asked = seen(*(finding("NET-18", each, Result.FAIL) for each in switches))
    answer = opening(replace(asked, situation=Situation.at(site, BOOKS, (), ())))
    (line,) = document(answer)["blocks"]
    assert "等 20 个:" in line["what"]["zh"]
    assert len(line["what"]["zh"]) < 120


def test_advice_whose_source_is_lost_is_told_and_hinders_nothing() -> None:
    for result in (Result.FAIL, Result.UNKNOWN):
        found = opening(seen(finding("PHY-09", CORE, result)))
        assert (found.answer, abouts(found, "watch")) == ("ready", ["PHY-09"])


def test_nobody_leaves_while_there_is_water_and_other_dangers_are_told() -> None:
    evidence = ({"metric": "x", "labels": {}, "value": 1.0},)
    water, canary = (replace(finding(item, CORE, Result.FAIL), evidence=evidence) for item in ("PHY-09", "HOST-16"))
    found = closing(seen(water, canary, now=at(16, 40)))
    assert (found.answer, abouts(found, "blocks"), abouts(found, "watch")) == ("not_ready", ["PHY-09"], ["HOST-16"])


def test_before_leaving_the_sheet_is_signed_and_incidents_are_acknowledged() -> None:
    now = at(16, 40)
    assert closing(seen(now=now)).answer == "ready"
    assert closing(seen(now=now, signed=None)).answer == "ready"  # nobody is served on that day
    assert abouts(closing(seen(now=now, signed=False)), "blocks") == ["sheet"]
    assert closing(seen(now=now, incidents=[incident("IR-19", CORE, "P3")])).answer == "not_ready"
    known = closing(seen(now=now, incidents=[incident("IR-19", CORE, "P3", "wang")]))
    assert (known.answer, abouts(known, "watch")) == ("ready", ["INC"])


@pytest.mark.parametrize(
    ("item", "result", "answer"),
    [
        ("PHY-12", Result.WARN, "not_ready"),  # the door
        ("PHY-04", Result.FAIL, "not_ready"),  # the UPS
        ("PHY-07", Result.WARN, "ready"),
        ("BAK-01", Result.FAIL, "not_ready"),
        ("BAK-01", Result.UNKNOWN, "unsure"),
        ("NET-02", Result.FAIL, "ready"),  # waits until tomorrow
    ],
)
def test_before_leaving_door_ups_and_backups_are_in_order(item: str, result: Result, answer: str) -> None:
    assert closing(seen(finding(item, CORE, result), now=at(16, 40))).answer == answer


def test_before_leaving_the_backups_of_the_night_are_named() -> None:
    def told(last: float, days: float) -> list[str]:
        samples = [(BACKUP, LAST.sample(last)), (BACKUP, EVERY.sample(days * 86400))]
        readings = [Reading(BACKUP, "x", at(16, 40), 0.0, tuple(sample for _, sample in samples))]
        found = seen(now=at(16, 40))
        situation = Situation.at(SITE, {}, readings, ())
        return [each.target for each in closing(replace(found, situation=situation)).watch]

    assert told(at(2), 1) == ["database"]  # at two in the night again
    assert told(at(2), 7) == []


def test_the_opening_check_is_twenty_minutes_before_service_and_is_made_up_for_until_it_ends() -> None:
    assert due_at("opening", CALENDAR, at(0)) == at(8, 10)
    assert due_at("closing", CALENDAR, at(0)) == at(16, 40)
    assert due_at("opening", CALENDAR, at(9, days=4)) is None  # a Saturday
    cases = [(at(8, 9), None), (at(8, 10), None), (at(12), at(8, 10)), (at(12), at(8, 10, -1)), (at(16, 30), None)]
    assert [is_due("opening", CALENDAR, now, last) for now, last in cases] == [False, True, False, True, False]
    assert is_due("closing", CALENDAR, at(23), at(16, 40, -1))
    assert not is_due("closing", CALENDAR, at(16, 39), None)


def test_what_hinders_is_told_as_metrics_by_counter() -> None:
    for samples, incidents, answer, counters in (
        ([(LINE, LINE_UP.sample(0))], [incident("IR-04", LINE, "P2")], "not_ready", {"1", "2"}),
        ([(LINE, LINE_UP.sample(0))], [], "not_ready", {"1", "2"}),
        ([(LINE, LINE_UP.sample(1))], [incident("IR-01", CORE, "P1")], "not_ready", set()),
        ([(LINE, LINE_UP.sample(1))], [], "ready", set()),
    ):
        scene = seen(incidents=incidents, samples=samples)
        found = opening(scene)
        told = list(metrics.opening(found.answer, ["1", "2"], hurt(found, scene.situation)))
        assert {each.labels[0] for each in told if each.metric is metrics.OPENING and each.value} == {answer}
        assert {each.labels[0] for each in told if each.metric is metrics.HURT and each.value} == counters
        assert len(told) == 5
