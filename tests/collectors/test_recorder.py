"""Recorders by SNMP: what they are, their disks, and which of the cameras behind them answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from agent.core.reach import Poll, Reach
from agent.transports.snmp import SnmpWay
from collectors import device, recorder
from collectors.machine_room import MachineRoomOptions
from tests.collectors.polled import PATIENT, Polled
from tests.snmp_agent import SnmpAgent, object_id, snmp_target

SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
HIKVISION, HIKVISION_CAMERA, DAHUA = "1.3.6.1.4.1.50001.1", "1.3.6.1.4.1.39165.1", "1.3.6.1.4.1.1004849.2"


def read(objects: Mapping[str, int | str], number: str) -> dict[str, dict[tuple[str, ...], float]]:
    with SnmpAgent({**objects, SYS_OBJECT_ID: object_id(number)}) as agent:
        return Polled(agent, device.COLLECTOR).poll()


def states(found: Mapping[str, Mapping[tuple[str, ...], float]]) -> dict[str, str]:
    return {sensor: state for (sensor, state), value in found["device_state"].items() if value}


@pytest.mark.parametrize(
    ("status", "state"),
    [(0, "ok"), (5, "ok"), (1, "critical"), (2, "critical"), (3, "critical"), (6, "critical"), (10, "warning")],
)
def test_the_disks_of_a_hikvision_are_told(status: int, state: str) -> None:
    disks: dict[str, int | str] = {f"{HIKVISION}.241.1.2.1.0": "Disk 1", f"{HIKVISION}.241.1.3.1.0": status}
    found = read({**disks, f"{HIKVISION}.3.0": "SN1"}, "1.3.6.1.4.1.50001")
    assert states(found) == {"Disk 1": state}
    assert [labels[0::3] for labels in found["device_info"]] == [("Hikvision", "SN1")]


def test_a_hikvision_camera_tells_its_load_as_text() -> None:
    values = {"1.0": "DS-2CD2185FWD-I", "3.0": "V5.5.3 build 171025", "7.0": "15 PERCENT", "11.0": "83 PERCENT"}
    found = read({f"{HIKVISION_CAMERA}.{oid}": said for oid, said in values.items()}, "1.3.6.1.4.1.39165")
    assert found["device_cpu_usage_ratio"] == {("cpu",): pytest.approx(0.15)}
    assert found["device_memory_usage_ratio"] == {("memory",): pytest.approx(0.83)}
    assert [labels[1:3] for labels in found["device_info"]] == [("DS-2CD2185FWD-I", "V5.5.3 build 171025")]


def test_a_dahua_tells_its_load_itself_and_its_volumes() -> None:
    values: dict[str, int | str] = {
        "1.1.1.0": "3.212.0000.1", "1.2.4.0": "SN2", "1.2.6.0": "DH-NVR4108HS", "1.2.8.0": 1, "1.3.0": 6,
        "4.1.1.4.1": "/dev/sda", "4.1.1.5.1": "Running", "4.1.1.4.2": "/dev/sdb", "4.1.1.5.2": "Offline",
    }  # fmt: skip
    found = read({f"{DAHUA}.{oid}": said for oid, said in values.items()}, "1.3.6.1.4.1.1004849.3.2.10")
    assert list(found["device_info"]) == [("Dahua", "DH-NVR4108HS", "3.212.0000.1", "SN2")]
    assert found["device_cpu_usage_ratio"] == {("cpu",): pytest.approx(0.06)}
    assert states(found) == {"device": "ok", "/dev/sda": "ok", "/dev/sdb": "critical"}


async def cameras(agent: SnmpAgent, memory: dict[str, Any], at: float = 1000.0) -> tuple[dict[str, float], list[str]]:
    """Which cameras are up, and what is concluded."""
    nothing: Any = None
    options = MachineRoomOptions.model_validate({"id": "recorder", "address": agent.host, "kind": "camera"})
    target = snmp_target(agent, kind="machine_room", options=options, timeout=30)
    poll = Poll(Reach(nothing, nothing, SnmpWay(manners=PATIENT)), 1.7e9, at, memory)
    found = {sample.labels[0]: sample.value async for sample in recorder.collect(target, options, poll)}
    return found, [each.said.zh for each in poll.diagnoses]


def test_which_cameras_answer_is_told_by_their_recorder() -> None:
    channels = {f"{recorder.CHANNEL_STATUS}.{number}": state for number, state in ((1, 1), (2, 0), (3, 7))}
    with SnmpAgent({SYS_OBJECT_ID: object_id("1.3.6.1.4.1.1004849"), **channels}) as agent:
        assert asyncio.run(cameras(agent, {})) == (
            {"channel 1": 1, "channel 2": 0},
            ["{since} 起摄像机无应答:channel 2。"],
        )


def test_a_recorder_that_does_not_tell_its_channels_is_asked_once_a_quarter_of_an_hour() -> None:
    memory: dict[str, Any] = {}
    with SnmpAgent({SYS_OBJECT_ID: object_id("1.3.6.1.4.1.50001")}) as agent:
        assert asyncio.run(cameras(agent, memory)) == ({}, [])
        asked = len(agent.asked)
        asyncio.run(cameras(agent, memory, 1600))
        assert len(agent.asked) == asked
        agent.update({f"{recorder.CHANNEL_STATUS}.1": 1})
        assert asyncio.run(cameras(agent, memory, 1900))[0] == {"channel 1": 1}


def test_only_recorders_with_a_login_by_snmp_are_asked() -> None:
    with SnmpAgent({}) as agent:
        for kind, watched in (("camera", True), ("ups", False)):
            options = MachineRoomOptions.model_validate({"id": "a", "address": agent.host, "kind": kind})
            assert recorder.COLLECTOR.applies(snmp_target(agent, kind="machine_room", options=options)) is watched
