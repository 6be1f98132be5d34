"""What a run shows: one screen for people and one document for programs, from the same findings."""

from __future__ import annotations

import dataclasses
import io
import json

import pytest
from rich.console import Console

from agent.core.checklist import Finding, Result, Verdict
from agent.core.model import Target
from agent.core.snapshot import Snapshot
from agent.core.text import Language, Text
from checks import report
from checks.running import Checklist
from checks.screen import table
from tests.checks import scene
from tests.checks.scene import NOON


def _ran(snapshot: Snapshot, *targets: Target) -> report.Report:
    checklist = Checklist(scene.AREAS, scene.COLLECTORS, snapshot, scene.site(*targets))
    checklist.run(NOON)
    return checklist.report()


def _centre(hosts: int = 1) -> report.Report:
    watch = scene.Watchers("NET-01", scene.LINE)
    targets = [Target("host", f"host-{number:02}", "", every=30) for number in range(hosts)]
    for target in targets:
        usage = scene.USAGE.sample(0.4, mountpoint="/")
        watch.read(target, NOON, usage, scene.TO_FULL.sample(float("inf"), mountpoint="/"))
    watch.read(targets[0], NOON, scene.USAGE.sample(0.93, mountpoint="[red]/var"))
    watch.read(scene.LINE, NOON, scene.LINE_UP.sample(1))
    return _ran(watch.snapshot, scene.LINE, scene.SWITCH, *targets)


def _screen(shown: report.Report, language: Language, width: int = 120) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(table(shown, language))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_screen_shows_areas_with_their_onboarding_and_the_worst_finding_first() -> None:
    lines = [" ".join(line.split()) for line in _screen(_centre(), "zh").splitlines() if line.strip()]
    assert lines[1] == "网络平台 绿 100 1/2"
    assert lines[2] == "主机管理 黄 0 1/1"
    assert lines[4].startswith("不合格 HOST-04 磁盘与 inode 用量 host-00 [red]/var 已用 93%；应 ≤80% 按 IR-12")
    assert lines[5].startswith("合格 NET-01 条线专线连通(逐线) yibao tcp探测 tcp 有应答；专线通")
    assert lines[6].startswith("未接入 NET-05 网络设备在线与异常重启 core 已配置,尚无读数；需接入 SNMP")


def test_the_document_is_read_as_it_was_written() -> None:
    shown = _centre()
    assert report.read(report.document(shown), shown.areas).scores == shown.scores


def test_advice_that_fails_is_said_on_the_screen_and_in_the_document_although_it_scores_nothing() -> None:
    shown = _centre()
    areas = tuple(
        dataclasses.replace(
            area, items=tuple(dataclasses.replace(item, level=3, severity="critical") for item in area.items)
        )
        for area in shown.areas
    )
    advised = dataclasses.replace(shown, areas=areas)
    said = "另有建议项（三级要求，不计分）不合格 1 项，其中严重：HOST-04 磁盘与 inode 用量。"
    assert said in _screen(advised, "zh")
    assert "HOST-04 磁盘与 inode 用量(建议)" in _screen(advised, "zh", 240)
    assert report.document(advised)["advice_failing"] == ["HOST-04"]
    assert "建议项" not in _screen(shown, "zh")


def test_the_screen_speaks_english_by_setting() -> None:
    screen = " ".join(_screen(_centre(), "en", width=220).split())
    assert "fail HOST-04 Disk and inode usage host-00 [red]/var is 93% full; should be ≤80%" in screen
    assert "Network platform green 100 1/2" in screen


def test_what_is_said_in_the_same_words_about_several_targets_is_one_row() -> None:
    shown = _centre()
    (failing,) = [each for each in shown.findings if each.verdict.result is Result.FAIL]
    several = tuple(
        dataclasses.replace(failing, verdict=dataclasses.replace(failing.verdict, subject=f"pc-{n}"))
        for n in (10, 9, 8, 11, 2)
    )
    screen = _screen(dataclasses.replace(shown, findings=several), "zh", 240)
    assert screen.count("HOST-04") == 1
    assert "pc-2, pc-8 … pc-11,共 5 个" in screen


