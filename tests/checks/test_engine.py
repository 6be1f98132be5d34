"""The engine of the checklist: results over time, from readings put by hand."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from agent.core.checklist import Result
from agent.core.excerpts import excerpt
from agent.core.model import Reading, Target
from checks.engine import Memory, judge
from checks.memory import Left
from checks.running import Checklist
from tests.checks import scene
from tests.checks.scene import HOST, LINE, NOON, SWITCH, Watchers


def test_a_fresh_reading_inside_every_limit_passes_and_says_what_was_seen() -> None:
    watch = Watchers("HOST-04", HOST)
    watch.read(HOST, NOON, scene.USAGE.sample(0.4, mountpoint="/"), scene.USAGE.sample(0.55, mountpoint="/var"))
    finding = watch.found(NOON + 5)
    assert finding.verdict.result is Result.PASS
    assert finding.verdict.observed.zh == "/var 已用 55%"
    assert finding.verdict.expected.zh == "≤80%"
    assert finding.verdict.remedy is None


def test_fail_beats_warn_and_names_the_sample_that_decided() -> None:
    watch = Watchers("HOST-04", HOST)
    watch.read(HOST, NOON, scene.USAGE.sample(0.85, mountpoint="/"), scene.USAGE.sample(0.93, mountpoint="/var"))
    finding = watch.found(NOON + 5)
    assert finding.verdict.result is Result.FAIL
    assert (finding.verdict.observed.zh, finding.verdict.expected.zh) == ("/var 已用 93%", "≤80%")
    assert finding.verdict.observed.en == "/var is 93% full"
    assert finding.verdict.remedy is not None
    assert finding.verdict.remedy.zh == "按 IR-12"
    assert list(finding.evidence) == [
        {
            "metric": "host_filesystem_usage_ratio",
            "labels": {"mountpoint": "/var"},
            "value": 0.93,
            "at": NOON,
            "collector": "host",
            "since": NOON,
        }
    ]


def test_a_target_that_is_not_configured_is_not_connected_and_says_what_would_connect_it() -> None:
    finding = Watchers("NET-05").found(NOON)
    assert finding.verdict.result is Result.NOT_CONNECTED
    assert finding.kind == "center"
    assert finding.verdict.subject == "changshou"
    assert finding.verdict.observed.zh == "agent.yaml 里没有网络设备"
    assert finding.verdict.expected.zh == "接入 SNMP"
    assert finding.verdict.remedy is not None
    assert "switches:" in finding.verdict.remedy.en


def test_a_target_that_no_collector_can_read_is_not_connected() -> None:
    local = {"host": scene.collector("host", "host", scene.USAGE, only="localhost")}
    other = Target("host", "queue", "叫号服务器", every=30)
    watch = Watchers("HOST-04", HOST, other, collectors=local)
    watch.read(HOST, NOON, scene.USAGE.sample(0.4, mountpoint="/"))
    results = {each.verdict.subject: each.verdict.result.value for each in watch.run(NOON).findings}
    assert results == {"localhost": "pass", "queue": "not_connected"}


def test_a_target_that_was_never_read_is_not_connected_and_says_why() -> None:
    watch = Watchers("NET-05", SWITCH)
    assert watch.result(NOON) == "not_connected"
    watch.broken(SWITCH, NOON, message="snmp 10.0.0.1:161: no answer within 5 s")
    finding = watch.found(NOON + 3600)
    assert finding.verdict.result is Result.NOT_CONNECTED
    assert "no answer within 5 s" in finding.verdict.observed.en


def test_samples_of_a_failed_reading_do_not_make_a_verdict() -> None:
    watch = Watchers("HOST-04", HOST)
    watch.broken(HOST, NOON, scene.USAGE.sample(0.4, mountpoint="/"))
    assert watch.result(NOON) == "not_connected"


def test_nan_is_no_reading() -> None:
    watch = Watchers("HOST-04", HOST)
    watch.read(HOST, NOON, scene.USAGE.sample(float("nan"), mountpoint="/"))
    assert watch.result(NOON) != "pass"


def test_a_lost_source_keeps_its_last_verdict_and_its_time_for_fifteen_minutes() -> None:
    watch = Watchers("HOST-04", HOST)
    watch.read(HOST, NOON, scene.USAGE.sample(0.4, mountpoint="/"))
    assert watch.result(NOON) == "pass"
    watch.broken(HOST, NOON + 600)
    finding = watch.found(NOON + 600)
    assert finding.verdict.result is Result.PASS
    assert finding.at == NOON
    assert finding.verdict.observed.zh == "/ 已用 40%"
    assert watch.result(NOON + 900) == "pass"
    assert watch.result(NOON + 901) == "unknown"


def test_a_slow_target_is_lost_only_after_three_of_its_cycles() -> None:
    daily = dataclasses.replace(HOST, every=3600.0)
    watch = Watchers("HOST-04", daily)
    watch.read(daily, NOON, scene.USAGE.sample(0.4, mountpoint="/"))
    watch.run(NOON)
    watch.broken(daily, NOON + 3600)
    assert watch.result(NOON + 3 * 3600) == "pass"
    assert watch.result(NOON + 3 * 3600 + 1) == "unknown"


def test_unknown_for_a_day_is_a_failure_for_a_high_item_and_stays_unknown_for_a_medium_one() -> None:
    watch = Watchers("HOST-04", HOST)
    watch.read(HOST, NOON, scene.USAGE.sample(0.4, mountpoint="/"))
    watch.run(NOON)
    watch.broken(HOST, NOON + 30, message="timed out")
    day_later = NOON + 900 + 86400
    assert watch.result(day_later - 1) == "unknown"
    finding = watch.found(day_later)
    assert finding.verdict.result is Result.FAIL
    assert "timed out" in finding.verdict.observed.zh
    watch.item = dataclasses.replace(watch.item, severity="medium")
    assert watch.result(day_later) == "unknown"


def test_a_source_known_from_before_a_restart_is_unknown_and_not_unconnected_when_it_is_silent() -> None:
    before = Memory(connected={"HOST-04/host/localhost/host": NOON})
    watch = Watchers("HOST-04", HOST, memory=before)
    watch.broken(HOST, NOON + 60)
    assert watch.result(NOON + 60) == "unknown"
    assert Watchers("HOST-04", HOST, memory=before).result(NOON + 86400 + 900) == "fail"


def test_a_line_that_just_went_down_warns_and_fails_once_it_has_been_down_for_ninety_seconds() -> None:
    watch = Watchers("NET-01", LINE)
    results = []
    for second, value in ((0, 1), (30, 0), (60, 0), (90, 0), (120, 0)):
        watch.read(LINE, NOON + second, scene.LINE_UP.sample(value))
        results.append(watch.result(NOON + second))
    assert results == ["pass", "warn", "warn", "warn", "fail"]


def test_a_failure_clears_only_after_twice_its_duration() -> None:
    watch = Watchers("NET-05", SWITCH)
    for second in (0, 30, 60, 90):
        watch.read(SWITCH, NOON + second, scene.DEVICE_UP.sample(0, tier="core"))
        watch.run(NOON + second)
    results = []
    for second in range(120, 331, 30):
        watch.read(SWITCH, NOON + second, scene.DEVICE_UP.sample(1, tier="core"))
        results.append(watch.result(NOON + second))
    assert results == ["fail"] * 6 + ["pass"] * 2


def test_while_it_clears_the_finding_says_that_it_has_only_just_recovered() -> None:
    watch = Watchers("NET-05", SWITCH)
    for second, value in ((0, 0), (60, 0), (120, 0), (150, 1)):
        watch.read(SWITCH, NOON + second, scene.DEVICE_UP.sample(value, tier="core"))
        finding = watch.found(NOON + second)
    assert finding.verdict.result is Result.FAIL
    assert finding.verdict.observed.zh == "设备可达(恢复未满 3 分钟)"


def test_a_duration_that_nobody_witnessed_is_a_warning_neither_pass_nor_fail() -> None:
    watch = Watchers("NET-05", SWITCH)
    watch.read(SWITCH, NOON, scene.DEVICE_UP.sample(0, tier="core"))
    finding = watch.found(NOON)
    assert finding.verdict.result is Result.WARN
    assert finding.verdict.observed.zh == "设备不可达(是否已持续 90 秒尚未观察到)"


def test_a_device_seen_well_before_keeps_its_pass_until_the_duration_is_reached() -> None:
    watch = Watchers("NET-05", SWITCH)
    results = []
    for second, value in ((0, 1), (30, 0), (119, 0), (120, 0)):
        watch.read(SWITCH, NOON + second, scene.DEVICE_UP.sample(value, tier="core"))
        results.append(watch.result(NOON + second))
    assert results == ["pass", "pass", "pass", "fail"]


def test_running_twice_on_the_same_reading_adds_no_duration() -> None:
    watch = Watchers("NET-01", LINE)
    watch.read(LINE, NOON, scene.LINE_UP.sample(1))
    watch.run(NOON)
    watch.read(LINE, NOON + 30, scene.LINE_UP.sample(0))
    assert [watch.result(NOON + 30 + more) for more in (0, 60, 120, 300)] == ["warn"] * 4


def test_an_unapproved_restart_fails_and_the_judge_says_when_it_was() -> None:
    watch = Watchers("NET-05", SWITCH)
    watch.read(
        SWITCH, NOON, scene.DEVICE_UP.sample(1, tier="core"), scene.UPTIME.sample(7200), scene.RESTARTS.sample(1)
    )
    finding = watch.found(NOON)
    assert finding.verdict.result is Result.FAIL
    assert finding.verdict.observed.zh == "24 小时内无变更单的重启 1 次；设备于 2 小时前重启"
    assert {each["metric"] for each in finding.evidence} == {"device_restarts_unapproved", "device_uptime_seconds"}


def test_a_pass_needs_a_value_of_some_rule_not_only_a_side_fact() -> None:
    watch = Watchers("NET-05", SWITCH)
    watch.read(SWITCH, NOON, scene.UPTIME.sample(7200), name="switch")
    assert watch.result(NOON) == "not_connected"


def test_one_silent_collector_of_two_turns_a_pass_into_unknown_but_not_a_failure() -> None:
    two = {
        "ping": scene.collector("ping", "switch", scene.DEVICE_UP),
        "switch": scene.collector("switch", "switch", scene.RESTARTS),
    }
    watch = Watchers("NET-05", SWITCH, collectors=two)
    watch.read(SWITCH, NOON, scene.DEVICE_UP.sample(1, tier="core"), name="ping")
    watch.read(SWITCH, NOON, scene.RESTARTS.sample(0), name="switch")
    assert watch.result(NOON) == "pass"
    watch.broken(SWITCH, NOON + 30)
    watch.read(SWITCH, NOON + 2000, scene.DEVICE_UP.sample(1, tier="core"), name="ping")
    assert watch.result(NOON + 2000) == "unknown"
    for second in (2030, 2060, 2090, 2120):
        watch.read(SWITCH, NOON + second, scene.DEVICE_UP.sample(0, tier="core"), name="ping")
        result = watch.result(NOON + second)
    assert result == "fail"


def test_what_only_a_ping_saw_may_fail_but_not_pass_where_the_item_asks_for_more() -> None:
    both = {
        "reach": scene.collector("reach", "switch", scene.DEVICE_UP),
        "switch": scene.collector("switch", "switch", scene.RESTARTS, only="core"),
    }
    other = Target("switch", "access", "接入交换机", every=30)
    watch = Watchers("NET-05", other, collectors=both)
    watch.read(other, NOON, scene.DEVICE_UP.sample(1, tier="access"), name="reach")
    finding = watch.found(NOON)
    assert finding.verdict.result is Result.NOT_CONNECTED
    assert finding.verdict.observed.zh == "设备可达;其余没有可用的接入方式(device_restarts_unapproved)"
    for second in (30, 60, 90, 120):
        watch.read(other, NOON + second, scene.DEVICE_UP.sample(0, tier="access"), name="reach")
        result = watch.result(NOON + second)
    assert result == "fail"


def test_a_second_way_in_that_never_answered_leaves_the_item_unconnected_and_says_why() -> None:
    both = {
        "reach": scene.collector("reach", "switch", scene.DEVICE_UP),
        "switch": scene.collector("switch", "switch", scene.RESTARTS),
    }
    watch = Watchers("NET-05", SWITCH, collectors=both)
    watch.read(SWITCH, NOON, scene.DEVICE_UP.sample(1, tier="core"), name="reach")
    watch.broken(SWITCH, NOON, message="wrong community?")
    finding = watch.found(NOON)
    assert finding.verdict.result is Result.NOT_CONNECTED
    assert "wrong community?" in finding.verdict.observed.en


def test_a_file_system_that_is_gone_is_forgotten() -> None:
    watch = Watchers("HOST-04", HOST)
    watch.read(HOST, NOON, scene.USAGE.sample(0.4, mountpoint="/"), scene.USAGE.sample(0.99, mountpoint="/usb"))
    assert watch.result(NOON) == "fail"
    watch.read(HOST, NOON + 30, scene.USAGE.sample(0.4, mountpoint="/"))
    assert watch.result(NOON + 30) == "pass"


def test_many_full_file_systems_are_counted_in_one_line() -> None:
    watch = Watchers("HOST-04", HOST)
    watch.read(HOST, NOON, *(scene.USAGE.sample(0.95, mountpoint=f"/d{each}") for each in range(30)))
    finding = watch.found(NOON)
    assert finding.verdict.observed.zh == "/d0 已用 95%；/d1 已用 95%；/d2 已用 95%；另有 27 处"
    assert len(finding.evidence) == 20


def test_a_clock_set_back_neither_stops_the_engine_nor_clears_what_was_raised() -> None:
    watch = Watchers("NET-05", SWITCH)
    for second in (0, 60, 120):
        watch.read(SWITCH, NOON + second, scene.DEVICE_UP.sample(0, tier="core"))
        watch.run(NOON + second)
    back = NOON - 3600
    watch.read(SWITCH, back, scene.DEVICE_UP.sample(0, tier="core"))
    assert watch.result(back) == "fail"
    for second in range(0, 301, 30):
        watch.read(SWITCH, back + 30 + second, scene.DEVICE_UP.sample(1, tier="core"))
        result = watch.result(back + 30 + second)
    assert result == "pass"


def test_judging_is_pure() -> None:
    watch = Watchers("NET-01", LINE)
    watch.read(LINE, NOON, scene.LINE_UP.sample(0))
    memory = Memory()
    rounds = [judge([watch.item], watch.snapshot, watch.site, watch.collectors, memory, NOON) for _ in range(2)]
    assert rounds[0] == rounds[1]
    assert memory == Memory()


@pytest.fixture
def checklist() -> Checklist:
    watch = Watchers("HOST-04", HOST, SWITCH)
    watch.read(HOST, NOON, scene.USAGE.sample(0.95, mountpoint="/"))
    return Checklist(scene.AREAS, scene.COLLECTORS, watch.snapshot, watch.site)


def test_the_checklist_has_no_samples_before_its_first_run(checklist: Checklist) -> None:
    assert checklist.samples() == ()


def test_the_samples_carry_kind_and_target_only_where_a_target_was_judged(checklist: Checklist) -> None:
    checklist.run(NOON)
    hot = {sample.labels for sample in checklist.samples() if sample.metric.name == "checklist_result" and sample.value}
    assert hot == {
        ("", "", "network_platform", "NET-01", "not_connected"),
        ("switch", "core", "network_platform", "NET-05", "not_connected"),
        ("host", "localhost", "host_management", "HOST-04", "fail"),
    }


def test_the_samples_say_scores_onboarding_and_the_time_of_the_run(checklist: Checklist) -> None:
    checklist.run(NOON)
    values = {(sample.metric.name, *sample.labels): sample.value for sample in checklist.samples()}
    assert values["checklist_area_score_ratio", "host_management"] == 0
    assert ("checklist_area_score_ratio", "network_platform") not in values
    assert values["checklist_onboarding_ratio", "host_management"] == 1
    assert values["checklist_onboarding_ratio", "network_platform"] == 0
    assert values["checklist_connected_ratio",] == 1 / 3
    assert values["checklist_judged_ratio", "host_management"] == 1
    assert values["checklist_judged_ratio", "network_platform"] == 0
    assert values["checklist_source_connected", "HOST-04"] == 1
    assert values["checklist_source_connected", "NET-05"] == 0
    assert values["checklist_last_run_timestamp_seconds",] == NOON


def test_what_was_connected_outlives_a_restart_through_the_store(checklist: Checklist) -> None:
    checklist.run(NOON)
    after = Watchers("HOST-04", HOST)
    after.broken(HOST, NOON + 60)
    again = Checklist(scene.AREAS, scene.COLLECTORS, after.snapshot, after.site, Left(checklist.connected, now=NOON))
    (finding,) = [each for each in again.run(NOON + 60) if each.item == "HOST-04"]
    assert finding.verdict.result is Result.UNKNOWN


def test_a_restart_makes_nothing_unknown_that_was_just_read(checklist: Checklist) -> None:
    kept = checklist.run(NOON)
    after = Watchers("HOST-04", HOST)
    again = Checklist(
        scene.AREAS, scene.COLLECTORS, after.snapshot, after.site, Left(checklist.connected, kept, now=NOON)
    )
    (stands,) = [each for each in again.run(NOON + 60) if each.item == "HOST-04"]
    assert (stands.verdict.result, stands.at) == (Result.FAIL, NOON)
    (unknown,) = [each for each in again.run(NOON + 901) if each.item == "HOST-04"]
    assert unknown.verdict.result is Result.UNKNOWN


def test_a_target_taken_out_by_a_reload_is_judged_no_more(checklist: Checklist) -> None:
    checklist.run(NOON)
    checklist.reload(scene.site())
    assert {each.verdict.result for each in checklist.run(NOON + 30)} == {Result.NOT_CONNECTED}


@pytest.mark.parametrize("by", [-86400.0, 7200.0])
def test_a_step_of_the_clock_makes_nothing_unknown_and_no_duration_longer(by: float) -> None:
    watch = Watchers("NET-05", HOST, SWITCH)
    checklist = Checklist(scene.AREAS, scene.COLLECTORS, watch.snapshot, watch.site)
    results = []
    for second, value, moved in ((0, 1, 0.0), (30, 0, 0.0), (90, 0, by), (150, 0, by)):
        if second == 90:
            watch.snapshot.shift(by)
            checklist.stepped(by)
            checklist.run(NOON + 60 + by)
        watch.read(SWITCH, NOON + second + moved, scene.DEVICE_UP.sample(value, tier="core"))
        found = {each.item: each.verdict.result.value for each in checklist.run(NOON + second + moved)}
        results.append(found["NET-05"])
    assert results == ["pass", "pass", "pass", "fail"]


def test_a_run_in_turns_finds_the_same_and_lets_others_run_meanwhile() -> None:
    hosts = [dataclasses.replace(HOST, id=f"h{number}") for number in range(400)]
    watch = Watchers("HOST-04", *hosts)
    for host in hosts:
        watch.read(host, NOON, *(scene.USAGE.sample(0.95, mountpoint=f"/{each}") for each in range(20)))
    at_once, in_turns = (Checklist(scene.AREAS, scene.COLLECTORS, watch.snapshot, watch.site) for _ in range(2))

    async def beside() -> int:
        running = asyncio.ensure_future(in_turns.run_in_turns(NOON))
        turns = 0
        while not running.done():
            turns += 1
            await asyncio.sleep(0)
        return turns

    assert asyncio.run(beside()) > 3
    assert in_turns.findings == at_once.run(NOON)


def test_a_clock_moved_under_a_run_in_turns_is_taken_into_account() -> None:
    hosts = [dataclasses.replace(HOST, id=f"h{number}") for number in range(400)]
    watch = Watchers("HOST-04", *hosts)
    for host in hosts:
        watch.read(host, NOON, *(scene.USAGE.sample(0.4, mountpoint=f"/{each}") for each in range(20)))
    checklist = Checklist(scene.AREAS, scene.COLLECTORS, watch.snapshot, watch.site)

    async def stepped() -> None:
        running = asyncio.ensure_future(checklist.run_in_turns(NOON))
        await asyncio.sleep(0)
        watch.snapshot.shift(7200)
        checklist.stepped(7200)
        await running

    asyncio.run(stepped())
    judged = [finding for finding in checklist.findings if finding.kind == "host"]
    assert {(finding.verdict.result, finding.at) for finding in judged} == {(Result.PASS, NOON + 7200)}


def test_the_evidence_says_since_when_and_what_the_device_answered_once() -> None:
    watch = Watchers("HOST-04", HOST)
    answered = excerpt("df -P", "/dev/sda1 93% /", str, [scene.USAGE.name])
    full = tuple(scene.USAGE.sample(0.93, mountpoint=each) for each in ("/", "/var"))
    for second in (0, 30, 60):
        at = NOON + second
        watch.snapshot.put(
            Reading(HOST, "host", at, 0.0, (*full, scene.TO_FULL.sample(1e9, mountpoint="/")), excerpts=(answered,))
        )
        finding = watch.found(at)
    assert [(each["since"], each["at"]) for each in finding.evidence] == [(NOON, NOON + 60)] * 2
    assert [each.get("output") for each in finding.evidence] == [[{"of": "df -P", "text": "/dev/sda1 93% /"}], None]
