"""The page shows what is due today, and marks limits that the centre changed, as the report does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agent.core.checklist import Changed, Result, Rule
from agent.core.incident import Condition
from agent.core.text import Text
from exporters.web import pages
from exporters.web.findings import checklist_page
from exporters.web.look import Look
from tests.exporters.test_web_pages import HOSTILE
from tests.exporters.web_html import sound
from tests.exporters.web_pictures import AT, busy, calm

ZH, EN = Look("zh", "zh"), Look("en", "zh")


def entry(title: str, kind: str = "ticket", until: float | None = AT - 3600, **more: Any) -> dict[str, Any]:
    said = {"item": "NET-01", "entry": "RMD-0001", "target": "yibao", "by": ["wang"], **more}
    texts = {"title": {"zh": title, "en": title}, "says": {"zh": "查线路", "en": "look at the line"}}
    return {"kind": kind, "until": until, **texts, **said}


def due(*found: dict[str, Any], day: str = "2026-11-24", today: str = "2026-11-24") -> dict[str, Any]:
    return {"day": day, "today": today, "due": list(found)}


def words(text: str | None) -> str:
    return " ".join(sound(text).text.split())


def test_what_is_due_is_listed_with_its_time_and_whose_it_is() -> None:
    roles = entry("值班", kind="review", until=None, entry=None, target=None, by=["director", "deputy_director"])
    picture = replace(busy(), due=due(entry("专线中断"), roles))
    said = words(checklist_page(picture, "", ZH))
    assert "今日应办 2 件" in said
    assert "整改单RMD-0001NET-01专线中断医保专线2026-11-2409:04(已过期)查线路王工" in said.replace(" ", "")
    assert "主任、副主任" in said
    assert "due today: 2" in words(checklist_page(picture, "", EN))
    assert "今日应办 2 件" in words(pages.overview(picture, ZH))
    assert "今日应办" not in words(checklist_page(picture, "network_platform", ZH))


def test_on_a_closed_day_the_next_service_day_is_shown_and_a_day_without_duties_says_so() -> None:
    later = replace(calm(), due=due(entry("值班"), day="2026-11-25"))
    assert "2026-11-25 应办 1 件 2026-11-24 不对外服务" in words(checklist_page(later, "", ZH))
    assert "今日应办 0 件" in words(checklist_page(replace(calm(), due=due()), "", ZH))
    for nothing in ({}, {"day": None, "today": "2026-11-24", "due": []}):
        assert "应办" not in words(checklist_page(replace(calm(), due=nothing), "", ZH))


def test_what_is_more_than_a_screen_is_counted_and_a_hostile_title_stays_text() -> None:
    page = checklist_page(replace(calm(), due=due(*[entry(HOSTILE)] * 63)), "", ZH)
    assert HOSTILE[:24] in sound(page).text
    assert "另有 3 件" in words(page)
    assert "其余 57 件" in words(page)


def test_what_has_a_time_comes_before_what_was_never_done() -> None:
    said = words(checklist_page(replace(calm(), due=due(entry("早该做", until=None), entry("今天"))), "", ZH))
    assert said.index("今天") < said.index("早该做")
    assert "其余" not in said


def test_a_changed_limit_is_told_and_marks_the_findings_judged_by_it() -> None:
    picture = busy()
    finding = next(each for each in picture.findings if each.verdict.subject in {x.id for x in picture.site.targets})
    rule = Rule(Condition("x_ratio", above=0.8), Result.WARN)
    ours = Changed(finding.item, rule, "limit", 0.8, 0.9, finding.verdict.subject)
    told = Text("预警 x 高于 80% 改为 90%(比出厂值宽松)", "warn x above 80% is 90% (laxer than shipped)")
    shown = replace(picture, changed=(ours,), limits=(told,))
    said = words(checklist_page(shown, "", ZH))
    assert "本中心改过的阈值 预警 x 高于 80% 改为 90%(比出厂值宽松)" in said
    assert said.count("(阈值已改)") == 1
    elsewhere = replace(shown, changed=(replace(ours, target="another"),))
    assert "(阈值已改)" not in words(checklist_page(elsewhere, "", ZH))
    assert "阈值" not in words(checklist_page(picture, "", ZH))
