"""Hardening of Windows hosts, by recordings of our own making of what the scripts would give."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from agent.core.ssh import Answer
from agent.core.text import Said, spoken
from collectors.host.linux.system import System
from collectors.host.subject import Turn
from collectors.host.windows import hardening
from collectors.host.words import TOPICS
from tests.collectors.host.hosts import NOW, host_options

Findings = dict[tuple[str, ...], float]
SID = "S-1-5-21-1004336348-1177238915-682003330"
PERSON = {"name": "王工", "sid": f"{SID}-1001", "on": 1, "required": 1, "last": NOW - 86_400}
GOOD: Mapping[str, Any] = {
    "length": 8,
    "age": 90 * 86_400,
    "tries": 5,
    "unlock": 600,
    "complex": 1,
    "idle": 600,
    "users": [PERSON, {"name": "Guest", "sid": f"{SID}-501", "on": 0, "required": 0, "last": None}],
    "smb1": 0,
    "rdp_off": 0,
    "nla": 1,
    "walls": [{"name": name, "on": 1} for name in hardening.PROFILES],
}
DESKTOP: Mapping[str, Any] = {
    "usb": 4,
    "uas": None,
    "denied": 0,
    "disks": [],
    "whole": 1,
    "idle": None,
    "auto": "0",
    "people": [{"on": "1", "secure": "1", "after": "600"}],
    "programs": ["Microsoft Edge", "社保一体化客户端"],
    "processes": ["explorer"],
}


def read(
    facts: Mapping[str, Any], desktop: Mapping[str, Any] | None = None, left: str = "", **kept: Any
) -> tuple[Findings, list[str]]:
    role = "server" if desktop is None else "terminal"
    remarks: list[Said] = []
    gone = frozenset(filter(None, [left]))
    turn = Turn(host_options(system="windows", role=role), "u", System(), NOW, 0.0, {}, kept, remarks, left=gone)
    given = [json.dumps(each).encode() for each in (facts, desktop) if each is not None]
    answers = [Answer(command, 0, said) for command, said in zip(hardening.ask(turn), given, strict=True)]
    found = {sample.labels: sample.value for sample in hardening.read(turn, answers)}
    return found, [spoken(each, "en") for each in remarks]


def topics(found: Findings) -> set[str]:
    return {topic for topic, _ in found}


def test_a_host_that_is_as_it_should_be_has_no_findings_and_no_remarks() -> None:
    found, remarks = read(GOOD, DESKTOP)
    assert topics(found) == {"password", "accounts", "system", "terminal"}
    assert not any(found.values())
    assert remarks == []


@pytest.mark.parametrize(
    ("said", "topic", "result", "remark"),
    [
        ({"length": 0}, "password", "warn", "less than 8"),
        ({"age": -1}, "password", "warn", "good for more than 90"),
        ({"age": 4294967295}, "password", "warn", "good for more than 90"),
        ({"tries": 0}, "password", "fail", "no account is locked"),
        ({"unlock": 60}, "password", "warn", "free again"),
        ({"complex": 0}, "password", "warn", "kinds of characters"),
        ({"users": {**PERSON, "sid": f"{SID}-501"}}, "accounts", "fail", "guest account"),
        (
            {"users": {**PERSON, "sid": f"{SID}-500", "name": "Administrator"}, "length": 12},
            "accounts",
            "warn",
            "Administrator",
        ),
        ({"users": {**PERSON, "administrator": 1}}, "password", "warn", "administrators may have less than 12"),
        ({"users": {**PERSON, "required": 0}}, "accounts", "warn", "may have no password"),
        ({"smb1": 1}, "system", "fail", "SMBv1 is on"),
        ({"nla": 0}, "system", "fail", "network level"),
        ({"walls": [{"name": "PublicProfile", "on": 0}]}, "system", "fail", "profile Public is off"),
    ],
)
def test_what_deviates_is_told_and_named(said: Mapping[str, Any], topic: str, result: str, remark: str) -> None:
    found, remarks = read({**GOOD, **said})
    assert {labels for labels, value in found.items() if value} == {(topic, result)}
    assert any(remark in each for each in remarks)


@pytest.mark.parametrize("unlock", [-1, 0, 4294967295])
def test_a_lock_without_end_is_no_deviation(unlock: float) -> None:
    assert not any(read({**GOOD, "unlock": unlock})[0].values())


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ({"complex": None}, "password"),
        ({"length": None}, "password"),
        ({"users": []}, "accounts"),
        ({"smb1": None}, "system"),
        ({"walls": [{"name": "DomainProfile", "on": None}]}, "system"),
    ],
)
def test_what_is_not_seen_is_no_pass_and_what_is_wrong_beside_it_is_told(said: Mapping[str, Any], topic: str) -> None:
    found, remarks = read({**GOOD, **said})
    assert topics(found) == {"password", "accounts", "system"} - {topic}
    assert any("no pass" in each and TOPICS[topic].en in each for each in remarks)
    found, _ = read({**GOOD, "complex": None, "tries": 0})
    assert found["password", "fail"] == 1


def test_an_account_that_nobody_used_is_told_once_it_was_watched_long_enough() -> None:
    unused = {**GOOD, "users": [{**PERSON, "last": None}]}
    assert not any(read(unused)[0].values())
    found, remarks = read(unused, since=NOW - 91 * 86_400)
    assert found["accounts", "warn"] == 1
    assert any("王工" in each for each in remarks)


def test_an_account_of_somebody_who_left_is_off() -> None:
    clerk = {**PERSON, "name": "Wang.Fang"}
    assert read({**GOOD, "users": [clerk]}, left="wang.fang")[0]["accounts", "fail"] == 1
    assert read({**GOOD, "users": [PERSON, {**clerk, "on": 0}]}, left="wang.fang")[0]["accounts", "fail"] == 0


def test_an_account_that_was_last_used_long_ago_is_told_at_once() -> None:
    found, remarks = read({**GOOD, "users": [{**PERSON, "last": NOW - 200 * 86_400}]})
    assert found["accounts", "warn"] == 1
    assert any("王工" in each for each in remarks)


@pytest.mark.parametrize(
    ("said", "result", "remark"),
    [
        ({"usb": 3}, "fail", "USBSTOR"),
        ({"usb": None}, "fail", "USBSTOR"),
        ({"uas": 3}, "warn", "UASPStor"),
        ({"disks": "SanDisk Ultra USB Device"}, "fail", "SanDisk"),
        ({"auto": "1"}, "warn", "AutoAdminLogon"),
        ({"processes": ["ToDesk_Service"]}, "fail", "todesk"),
        ({"programs": ["向日葵远程控制"]}, "fail", "向日葵"),
        ({"people": [{"on": "1", "secure": "0", "after": "600"}]}, "fail", "does not lock"),
        ({"people": [{"on": "1", "secure": "1", "after": "1200"}]}, "fail", "does not lock"),
        ({"people": [{"on": None, "secure": None, "after": None}]}, "fail", "does not lock"),
    ],
)
def test_a_desktop_that_deviates_is_told_and_named(said: Mapping[str, Any], result: str, remark: str) -> None:
    found, remarks = read(GOOD, {**DESKTOP, **said})
    assert {labels for labels, value in found.items() if value} == {("terminal", result)}
    assert any(remark in each for each in remarks)


def test_removable_disks_that_a_policy_denies_need_no_driver_switched_off() -> None:
    assert not any(read(GOOD, {**DESKTOP, "usb": 3, "denied": 1})[0].values())


@pytest.mark.parametrize("said", [{"people": []}, {"whole": 0}])
def test_a_screen_lock_that_is_not_seen_is_no_pass(said: Mapping[str, Any]) -> None:
    found, remarks = read(GOOD, {**DESKTOP, **said})
    assert "terminal" not in topics(found)
    assert any("screen lock" in each for each in remarks)
    assert not any(read(GOOD, {**DESKTOP, **said, "idle": 300})[0].values())


def test_a_script_that_gave_nothing_is_remarked_and_the_other_is_told() -> None:
    found, remarks = read({"why": ["拒绝访问。"], "mode": "FullLanguage"}, DESKTOP)
    assert topics(found) == {"terminal"}
    assert any("拒绝访问。" in each for each in remarks)


def test_values_that_make_no_sense_break_nothing() -> None:
    odd = {name: [{"name": 5, "sid": f"{SID}-x", "on": "yes"}, None, 10**400] for name in (*GOOD, *DESKTOP)}
    found, _ = read(odd, odd)
    assert "password" not in topics(found)
