"""An incident on a terminal tells a duty person the same as its page, on one screen, with the facts filled in."""

from __future__ import annotations

import json
from dataclasses import replace

from agent.core.incident import Change, Incident
from agent.core.model import Diagnosis, Metric
from agent.core.site import Center
from agent.core.text import Text
from exporters.web.terminal import incident_document, incident_text
from exporters.web.view import Picture
from tests.exporters.test_web_pages import hostile_picture
from tests.exporters.web_pictures import AT, SITE, busy, reading

UP = Metric("line_up", "gauge", "0/1", (), "")


def shown(picture: Picture) -> str:
    return incident_text(picture, [picture.changes[0]])


def test_it_tells_what_since_when_whom_it_hurts_what_to_do_first_and_whom_to_call() -> None:
    head = shown(busy()).split("\n\n")[0].splitlines()
    assert head == [
        "P2 重要  医保专线 单条线专线中断",
        "2026-11-24 09:46 起  已 18 分  未认领  #20261124-1",
        "影响  1-4号窗口 (判断:运营商段)",
        "先做  查光猫、协转供电与指示灯,重插跳线",
        "找谁  电信 报障电话  10000  电路号 SH-12345",
        "      王工  13800000000",
        "认领  shouwang incident ack 20261124-1",
    ]


def test_what_is_judged_of_this_very_fault_goes_before_what_the_playbook_says_first() -> None:
    picture, said = busy(), Text("故障在条线系统。不要报运营商;请告诉条线部门。", "")
    for acts, first in ((True, "先做  照上面的判断办"), (False, "先做  查光猫、协转供电与指示灯,重插跳线")):
        judged = reading(SITE.targets[0], UP.sample(0))
        judged = replace(judged, target=SITE.target("yibao"), diagnoses=(Diagnosis(said, AT, acts),))
        head = shown(replace(picture, readings=(judged,))).splitlines()
        assert head[3:5] == [f"判断  {said.zh}", first]


def test_what_to_say_has_its_facts_filled_in_and_names_what_a_person_must_add() -> None:
    text = shown(busy())
    assert (
        "电路号 SH-12345,电信 10 Mbit/s。2026-11-24 09:46 起中断,本端光口 通、收光 ____(收光功率),网关 不通。" in text
    )
    assert "因医保专线故障" in text
    assert text.endswith("____(…) 处代理不知道,请填好再说")
    assert "{" not in text


def test_without_the_agent_what_is_read_now_is_left_to_people_and_the_counters_are_known_all_the_same() -> None:
    text = shown(replace(busy(), readings=()))
    assert "影响  1-4号窗口\n" in text
    assert "检测结果为 ____(检测结论)" in text


def test_one_that_is_over_says_so_and_asks_nobody_to_own_it() -> None:
    picture = busy()
    text = incident_text(picture, [picture.changes[4], picture.changes[3]])
    assert "2026-11-23 09:37 已关闭" in text
    assert "shouwang incident ack" not in text
    assert "2026-11-23 09:37  恢复 (33 分)" in text


def test_it_speaks_english_where_the_site_does() -> None:
    picture = replace(busy(), site=replace(SITE, language="en"))
    assert "First   查" not in shown(picture)
    assert "Hurts   1-4号窗口 (judged broken: carrier)" in shown(picture)


def test_nothing_in_it_moves_the_cursor_or_turns_text_round() -> None:
    hostile = hostile_picture()
    text = shown(replace(hostile, site=replace(hostile.site, center=Center("x", "\x1b[2J\r名", ""))))
    assert "<script>" in text
    assert not set("\x1b\r\u202e\u2066") & set(text)


def test_an_unknown_playbook_or_target_keeps_nothing_from_being_shown() -> None:
    odd = Incident("9", "IR-99", "line", "gone", "P1", AT - 5)
    assert "没有处置剧本 IR-99" in incident_text(replace(busy(), incidents=(odd,)), [Change("opened", odd, AT - 5)])


def test_programs_get_the_same_as_json() -> None:
    document = incident_document(busy(), [busy().changes[0]])
    assert json.loads(json.dumps(document)) == document
    assert {"id", "playbook", "kind", "target", "class", "opened", "closed", "acknowledged_by", "subjects"} <= set(
        document
    )
    assert document["counters_hurt"] == ["1", "2", "3", "4"]
    assert document["say"][0]["to"] == "运营商报障台"
    assert document["timeline"] == [{"at": AT - 1110, "kind": "opened", "who": "shouwang", "note": ""}]
