"""Loops that switches tell of, at simulated command lines over real SSH. The texts are of our own making, after how
makers' command references and screens of such devices look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collectors.loops import COLLECTOR, MANY
from tests.collectors.console_watch import ConsoleWatch
from tests.console_server import Consoles, consoles

VRP_PORTS = """\
Loopback-detect sending-packet interval: 5
--------------------------------------------------------------------------
Interface                     RecoverTime  Action     Status
--------------------------------------------------------------------------
GigabitEthernet0/0/4          30           block      NORMAL
GigabitEthernet0/0/9          30           shutdown   {status}
--------------------------------------------------------------------------
"""
VRP_VLANS = """\
Loop Detection is enabled.
Detection interval time is 5 seconds.
Following VLANs enable loop-detection:
VLAN 20
Following ports are blocked for loop:
  {blocked}
Following ports are shutdown for loop:
  NULL
Following ports are nolearning for loop:
  NULL
"""
VRP_MOVES = """\
 S  : start time
 E  : end time
(Q) : quit VLAN
(D) : error down
-------------------------------------------------------------------------------
Move-Time             VLAN  MAC-Address   Original-Port Move-Ports   MoveNum
-------------------------------------------------------------------------------
S:2026-11-20 09:12:01 20    0253-5700-0007 GE0/0/4       GE0/0/9(D)   {count}
E:2026-11-20 09:12:44

-------------------------------------------------------------------------------
Total items on slot 0: 1
"""
COMWARE_CALM = """\
Loop detection is enabled.
Loop detection interval is 30 second(s).
No loopback is detected.
"""
COMWARE_LOOP = """\
Loop detection is enabled.
Loop detection interval is 30 second(s).
Loop is detected on following interfaces:
  Interface                 Action mode     VLANs
  GigabitEthernet1/0/17     None            20
"""
COMWARE_MOVES = """\
MAC address    VLAN Current port   Source port    Last time           Times
0253-5700-0007 20   GE1/0/3        GE1/0/17       2026-11-20 13:40:52 {count}
0253-5700-0007 20   GE1/0/17       GE1/0/3        2026-11-20 13:40:53 {count}
---  2 MAC address moving records found  ---
"""
RGOS = """\
rldp state             : enable
rldp hello interval    : 3
rldp max hello         : 2
interface GigabitEthernet 0/5
port state             : normal
unidirection detect information:
  action               : shutdown-port
  state                : {other}
loop detect information:
  action               : shutdown-port
  state                : {state}
interface GigabitEthernet 0/6
port state             : normal
loop detect information:
  action               : shutdown-port
  state                : normal
"""
IOS = """\

