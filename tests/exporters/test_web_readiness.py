"""The page of the checklist answers whether the doors can be opened, and shows each area's onboarding and trend."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exporters.web import pages
from exporters.web.findings import checklist_page
from exporters.web.look import Look
from tests.exporters.test_web_pages import HOSTILE
from tests.exporters.web_html import sound
from tests.exporters.web_pictures import AT, busy, calm

ZH, EN = Look("zh", "zh"), Look("en", "zh")


def line(what: str, about: str = "NET-01", target: str = "yibao", hurt: str = "", first: str = "") -> dict[str, Any]:
    texts = {"what": what, "hurt": hurt, "needing": "", "first": first}
    both = {name: {"zh": text, "en": text} if text else None for name, text in texts.items()}
    return {"about": about, "target": target, **both}


def answer(check: str, said: str, *blocks: dict[str, Any], at: float = AT - 6900) -> dict[str, Any]:
    return {"check": check, "at": at, "answer": said, "blocks": blocks, "unsure": [], "watch": [], "not_connected": []}


def words(text: str | None) -> str:
    return " ".join(sound(text).text.split())


def test_the_page_says_whether_the_doors_can_be_opened_whom_it_hurts_and_what_first() -> None:
    (incident, *_) = busy().incidents
    block = line("医保专线:中断", incident.id, hurt="1-8号窗口", first="看光猫")
    picture = replace(busy(), readiness={"opening": answer("opening", "not_ready", block)})
    page = checklist_page(picture, "", ZH)
    said = words(page)
    assert "开门检查 还不能开门 2026-11-24 08:09" in said
    assert said.index("影响:1-8号窗口") < said.index("先做:看光猫")
    assert f"/incidents/{incident.id}" in sound(page).links
    assert "Not ready to open" in words(checklist_page(picture, "", EN))
    assert "还不能开门" in words(pages.overview(picture, ZH))
    assert "还不能开门" not in words(checklist_page(picture, "network_platform", ZH))


def test_an_answer_of_another_day_says_so() -> None:
    old = replace(calm(), readiness={"closing": answer("closing", "ready", at=AT - 86400)})
    assert "下班检查 可以下班 2026-11-23 10:04(不是今天的)" in words(checklist_page(old, "", ZH))


def test_more_than_a_screen_of_hindrances_is_counted() -> None:
    many = answer("opening", "not_ready", *(line(f"线路{place}") for place in range(9)))
    said = words(checklist_page(replace(calm(), readiness={"opening": many}), "", ZH))
    assert ("线路5" in said, "线路6" in said, "另有 3 条" in said) == (True, False, True)


def test_a_hostile_line_stays_text() -> None:
    picture = replace(calm(), readiness={"opening": answer("opening", "not_ready", line(HOSTILE, HOSTILE, HOSTILE))})
    page = checklist_page(picture, "", ZH)
    assert HOSTILE[:24] in sound(page).text
    assert "<script>" not in (page or "")


def test_an_area_shows_how_much_is_connected_and_its_score_of_a_week_ago() -> None:
    days = {"2026-11-10": 0.1, "2026-11-18": 0.5, "2026-11-20": 0.7, "2026-11-24": 0.9}
    trend = {day: {"network_platform": {"colour": "amber", "ratio": ratio}} for day, ratio in days.items()}
    page = checklist_page(replace(calm(), trend=trend), "", ZH)
    assert "接入率 2/2 11-18 为 50%" in words(page)
    assert '<meter value="1.00"' in (page or "")
