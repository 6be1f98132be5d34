"""Samples are shown as people read them: by unit, named, ports in one line each; a failure says what to check."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.incident import Change
from agent.core.model import Failure, Metric
from agent.core.text import Text
from collectors import COLLECTORS
from exporters.web import api, pages
from exporters.web.failures import FAILURES, said
from exporters.web.look import Look
from exporters.web.metric_names import NAMES
from exporters.web.ports import ports
from exporters.web.targets import target_page
from exporters.web.values import number
from exporters.web.values import said as value_said
from tests.exporters.web_html import sound
from tests.exporters.web_pictures import AT, SITE, TARGETS, busy, calm

ZH, EN = Look("zh", "zh"), Look("en", "zh")
CORE = next(target for target in TARGETS if target.id == "core")


def words(text: str | None) -> str:
    return " ".join(sound(text).text.split())


def packed(text: str | None) -> str:
    """Without spaces: cells of a table stand side by side."""
    return "".join(sound(text).text.split())


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("Unix seconds", AT - 7200, "2026-11-24 08:04 (2 小时前)"),
        ("Unix seconds", AT + 86400, "2026-11-25 10:04 (还有 1 天)"),
        ("Unix seconds", 1e300, None),
        ("seconds", 6.31e-05, "0.06 ms"),
        ("seconds", 0.0, "0 秒"),
        ("seconds", 0.21, "210 ms"),
        ("seconds", 7300, "2 小时 1 分"),
        ("ratio", 0.934, "93%"),
        ("ratio", -0.05, "-5.0%"),
        ("bytes", 3.2 * 1024**3, "3.2 GB"),
        ("bytes per second", 125_000_000, "1 Gbit/s"),
        ("celsius", 23.456, "23.46 ℃"),
        ("0/1", 1, "是"),
        ("packets", 1795500000, "1,795,500,000 包"),
        ("seconds", float("inf"), "∞"),
        ("odd", 1e-9, "0"),
    ],
)
def test_a_value_is_said_by_its_unit(unit: str, value: float, text: str | None) -> None:
    found = value_said(Metric("x", "gauge", unit, (), "").sample(value), SITE.calendar, AT, "zh")
    assert text is None or found == text


def test_a_number_keeps_four_digits() -> None:
    assert [number(each) for each in (0.0, 0.12345, 12.3456, 1234.56, -3.5)] == ["0", "0.1235", "12.35", "1235", "-3.5"]


def test_a_target_page_says_values_in_words_with_the_metric_beside_them() -> None:
    said = packed(target_page(busy(), "yibao", ZH))
    assert "线路line_up不通" in said
    assert "探测line_probe_up网关·10.20.0.1不通" in said
    host = packed(target_page(calm(), "localhost", ZH))
    assert "开机时间host_boot_timestamp_seconds2026-11-1607:37(8天2小时前)" in host
    assert "e+0" not in host


def test_info_metrics_are_keys_and_values_without_the_empty_ones() -> None:
    said = packed(target_page(calm(), "core", ZH))
    assert "厂商Huawei" in said
    assert "序列号" not in said


def test_ports_are_one_line_each_key_ports_that_are_down_first_and_the_rest_folded() -> None:
    said = packed(target_page(calm(), "core", ZH))
    assert "18个通,共24个" in said
    first = said.index("GigabitEthernet1/0/8上联口不通1Gbit/s12.3Mbit/s(1.2%)300Mbit/s(30%)70")
    assert first < said.index("GigabitEthernet1/0/3专线口·医保专线通")
    assert "其余12个端口" in said
    assert "interface_" not in said


def test_a_port_that_was_shut_is_no_fault() -> None:
    up, admin = (Metric(f"interface_{each}", "gauge", "0/1", ("interface",), "") for each in ("up", "admin_up"))
    key = Metric("interface_critical_up", "gauge", "0/1", ("interface", "role"), "")
    (port,) = ports(
        [up.sample(0, interface="a"), admin.sample(0, interface="a"), key.sample(1, interface="a", role="line")], "zh"
    )
    assert (port.state, port.word) == ("unwatched", "已关闭")


def test_every_kind_of_failure_says_in_chinese_what_to_check_first() -> None:
    kinds = Failure.__doc__.split("Kinds: ")[1].split(".")[0].replace("\n", " ").split(", ") if Failure.__doc__ else []
    assert set(FAILURES) == {kind.strip() for kind in kinds}
    assert said(Failure("new", "x")) != Text("x", "x")


def test_a_failure_stands_in_words_on_list_and_page_with_the_detail_after_it() -> None:
    for page in (pages.overview(busy(), ZH), target_page(busy(), "access-2", ZH)):
        told = words(page)
        assert "规定时间内没有答完。先查设备是否开机" in told
        assert told.index("规定时间内没有答完") < told.index("access-2: switch had no full answer in 10 s")
    (target,) = [each for each in api.targets(busy())["targets"] if each["id"] == "access-2"]
    assert target["error"]["kind"] == "timeout"
    assert target["error"]["message"] == "access-2: switch had no full answer in 10 s"
    assert target["error"]["zh"].startswith("规定时间内没有答完")


def test_a_remark_is_marked_in_list_and_page_and_given_by_the_api_and_costs_no_state() -> None:
    remark, error = Text("core 没有端口 Gi9", "core has no port Gi9"), "10.0.0.9: no answer"
    read = tuple(replace(each, remarks=(remark, error)) if each.target is CORE else each for each in calm().readings)
    picture = replace(calm(), readings=read)
    assert remark.zh in words(pages.overview(picture, ZH))
    assert f"请核对 {remark.zh} {error}" in words(target_page(picture, "core", ZH))
    assert f"{remark.en} {error}" in words(target_page(picture, "core", EN))
    (target,) = [each for each in api.targets(picture)["targets"] if each["id"] == "core"]
    assert (target["state"], target["remarks"], target["error"]) == ("ok", [remark.zh, error], None)


def test_a_line_without_counters_names_its_business() -> None:
    alone = replace(busy(), site=replace(SITE, counters=()))
    assert "医保业务;agent.yaml 的 counters 里没有窗口写明依赖它" in words(pages.overview(alone, ZH))


def test_what_nobody_owns_shows_how_to_own_it_and_what_somebody_owns_does_not() -> None:
    down, full = busy().incidents[1], busy().incidents[0]
    page = pages.incident_page(busy(), [Change("opened", down, AT)], ZH)
    assert "shouwang incident ack 20261124-1 --who wang" in words(page)
    assert "incident ack" not in words(pages.incident_page(busy(), [Change("opened", full, AT)], ZH))


def test_what_a_person_closed_is_no_recovery() -> None:
    down = replace(busy().incidents[1], closed=AT)
    change = Change("closed", down, AT, "wang", "误报")
    picture = replace(busy(), incidents=(), changes=(change,))
    for page in (pages.overview(picture, ZH), pages.incident_page(picture, [change], ZH)):
        told = words(page)
        assert "手工关闭" in told
        assert "误报" in told
        assert "恢复 (" not in told
    assert '<li class="hand">' in pages.overview(picture, ZH)
    assert '<h1 class="hand">' in (pages.incident_page(picture, [change], ZH) or "")


def test_a_fault_that_is_young_is_not_called_calm() -> None:
    young = replace(busy(), incidents=(), maintenance=frozenset())
    assert "出了问题,这里会写明" not in words(pages.overview(young, ZH))
    assert "出了问题,这里会写明" in words(pages.overview(calm(), ZH))


def test_whatever_a_page_shows_of_a_target_has_a_name_in_both_languages() -> None:
    shown = {metric for each in COLLECTORS.values() for metric in each.metrics if metric.unit != "1"}
    bare = {metric.name for metric in shown if "interface" not in metric.labels} - set(NAMES)
    assert not bare