Port      Name               Status       Reason               Err-disabled Vlans
Gi1/0/7   counter 3          err-disabled {reason}
"""
VRP_COMMANDS = ("display loopback-detect", "display loop-detection", "display mac-address flapping record")
COMWARE_COMMANDS = ("display loopback-detection", "display mac-address mac-move")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consoles]:
    with consoles(tmp_path_factory.mktemp("consoles")) as found:
        yield found


def watch(server: Consoles, family: str) -> ConsoleWatch:
    return ConsoleWatch(server.device(family, "loops"), COLLECTOR, {"loops": "5m"})


def vrp(status: str = "NORMAL", blocked: str = "NULL", count: int = 81) -> dict[str, str]:
    texts = VRP_PORTS.format(status=status), VRP_VLANS.format(blocked=blocked), VRP_MOVES.format(count=count)
    return dict(zip(VRP_COMMANDS, texts, strict=True))


def comware(ports: str = COMWARE_CALM, count: int = 20) -> dict[str, str]:
    return dict(zip(COMWARE_COMMANDS, (ports, COMWARE_MOVES.format(count=count)), strict=True))


def told(port: str = "", sign: str = "loop_detection") -> dict[str, dict[tuple[str, ...], float]]:
    where = {"device_loop_info": {(port, sign): 1.0}} if port else {}
    return {"device_loop_detected": {(): float(bool(port))}, **where}


CASES = {
    "huawei_vrp, its status": (vrp(), vrp("BLOCK(Loopback detected)"), "GigabitEthernet0/0/9"),
    "huawei_vrp, its list": (vrp(), vrp(blocked="GigabitEthernet0/0/11"), "GigabitEthernet0/0/11"),
    "hp_comware": (comware(), comware(COMWARE_LOOP), "GigabitEthernet1/0/17"),
    "ruijie_os": (
        {"show rldp": RGOS.format(state="normal", other="error")},
        {"show rldp": RGOS.format(state="error", other="normal")},
        "GigabitEthernet0/5",
    ),
    "cisco_ios": (
        {"show interfaces status err-disabled": IOS.format(reason="bpduguard")},
        {"show interfaces status err-disabled": IOS.format(reason="loopback")},
        "Gi1/0/7",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_loop_that_a_device_detects_is_told_with_its_port_while_it_lasts(server: Consoles, case: str) -> None:
    calm, loop, port = CASES[case]
    switch = watch(server, case.partition(",")[0])
    assert switch.poll(shows=calm) == told()
    assert switch.poll(shows=loop) == told(port)
    assert switch.poll(shows=calm) == told()
    assert switch.failure is None


@pytest.mark.parametrize(
    ("family", "shows", "ports"),
    [("huawei_vrp", vrp, {"GE0/0/4"}), ("hp_comware", comware, {"GE1/0/3", "GE1/0/17"})],
)
def test_addresses_that_move_to_and_fro_are_a_loop_for_ten_minutes(server, family, shows, ports) -> None:  # type: ignore[no-untyped-def]
    switch = watch(server, family)
    assert switch.poll(shows=shows(count=20)) == told(), "what was on record before may be long over"
    found = switch.poll(shows=shows(count=20 + 2 * MANY))
    assert found["device_loop_detected"] == {(): 1}
    assert set(found["device_loop_info"]) == {(port, "mac_move") for port in ports}
    assert switch.poll(299)["device_loop_detected"] == {(): 1}
    assert switch.poll(300)["device_loop_detected"] == {(): 1}
    assert switch.poll(300)["device_loop_detected"] == {(): 0}


def test_a_device_that_was_carried_to_another_port_is_no_loop(server: Consoles) -> None:
    switch = watch(server, "hp_comware")
    switch.poll(shows=comware(count=20))
    assert switch.poll(shows=comware(count=22)) == told()


def test_no_record_at_all_is_no_loop_and_the_first_record_afterwards_counts(server: Consoles) -> None:
    switch = watch(server, "huawei_vrp")
    assert switch.poll(shows={**vrp(), VRP_COMMANDS[2]: ""}) == told()
    assert switch.poll(shows=vrp(count=81)) == told("GE0/0/4", "mac_move")


def test_the_device_is_asked_no_more_often_than_agent_yaml_says(server: Consoles) -> None:
    switch = watch(server, "hp_comware")
    switch.poll(shows=comware(COMWARE_LOOP))
    assert switch.poll(30) == told("GigabitEthernet1/0/17"), "what was seen last is told between two readings"
    assert switch.logins == 1
    switch.poll(270)
    assert switch.logins == 2


def test_what_the_device_does_not_know_is_left_out_and_nothing_at_all_is_a_failure(server: Consoles) -> None:
    switch = watch(server, "huawei_vrp")
    assert switch.poll(shows={VRP_COMMANDS[0]: VRP_PORTS.format(status="NORMAL")}) == told()
    assert switch.poll(shows={}) == {}
    assert switch.failure is not None
    assert switch.failure.kind == "permission"
    logins = switch.logins
    assert switch.poll(300) == {}
    assert (switch.failure is not None, switch.logins) == (True, logins), "it stays so for an hour"
    assert switch.poll(3600, vrp()) == told()


def test_only_a_switch_with_ssh_that_is_to_be_asked_is_asked(server: Consoles) -> None:
    target = watch(server, "huawei_vrp").device.target(options=None)
    assert not COLLECTOR.applies(target)
