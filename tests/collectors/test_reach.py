"""Whether hosts and devices answer: by any way in, and never decided where none was open."""

from __future__ import annotations

import asyncio
import socket
from types import SimpleNamespace
from typing import Any

import pytest

from agent.core.model import Reading, Target
from agent.core.reach import CannotAsk, Login, Reach, SnmpLogin, SshLogin, Unanswered
from agent.core.snapshot import Snapshot
from agent.runner import Runner
from agent.transports.icmp import Pinger
from agent.transports.snmp import SnmpWay
from agent.transports.tcp import Connector
from collectors.host.options import HostOptions
from collectors.machine_room import MachineRoomOptions
from collectors.reach import COLLECTOR
from tests.collectors.ways import Wire, poll, values

NO_RIGHT = CannotAsk("permission", "no right to send")
SNMP = Login("room", snmp=SnmpLogin("2c"))
AT = "10.30.0.7"


def host(login: Login | None = None, **more: Any) -> Target:
    options = HostOptions(id="queue", address=AT, **more)
    return Target("host", "queue", "叫号主机", options, AT, login, timeout=2.0)


def switch(login: Login | None = SNMP, kind: str = "switch") -> Target:
    return Target(kind, "core", "核心交换机", SimpleNamespace(tier="core"), AT, login, timeout=2.0)


def up(reading: Reading) -> float | None:
    found = values(reading, "host_up") | values(reading, "device_up")
    return next(iter(found.values())) if found else None


def test_one_answered_ping_is_enough_and_nothing_else_is_asked() -> None:
    wire = Wire(pings={AT: True})
    assert values(poll(wire, COLLECTOR, host(role="terminal")), "host_up") == {("terminal",): 1}
    assert [how["count"] for how in wire.asked[AT]] == [1]
    assert list(wire.asked) == [AT]


def test_one_lost_ping_says_nothing() -> None:
    assert up(poll(Wire(pings={AT: [False, True]}), COLLECTOR, host())) == 1


def test_a_host_that_drops_pings_is_up_where_a_port_answers_or_refuses() -> None:
    assert up(poll(Wire(connects={(AT, 3389): 0.01}), COLLECTOR, host())) == 1
    assert up(poll(Wire(connects={(AT, 22): Unanswered("refused", "refused")}), COLLECTOR, host())) == 1


def test_a_silent_host_is_down_which_is_a_reading() -> None:
    wire = Wire(connects={(AT, 22): Unanswered("unreachable", "no route")})
    reading = poll(wire, COLLECTOR, host())
    assert reading.up
    assert values(reading, "host_up") == {("server",): 0}
    assert set(wire.asked) == {AT, (AT, 22), (AT, 3389)}


def test_the_ports_asked_are_those_of_the_site() -> None:
    wire = Wire()
    poll(wire, COLLECTOR, host(ports=(8080,)))
    assert (AT, 8080) in wire.asked
    wire = Wire()
    poll(wire, COLLECTOR, host(Login("pc", ssh=SshLogin("monitor", port=2222))))
    assert {(AT, 2222), (AT, 3389)} <= set(wire.asked)


def test_a_device_is_up_where_it_answers_snmp_even_with_an_error() -> None:
    for said in (123456, Unanswered("authentication", "wrong password"), Unanswered("protocol", "garbage")):
        reading = poll(Wire(snmp=said), COLLECTOR, switch())
        assert values(reading, "device_up") == {("core",): 1}


def test_a_silent_device_is_down_within_the_deadline() -> None:
    reading = poll(Wire(), COLLECTOR, switch())
    assert reading.up
    assert values(reading, "device_up") == {("core",): 0}


def test_a_device_without_snmp_is_asked_by_ping_alone_and_one_without_tier_is_other() -> None:
    wire = Wire()
    target = Target("machine_room", "ups-1", "UPS", SimpleNamespace(), AT, None, timeout=2.0)
    assert values(poll(wire, COLLECTOR, target), "device_up") == {("other",): 0}
    assert set(wire.asked) == {AT}


def test_a_device_that_drops_pings_is_up_where_its_modbus_port_answers() -> None:
    modbus = {"port": 1502, "points": [{"name": "leak", "address": 0, "measures": "water"}]}
    options = MachineRoomOptions.model_validate({"id": "io", "address": AT, "modbus": modbus})
    target = Target("machine_room", "io", "io", options, AT, None, timeout=2.0)
    assert values(poll(Wire(connects={(AT, 1502): 0.01}), COLLECTOR, target), "device_up") == {("other",): 1}
    assert values(poll(Wire(), COLLECTOR, target), "device_up") == {("other",): 0}


def test_without_the_right_to_ping_the_other_way_decides() -> None:
    assert up(poll(Wire(pings={AT: NO_RIGHT}, connects={(AT, 22): 0.01}), COLLECTOR, host())) == 1
    assert up(poll(Wire(pings={AT: NO_RIGHT}), COLLECTOR, host())) == 0
    assert up(poll(Wire(pings={AT: NO_RIGHT}, snmp=1), COLLECTOR, switch())) == 1


@pytest.mark.parametrize(
    ("target", "wire"),
    [
        (switch(login=None), Wire(pings={AT: NO_RIGHT})),
        (switch(), Wire(pings={AT: NO_RIGHT}, snmp=CannotAsk("missing", "no login"))),
        (host(ports=(22,)), Wire(pings={AT: NO_RIGHT}, connects={(AT, 22): CannotAsk("resolve", "no name")})),
    ],
    ids=["no other way", "other way closed", "all ways closed"],
)
def test_where_no_way_was_open_it_is_not_known(target: Target, wire: Wire) -> None:
    reading = poll(wire, COLLECTOR, target)
    assert reading.failure is not None
    assert reading.failure.message == "no right to send"
    assert up(reading) is None


def test_a_way_that_was_closed_does_not_hide_that_the_others_are_silent() -> None:
    wire = Wire(connects={(AT, 22): CannotAsk("missing", "x"), (AT, 3389): CannotAsk("missing", "x")})
    assert up(poll(wire, COLLECTOR, host())) == 0


@pytest.mark.parametrize(
    ("address", "by", "local"),
    [("localhost", None, True), ("127.0.0.1", None, True), (AT, "local", True), (AT, None, False)],
)
def test_this_machine_is_not_asked_whether_it_answers(address: str, by: str | None, local: bool) -> None:
    options = HostOptions(id="a", address=address, by=by)
    assert COLLECTOR.applies(Target("host", "a", "a", options, address)) is not local
    assert COLLECTOR.applies(switch())
    assert COLLECTOR.applies(switch(kind="machine_room"))


@pytest.mark.parametrize("by", ["ssh", "snmp"])
def test_a_host_that_is_read_by_login_needs_one(by: str) -> None:
    with pytest.raises(ValueError, match=f"by: {by} needs credentials"):
        host(by=by)


def test_a_real_host_is_up_by_its_port() -> None:
    async def main(target: Target) -> Reading:
        pinger = Pinger()
        try:
            return await Runner(Reach(pinger, Connector(), SnmpWay()), Snapshot()).run(COLLECTOR, target)
        finally:
            pinger.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        options = HostOptions(id="a", address="127.0.3.1", ports=(server.getsockname()[1],))
        assert up(asyncio.run(main(Target("host", "a", "a", options, "127.0.3.1")))) == 1
