"""The rows of the printed report: what stands where, in which order, and what is marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from agent.core.calendar import Calendar
from agent.core.checklist import Finding, Result, Verdict
from agent.core.printed import Printed, Table
from agent.core.site import Center, Person, Site
from agent.core.text import Language, Text
from checks import scores
from checks.book import items_of, load
from checks.compared import Change, differences
from checks.printed import LONGEST, Beside, Overdue, printed
from checks.report import Report

AREAS = load()
AREA_OF = {item.id: item.area for item in items_of(AREAS)}
NOW = 1_795_000_000.0


def finding(item: str, result: Result, subject: str = "a", said: str = "93%", waiver: str = "") -> Finding:
    verdict = Verdict(result, subject, Text(said, said), Text("≤80%", "≤80%"), Text("清理", "clear it"))
    return Finding(item, AREA_OF[item], "host", verdict, NOW - 60, waiver=waiver)


def of(
    *findings: Finding, language: Language = "zh", everything: bool = False, beside: Beside | None = None
) -> Printed:
    people = (
        Person("wang", "王工", "network_administrator"),
        Person("zhou", "周", "full_time_deputy_director"),
        Person("old", "张", "director", until=date(2020, 1, 1)),
    )
    site = Site(Center("c", "测试中心", "普陀区"), Calendar(), Path("agent.yaml"), Path("var"), language, people=people)
    report = Report(AREAS, findings, scores.of_areas(AREAS, findings, 2), NOW - 60)
    return printed(report, site, beside or Beside("2026-0007", NOW, "ab" * 32), everything)


def section(sheet: Printed, start: str) -> Table:
    (found,) = [each for each in (*sheet.summary, *sheet.sections) if start in each.title]
    return found


def items(table: Table) -> list[str]:
    return [next(cell for cell in row.cells if "-" in cell).split()[0] for row in table.rows]


def test_what_fails_stands_first_and_advice_for_another_level_last_and_marked() -> None:
    sheet = of(
        finding("EMR-05", Result.FAIL),  # of level 3
        finding("HOST-02", Result.WARN),
        finding("HOST-04", Result.FAIL),
        finding("HOST-03", Result.PASS),
    )
    found = section(sheet, "不合格与预警")
    assert items(found) == ["HOST-04", "HOST-02", "EMR-05"]
    assert ["建议" in " ".join(row.cells) for row in found.rows] == [False, False, True]
    assert items(section(sheet, "首先")) == ["HOST-04", "HOST-02"]
    assert "不合格 1，预警 1，合格 1" in sheet.verdict
    assert "另有建议项（三级要求，不计分）不合格 1 项，其中严重：EMR-05 监控与告警通道自检。" in sheet.verdict
    assert "建议项" not in of(finding("HOST-04", Result.FAIL)).verdict


def test_no_source_and_no_reading_are_listed_with_what_would_connect_them() -> None:
    sheet = of(finding("HOST-04", Result.NOT_CONNECTED), finding("HOST-02", Result.UNKNOWN))
    table = section(sheet, "无数据与未接入")
    assert items(table) == ["HOST-02", "HOST-04"]
    assert [row.cells[-1] for row in table.rows] == ["清理", "≤80%"]
    assert not section(sheet, "不合格与预警").rows
    assert items(section(sheet, "首先")) == ["HOST-02"]


def test_what_is_waived_stays_to_be_seen() -> None:
    sheet = of(finding("HOST-04", Result.NOT_APPLICABLE, waiver="EXC-0001", said="豁免至"))
    assert items(section(sheet, "豁免")) == ["HOST-04"]


def test_what_passes_stands_there_only_if_all_is_asked_for() -> None:
    passing = finding("HOST-04", Result.PASS)
    assert not any("HOST-04" in items(table) for table in of(passing).sections)
    assert items(section(of(passing, everything=True), "合格与不适用")) == ["HOST-04"]


def test_the_same_words_about_several_subjects_are_one_row() -> None:
    (row,) = section(of(finding("HOST-04", Result.FAIL, "a"), finding("HOST-04", Result.FAIL, "b")), "一、").rows
    assert "a、b" in row.cells


def test_the_first_page_counts_the_subjects_that_it_does_not_name() -> None:
    sheet = of(*(finding("HOST-04", Result.FAIL, "很长的名称" * 9 + str(place), said=str(place)) for place in range(8)))
    (row,) = section(sheet, "首先").rows
    assert row.cells[3].endswith("…等 8 个")


def test_many_subjects_are_said_by_their_numbers_and_counted() -> None:
    (row,) = section(
        of(*(finding("HOST-04", Result.NOT_CONNECTED, f"pc-{n}", str(n)) for n in range(1, 22))), "二、"
    ).rows
    assert row.cells[3] == "pc-1 … pc-21，共 21 个"


def test_subjects_for_which_a_row_has_no_room_stand_in_the_annex() -> None:
    names = [f"{chr(97 + n)}-很长的名称" for n in range(21)]
    sheet = of(*(finding("HOST-04", Result.NOT_CONNECTED, name) for name in reversed(names)))
    (row,) = section(sheet, "二、").rows
    assert row.cells[3].startswith("a-很长的名称、b-很长的名称、")
    assert row.cells[3].endswith("等 21 个（见附表）")
    annex = section(sheet, "附表")
    assert "、".join(each.cells[1] for each in annex.rows).split("、") == names
    assert "附表" not in "".join(each.title for each in of(finding("HOST-04", Result.FAIL)).sections)


def test_what_is_to_be_done_about_each_subject_is_said_and_not_that_of_the_first_alone() -> None:
    found = [finding("HOST-04", Result.FAIL, each) for each in ("a", "b")]
    told = [
        replace(each, verdict=replace(each.verdict, remedy=Text(f"查{each.verdict.subject}", ""))) for each in found
    ]
    (row,) = section(of(*told), "一、").rows
    assert row.cells[-1] == "查a；查b"


def test_a_critical_item_that_warns_comes_before_a_lesser_one_without_a_reading_and_after_what_fails() -> None:
    results = {"HOST-02": Result.UNKNOWN, "NET-01": Result.WARN, "HOST-03": Result.FAIL}
    sheet = of(*(finding(item, result) for item, result in results.items()))
    assert items(section(sheet, "首先")) == ["HOST-03", "NET-01", "HOST-02"]


def test_beside_a_score_stand_the_sources_it_rests_on_and_what_people_attested() -> None:
    sheet = of(finding("HOST-04", Result.PASS))
    table = section(sheet, "各方面")
    (row,) = [row for row in table.rows if "主机管理" in row.cells]
    assert (row.cells[2], row.cells[-1]) == ("100※", "1/16,人工 0/1")
    assert table.note == "※ 有结果的不到应查项的一半：主机管理 1/17"


def test_who_left_the_post_does_not_sign() -> None:
    assert [each.name for each in of().signatures] == ["王工", "周", ""]


def test_overdue_tickets_are_named_with_their_owner_and_counted_in_the_verdict() -> None:
    late = Overdue("REM-0001", "HOST-04", "a", "wang", NOW - 20 * 86400, NOW - 86400)
    sheet = of(beside=Beside("2026-0007", NOW, "", overdue=[late]))
    (row,) = section(sheet, "逾期").rows
    assert (row.cells[0], row.cells[3]) == ("REM-0001", "王工")
    assert "逾期 1 单" in sheet.verdict


def test_a_table_never_cuts_rows_in_silence() -> None:
    many = [finding("HOST-04", Result.FAIL, f"h{place}", said=str(place)) for place in range(LONGEST + 3)]
    table = section(of(*many), "一、")
    assert (len(table.rows), "3" in table.note) == (LONGEST, True)


def test_marks_of_direction_and_control_do_not_reach_the_rows() -> None:
    (row,) = section(of(finding("HOST-04", Result.FAIL, "a\u202eb\x1b[31m", said="x\x00\u2028y")), "一、").rows
    assert "ab[31m" in row.cells
    assert "xy" in row.cells


def test_english_by_setting() -> None:
    sheet = of(finding("HOST-04", Result.FAIL), language="en")
    assert sheet.verdict.startswith("1 items: 1 fail")
    texts = [sheet.title, sheet.pages, *(name for name, _ in sheet.facts), *(each.title for each in sheet.sections)]
    assert all(text.isascii() for text in texts)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (Result.PASS, Result.FAIL, "worse"),
        (Result.WARN, Result.UNKNOWN, "worse"),
        (Result.FAIL, Result.WARN, "better"),
        (Result.NOT_CONNECTED, Result.FAIL, "new"),
        (None, Result.WARN, "new"),
        (Result.FAIL, None, "gone"),
        (Result.FAIL, Result.NOT_APPLICABLE, "gone"),
        (Result.FAIL, Result.FAIL, None),
        (Result.NOT_CONNECTED, Result.PASS, None),
        (None, Result.PASS, None),
    ],
)
def test_what_changed_since_the_report_before(
    before: Result | None, after: Result | None, change: Change | None
) -> None:
    old = [finding("HOST-04", before)] if before else []
    new = [finding("HOST-04", after)] if after else []
    assert [each.change for each in differences(old, new)] == ([change] if change else [])


def test_what_is_worse_stands_before_what_is_better_and_names_the_report_before() -> None:
    changed = differences(
        [finding("HOST-04", Result.PASS), finding("HOST-02", Result.FAIL)],
        [finding("HOST-04", Result.FAIL), finding("HOST-02", Result.PASS)],
    )
    sheet = of(beside=Beside("2026-0007", NOW, "", before="2026-0006", differences=changed))
    table = section(sheet, "2026-0006")
    assert [row.cells[0] for row in table.rows] == ["变差", "好转"]
    assert "比 2026-0006 新增或变差 1 处" in sheet.verdict
