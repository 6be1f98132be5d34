"""The checklist's page leads from an area to what was found and what to do about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.checklist import Result, Score
from agent.core.text import Text
from exporters.web import pages
from exporters.web.findings import checklist_page
from exporters.web.look import Look
from tests.exporters.test_web_pages import HOSTILE
from tests.exporters.web_html import sound
from tests.exporters.web_pictures import AREAS, DISKS, NETWORK, busy, calm, empty, finding
from tests.exporters.web_serving import ask

ZH, EN = Look("zh", "zh"), Look("en", "zh")


def words(text: str | None) -> str:
    return " ".join(sound(text).text.split())


def packed(text: str | None) -> str:
    """Without spaces: cells of a table stand side by side."""
    return "".join(sound(text).text.split())


def test_every_area_and_its_result_on_the_overview_lead_to_its_findings() -> None:
    links = sound(pages.overview(calm(), ZH)).links
    assert links.count("/checklist/network_platform") == 2
    assert "/checklist" in links


def test_findings_stand_worst_first_with_what_is_so_what_should_be_and_what_to_do() -> None:
    said = packed(checklist_page(busy(), "", ZH))
    order = [said.index(each) for each in ("不合格NET-05", "无数据NET-05", "预警HOST-04", "通,丢包0%", "未接入HOST-04")]
    assert order == sorted(order)
    assert (
        "不合格NET-05各条线专线可达、无长期丢包医保专线不通应:应正常按分段定位结果报障IR-04单条线专线中断30秒" in said
    )
    assert "2小时" in said
    assert "should be: should be well" in words(checklist_page(busy(), "", EN))


def test_within_a_result_the_graver_item_stands_first() -> None:
    both = (finding(DISKS, "host", "a", Result.FAIL, "full"), finding(NETWORK, "line", "b", Result.FAIL, "down"))
    said = words(checklist_page(replace(calm(), findings=both), "", ZH))
    assert said.index("NET-05") < said.index("HOST-04")


def test_an_area_shows_its_own_findings_only() -> None:
    said = words(checklist_page(busy(), "host_management", ZH))
    assert "HOST-04" in said
    assert "NET-05" not in said
    assert checklist_page(busy(), "no_such_area", ZH) is None


def test_a_playbook_leads_to_its_open_incident_on_the_subject_else_to_itself_else_nowhere() -> None:
    links = sound(checklist_page(busy(), "", ZH)).links
    assert "/incidents/20261124-1" in links
    assert "/playbooks/IR-04" in links
    assert not any("IR-99" in link for link in links)


def test_advice_that_fails_and_a_score_that_rests_on_little_are_said() -> None:
    advice, score = Text("另有建议项不合格 1 项", "1 fails"), Score("network_platform", "green", 1.0, 1, 9, 0, 4, 1, 13)
    page = words(checklist_page(replace(calm(), advice=advice, scores=(score,)), "", ZH))
    assert all(said in page for said in ("另有建议项不合格 1 项", "1/9,人工 0/4", "仅 1/13 项有结果"))


def test_what_is_said_in_the_same_words_about_several_subjects_is_one_row_that_leads_to_each() -> None:
    switches = [finding(NETWORK, "switch", f"sw-{n}", Result.FAIL, "不通") for n in (10, 9, 8, 11)]
    lines = [finding(NETWORK, "line", each, Result.WARN, "丢包") for each in ("yibao", "laodong")]
    text = checklist_page(replace(busy(), findings=(*switches, *lines)), "", ZH)
    assert "sw-8 … sw-11,共 4 个" in words(text)
    assert (text or "").count("<tr class=") == 2
    assert {"/targets/yibao", "/targets/laodong"} <= set(sound(text).links)


def test_a_playbook_that_the_remedy_names_and_that_does_not_exist_is_named_once() -> None:
    text = Text("整改按 IR-98", "remediation by IR-98")
    item = replace(NETWORK, remedy=text, playbooks=("IR-98", "IR-99"))
    found = finding(item, "line", "yibao", Result.FAIL, "不通")
    said = words(checklist_page(replace(calm(), areas=(replace(AREAS[0], items=(item,)),), findings=(found,)), "", ZH))
    assert (said.count("IR-98"), said.count("IR-99")) == (1, 1)


def test_a_finding_above_the_level_of_the_centre_is_marked_as_advice() -> None:
    areas = (replace(AREAS[0], items=(replace(NETWORK, level=3),)),)
    found = finding(NETWORK, "line", "yibao", Result.FAIL, "不通")
    for level, marked in ((2, True), (3, False)):
        picture = replace(calm(), areas=areas, findings=(found,), level=level)
        assert (f"{NETWORK.title.zh} 建议" in words(checklist_page(picture, "", ZH))) is marked


def test_before_the_first_run_the_page_says_so() -> None:
    assert "还没有检查结果" in words(checklist_page(empty(), "", ZH))


def test_hostile_text_in_a_finding_stays_text() -> None:
    bad = Text(HOSTILE, HOSTILE)
    item = replace(NETWORK, id=HOSTILE, title=bad, playbooks=(HOSTILE,))
    found = finding(item, HOSTILE, HOSTILE, Result.FAIL, HOSTILE)
    found = replace(found, who=HOSTILE, verdict=replace(found.verdict, remedy=bad, expected=bad))
    areas = (replace(AREAS[0], title=bad, items=(item,)),)
    text = checklist_page(replace(calm(), areas=areas, findings=(found,)), "", ZH) or ""
    sound(text)
    assert "<script" not in text
    assert "<img" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("path", ["/checklist", "/checklist/network_platform", "/playbooks/IR-04"])
def test_the_pages_are_served(path: str) -> None:
    answer = ask(path)
    assert answer.status == 200
    sound(answer.text)


@pytest.mark.parametrize("path", ["/checklist/nowhere", "/playbooks/IR-99"])
def test_what_there_is_not_is_not_found(path: str) -> None:
    assert ask(path).status == 404
