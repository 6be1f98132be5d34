"""The pages are sound HTML, say what an administrator needs, and let no text from outside become markup."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from agent.core.incident import Change, Incident
from agent.core.model import Failure, Metric, Target
from agent.core.site import Center, Person
from agent.core.text import Text
from exporters.web import pages
from exporters.web.findings import checklist_page
from exporters.web.look import Look, assets
from exporters.web.targets import target_page
from exporters.web.view import Note, Picture, Receiver
from tests.exporters.web_html import sound
from tests.exporters.web_pictures import AT, SITE, busy, calm, empty, playbooks, reading

ZH, EN = Look("zh", "zh"), Look("en", "zh")


def every_page(picture: Picture, look: Look) -> list[str | None]:
    ids = {incident.id for incident in picture.incidents} | {change.incident.id for change in picture.changes}
    timelines = [[c for c in reversed(picture.changes) if c.incident.id == each] for each in sorted(ids)]
    return [
        pages.overview(picture, look),
        pages.message(picture, "not_found", "not_found_hint", look),
        *[target_page(picture, target.id, look) for target in picture.site.targets],
        *[checklist_page(picture, area, look) for area in ("", *(area.id for area in picture.areas))],
        *[pages.playbook_page(picture, each, look) for each in picture.playbooks],
        *[pages.incident_page(picture, timeline, look) for timeline in timelines],
    ]


@pytest.mark.parametrize("look", [ZH, EN, replace(ZH, wall=True), replace(EN, live=False)])
@pytest.mark.parametrize("picture", [busy(), calm(), empty()], ids=["busy", "calm", "empty"])
def test_every_page_is_sound_html(picture: Picture, look: Look) -> None:
    for text in every_page(picture, look):
        assert sound(text).language == ("zh-CN" if look.language == "zh" else "en")


def words(text: str) -> str:
    return " ".join(sound(text).text.split())


def test_the_overview_says_what_broke_whom_it_hurts_what_to_do_and_whom_to_call() -> None:
    said = words(pages.overview(busy(), ZH))
    for each in (
        "医保专线 单条线专线中断",
        "已 18 分",
        "未认领",
        "P2 重要",
        "1-4号窗口",
        "查光猫",
        "10000",
        "SH-12345",
        "13800000000",
    ):
        assert each in said
    assert said.index("医保专线 单条线专线中断") < said.index("叫号服务器 磁盘写满")
    assert "王工 已认领" in said
    assert "判断:运营商段" in said


def test_missing_data_is_never_called_good() -> None:
    silent = replace(calm(), readings=())
    said = words(pages.overview(silent, ZH))
    assert "12 无数据" in said
    assert "0 正常" in said
    assert "现在没有要处理的事件" not in said
    assert 'class="status ok"' not in pages.overview(replace(silent, scores=(), receivers=()), ZH)


def test_a_calm_centre_is_told_so() -> None:
    assert "现在没有要处理的事件" in words(pages.overview(calm(), ZH))
    assert "Nothing needs doing now" in words(pages.overview(calm(), EN))


def test_all_is_not_well_while_a_fault_is_too_young_for_an_incident_or_nothing_is_watched() -> None:
    young = words(pages.overview(replace(busy(), incidents=(), maintenance=frozenset()), ZH))
    assert "1 个对象刚出故障" in young
    assert "现在没有要处理的事件" not in young
    assert "不能说一切正常" in words(pages.overview(empty(), ZH))


def test_what_is_wrong_with_the_watch_itself_is_said() -> None:
    said = words(pages.overview(busy(), ZH))
    assert "新的 agent.yaml 有错误,仍按原配置运行 2026-11-24 09:49 起" in said
    assert "agent.yaml:23: lines[0].probes[1].icpm" in said
    assert "告警送不到 http://10.1.0.5:9093,待送 2 条 2026-11-24 09:54 起 connection refused" in said
    assert "正在启动" in words(pages.overview(empty(), ZH))


def test_a_page_reloads_itself_unless_paused_and_links_keep_how_one_looks() -> None:
    assert '<meta http-equiv="refresh" content="15">' in pages.overview(calm(), ZH)
    paused = pages.overview(calm(), Look("en", "zh", wall=True, live=False))
    assert "http-equiv" not in paused
    assert "/targets/yibao?lang=en&amp;wall=1&amp;live=0" in pages.overview(busy(), Look("en", "zh", True, False))


def test_a_look_comes_from_the_query_and_nonsense_is_ignored() -> None:
    assert Look.of({"lang": "en", "wall": "1", "live": "0"}, "zh") == Look("en", "zh", wall=True, live=False)
    assert Look.of({"lang": "../etc", "wall": "yes", "live": ""}, "en") == Look("en", "en")


def test_the_incident_page_has_every_step_and_the_texts_with_facts_filled_in() -> None:
    picture = busy()
    said = words(pages.incident_page(picture, [picture.changes[0]], ZH) or "")
    assert "因医保专线故障" in said
    assert "单位 长寿路街道社区事务受理服务中心,电路号 SH-12345,电信 10 Mbit/s。2026-11-24 09:46 起中断" in said
    assert "本端光口 通、收光 收光功率,网关 不通。" in said
    for step in playbooks()["IR-04"].steps:
        assert step.text.zh in said
    assert pages.incident_page(picture, [], ZH) is None


def test_a_closed_incident_keeps_its_page() -> None:
    picture = busy()
    said = words(pages.incident_page(picture, [picture.changes[4], picture.changes[3]], ZH) or "")
    assert "2026-11-23 09:37 已关闭" in said
    assert "恢复 (33 分)" in said


def test_an_incident_of_an_unknown_playbook_or_target_has_a_page_all_the_same() -> None:
    odd = Incident("9", "IR-99", "line", "gone", "P1", AT - 5)
    picture = replace(busy(), incidents=(odd,), changes=(Change("opened", odd, AT - 5),))
    assert "没有处置剧本 IR-99" in words(pages.incident_page(picture, picture.changes, ZH) or "")
    assert "gone IR-99" in words(pages.overview(picture, ZH))


def test_an_incident_of_the_whole_centre_goes_by_the_centres_name() -> None:
    whole = Incident("9", "IR-11", "center", "changshou", "P2", AT - 5, subjects=("IR-11.2",))
    said = words(pages.overview(replace(calm(), incidents=(whole,)), ZH))
    assert "长寿路街道社区事务受理服务中心 主机或设备宕机" in said


def test_where_applicants_are_not_affected_the_playbook_says_so() -> None:
    blind = Incident("9", "IR-20", "line", "yibao", "P3", AT - 5, subjects=("IR-20.1",))
    said = words(pages.overview(replace(busy(), incidents=(blind,)), ZH))
    assert "办事人不受影响" in said
    assert "1-4号窗口" not in said


def test_the_incident_in_memory_is_shown_where_the_disk_has_an_older_row() -> None:
    picture = busy()
    newer = replace(picture.incidents[1], class_="P1", recorded=False)
    picture = replace(picture, incidents=(newer,))
    said = words(pages.incident_page(picture, [picture.changes[0]], ZH) or "")
    assert "P1 严重" in said
    assert "未写入台账" in said


def test_many_good_targets_fold_and_all_are_there() -> None:
    many = tuple(Target("host", f"h{n}", f"主机{n}") for n in range(200))
    picture = replace(calm(), site=replace(SITE, targets=many), readings=tuple(reading(target) for target in many))
    page = sound(pages.overview(picture, ZH))
    assert "其余 192 个正常" in page.text
    assert "主机199" in page.text
    assert "200 个全部正常" in sound(pages.overview(picture, replace(ZH, wall=True))).text


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;{{7*7}}{% raw %}\u202eevil\u2066" + "长" * 3000


def hostile_picture() -> Picture:
    bad = HOSTILE
    text = Text(bad, bad)
    who = SimpleNamespace(name=bad, circuit=bad, fault_desk=bad)
    target = Target(bad, bad, bad, SimpleNamespace(business=bad, carrier=who, bandwidth=1.0), address=bad)
    line = replace(SITE.targets[0], name=bad, options=target.options, labels={bad: bad})
    site = replace(
        SITE,
        center=Center(bad, bad, bad),
        targets=(target, line),
        people=(Person("p", bad, "network_administrator", phone=bad, mobile=bad),),
        counters=tuple(replace(each, name=bad) for each in SITE.counters),
    )
    metric = Metric("line_fault_segment", "gauge", "0/1", ("segment",), bad)
    incident = Incident(
        bad, "IR-04", "line", "yibao", "P1", AT - 60, acknowledged_by=bad, subjects=(f'X{{a="{bad}"}}', bad)
    )
    other = replace(incident, id="2", playbook=bad, target=bad, kind=bad)
    book = playbooks()["IR-04"]
    book = replace(
        book,
        title=text,
        impact=text,
        first=text,
        notice=text,
        steps=tuple(replace(step, text=text) for step in book.steps),
        say_to=tuple(replace(each, to=text, text=text) for each in book.say_to),
        close_when=(text,),
        evidence=(text,),
    )
    failed = reading(target, failure=Failure("protocol", bad))
    return Picture(
        site,
        AT,
        bad,
        readings=(failed, reading(line, metric.sample(1, segment=bad)), replace(failed, collector=bad)),
        incidents=(incident, other),
        changes=tuple(Change(kind, each, AT, bad, bad) for each in (incident, other) for kind in ("note", "opened")),  # type: ignore[arg-type]
        playbooks={"IR-04": book},
        receivers=(Receiver(bad, bad, False, AT, 1, bad),),
        notes=(Note("fault", text, AT, bad),),
        areas=(replace(calm().areas[0], title=text),),
        scores=calm().scores,
    )


@pytest.mark.parametrize("look", [ZH, EN])
def test_hostile_text_in_any_field_stays_text(look: Look) -> None:
    found = every_page(hostile_picture(), look)
    assert None not in found
    for text in found:
        page = sound(text)
        assert "<script" not in (text or "")
        assert "<img" not in (text or "")
        assert "\u202e" not in (text or "")
        assert "49" not in page.text.replace("09:49", "")
    assert "<script>alert(1)</script>" in sound(found[0]).text
    assert any(link == f"/incidents/{quote(HOSTILE, safe='')}" or "lang=en" in link for link in sound(found[0]).links)


def luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, two: str) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_colour_of_text_can_be_read_on_every_ground(scheme: int) -> None:
    """WCAG AA: 4.5 to 1."""
    style = next(body for body, kind in assets().values() if kind.startswith("text/css")).decode()
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", style.split(":root {")[scheme + 1]))
    pairs = [(text, ground) for text in ("ink", "soft", "link") for ground in ("ground", "card")]
    pairs += [(state, "card") for state in ("fault", "warn", "ok", "nodata", "late", "maintenance")]
    pairs += [("cut", "fault"), ("cut", "link"), ("warn", "warn-soft"), ("fault", "fault-soft"), ("ink", "nodata-soft")]
    pairs += [(text, f"{ground}-soft") for text in ("ink", "soft") for ground in ("fault", "warn", "ok")]
    assert {
        pair: contrast(colours[pair[0]], colours[pair[1]])
        for pair in pairs
        if contrast(colours[pair[0]], colours[pair[1]]) < 4.5
    } == {}


def test_a_collector_that_found_nothing_of_its_own_is_not_shown_as_one_that_read_the_target() -> None:
    target = SITE.targets[0]
    told = reading(target, Metric("device_up", "gauge", "0/1", (), "").sample(1))
    quiet, remarked = (replace(told, samples=(), collector=name) for name in ("printer_state", "stations"))
    shown = target_page(
        replace(calm(), readings=(told, quiet, replace(remarked, remarks=("look",)))),
        target.id,
        replace(ZH, language="en"),
    )
    assert "printer_state" not in words(shown or "")
    assert "stations" in words(shown or "")