def test_a_hundred_hosts_that_pass_are_one_row() -> None:
    screen = _screen(_centre(hosts=101), "zh", 200)
    assert "共 100 个" in screen
    assert len(screen.splitlines()) < 25


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_finding_is_lost_on_a_narrow_screen(width: int) -> None:
    screen = _screen(_centre(), "zh", width)
    squeezed = "".join(screen.split())
    assert all(word in screen for word in ("不合格", "未接入"))
    assert "93%" in squeezed


def test_a_verdict_that_stands_on_an_old_reading_says_how_old() -> None:
    shown = dataclasses.replace(_centre(), at=NOON + 605)
    assert "/var 已用 93%；应 ≤80%(10 分钟前的读数)" in _screen(shown, "zh", 200)
    assert "(read 10 min ago)" in _screen(shown, "en", 250)
    assert "前的读数" not in _screen(dataclasses.replace(_centre(), at=NOON + 60), "zh", 200)


def test_the_document_is_json_and_reads_back_as_the_same_run() -> None:
    shown = _centre(hosts=2)
    written = json.dumps(report.document(shown), ensure_ascii=False, allow_nan=False)
    again = report.read(json.loads(written), scene.AREAS)
    assert report.document(again) == report.document(shown)
    assert again.scores == shown.scores
    assert sorted(map(repr, again.findings)) == sorted(map(repr, shown.findings))


def test_the_document_names_result_texts_and_evidence() -> None:
    document = report.document(_centre())
    worst = document["findings"][0]
    assert (worst["item"], worst["result"], worst["subject"]) == ("HOST-04", "fail", "host-00")
    assert worst["expected"] == {"zh": "≤80%", "en": "≤80%"}
    assert worst["playbooks"] == ["IR-12"]
    assert worst["evidence"][0]["value"] == 0.93
    assert document["counts"]["not_connected"] == 1
    assert document["areas"][0]["area"] == "network_platform"


def _finding(result: Result, item: str = "HOST-04") -> Finding:
    text = Text("", "")
    return Finding(item, "host_management", "host", Verdict(result, "localhost", text, text), NOON)


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([], 0),
        ([Result.PASS, Result.WARN], 0),
        ([Result.NOT_CONNECTED, Result.NOT_APPLICABLE], 0),
        ([Result.PASS, Result.UNKNOWN], 3),
        ([Result.UNKNOWN, Result.FAIL], 1),
    ],
)
def test_the_exit_code_says_fail_before_unknown(results: list[Result], code: int) -> None:
    assert report.exit_code([_finding(result) for result in results]) == code


def test_what_a_store_kept_is_shown_with_scores_and_without_items_that_are_gone() -> None:
    shown = report.latest([_finding(Result.PASS), _finding(Result.FAIL, "OLD-01")], scene.AREAS, scene.site(scene.HOST))
    assert [finding.item for finding in shown.findings] == ["HOST-04"]
    assert [(score.ratio, score.connected) for score in shown.scores] == [(None, 0), (1.0, 1)]
    assert shown.at == NOON


def test_nothing_kept_is_an_empty_report_and_not_an_error() -> None:
    assert report.latest([], scene.AREAS, scene.site()).at == 0
    assert report.exit_code([]) == 0


def test_targets_that_are_gone_and_items_that_have_one_by_now_are_not_shown_as_before() -> None:
    text = Text("", "")
    none_yet = Finding("HOST-04", "host_management", "center", Verdict(Result.NOT_CONNECTED, "c", text, text), NOON)
    gone = Finding("HOST-04", "host_management", "host", Verdict(Result.FAIL, "old", text, text), NOON)
    kept = [none_yet, gone, _finding(Result.PASS)]
    shown = report.latest(kept, scene.AREAS, scene.site(scene.HOST))
    assert [finding.verdict.subject for finding in shown.findings] == ["localhost"]
    assert report.latest(kept, scene.AREAS, scene.site()).findings == (none_yet,)
