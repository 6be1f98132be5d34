"""A scan finds what answers by any way, and never sends faster than it was told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from agent.core.reach import Burst, CannotAsk, Login, Reach, ReachError, SnmpLogin, Unanswered
from agent.core.secrets import Secret
from agent.discovery.scan import Answer, Recognised, Scan

SILENCE = Unanswered("timeout", "no answer")


@dataclass
class Network:
    """`pings` are the addresses that answer; `snmp` by address and credentials: what is said, or raised. `sent` keeps
    when each packet left and what it was."""

    pings: set[str] = field(default_factory=set)
    snmp: dict[tuple[str, str], Any] = field(default_factory=dict)
    no_ping: CannotAsk | None = None
    sent: list[tuple[float, str]] = field(default_factory=list)

    def _send(self, what: str) -> None:
        self.sent.append((asyncio.get_running_loop().time(), what))

    async def burst(self, address: str, *, count: int, **how: Any) -> Burst:
        if self.no_ping:
            raise self.no_ping
        self._send(f"ping {address}")
        return Burst((0.001 if address in self.pings else None,) * count)

    @contextlib.asynccontextmanager
    async def open(
        self, address: str, login: SnmpLogin, timeout: float, credentials: str, pace: Any
    ) -> AsyncIterator[Any]:
        assert len(pace.pauses) == 1, "each try takes its own turn"
        self._send(f"snmp {address} {credentials}")
        said = self.snmp.get((address, credentials.removeprefix("credentials ")), SILENCE)
        said = said.pop(0) if isinstance(said, list) else said
        if isinstance(said, ReachError):
            raise said
        yield Said(said)

    def scan(self, addresses: Sequence[str], *logins: Login, rate: float = 10_000) -> Scan:
        return Scan(Reach(self, None, self), logins, ("1.3.6.1.2.1.1.5.0",), recognise, rate)  # type: ignore[arg-type]

    def run(self, addresses: Sequence[str], *logins: Login, rate: float = 10_000) -> dict[str, Answer]:
        answers = asyncio.run(self.scan(addresses, *logins, rate=rate).run(addresses))
        return {each.address: each for each in answers}


@dataclass
class Said:
    facts: Mapping[str, Any]

    async def get(self, oids: Sequence[str]) -> Mapping[str, Any]:
        return self.facts


async def recognise(snmp: Any, facts: Mapping[str, Any]) -> Recognised:
    return Recognised(vendor="Acme") if facts else Recognised()


def login(name: str, version: str = "2c") -> Login:
    return Login(name, SnmpLogin(version, Secret("x")))


ROOM, CORE = login("room"), login("core")
HERE = [f"10.0.0.{n}" for n in range(1, 6)]


def test_what_answers_by_either_way_is_found_and_the_silent_are_not() -> None:
    network = Network({"10.0.0.1", "10.0.0.2"}, {("10.0.0.2", "room"): {"a": 1}, ("10.0.0.3", "room"): {"b": 2}})
    found = network.run(HERE, ROOM)
    assert list(found) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
    assert found["10.0.0.1"] == Answer("10.0.0.1", True)
    assert found["10.0.0.2"] == Answer("10.0.0.2", True, "room", {"a": 1}, Recognised(vendor="Acme"))
    assert found["10.0.0.3"] == Answer("10.0.0.3", False, "room", {"b": 2}, Recognised(vendor="Acme"))


def test_the_first_login_that_is_answered_is_taken_and_no_other_is_tried() -> None:
    network = Network(snmp={("10.0.0.1", "room"): {"a": 1}, ("10.0.0.1", "core"): {"a": 2}})
    assert network.run(HERE[:1], CORE, ROOM)["10.0.0.1"].login == "core"
    assert [what for _, what in network.sent] == ["ping 10.0.0.1", "snmp 10.0.0.1 credentials core"]


def test_no_community_is_ever_guessed() -> None:
    network = Network({"10.0.0.1"})
    assert network.run(HERE[:1], Login("ssh only"))["10.0.0.1"].login is None
    assert [what for _, what in network.sent] == ["ping 10.0.0.1"]


def test_without_the_right_to_ping_snmp_finds_all_the_same() -> None:
    network = Network(snmp={("10.0.0.4", "room"): {"a": 1}}, no_ping=CannotAsk("permission", "set ping_group_range"))
    scan = network.scan(HERE, ROOM)
    (answer,) = asyncio.run(scan.run(HERE))
    assert (answer.address, answer.ping, answer.login) == ("10.0.0.4", None, "room")
    assert scan.cannot_ping == "set ping_group_range"


def test_a_lost_packet_costs_no_device_that_answers_pings() -> None:
    network = Network({"10.0.0.1"}, {("10.0.0.1", "room"): [SILENCE, {"a": 1}], ("10.0.0.2", "room"): [SILENCE, {}]})
    assert list(network.run(HERE, ROOM)) == ["10.0.0.1"]


def test_a_closed_port_is_asked_once_whatever_logins_there_are_for_it() -> None:
    network = Network({"10.0.0.1"}, {("10.0.0.1", "room"): Unanswered("refused", "port closed")})
    other = Login("other port", SnmpLogin("2c", Secret("x"), port=1161))
    found = network.run(HERE[:1], ROOM, CORE, other)["10.0.0.1"]
    assert (found.login, found.note) == (None, "")
    assert [what for _, what in network.sent][:2] == ["ping 10.0.0.1", "snmp 10.0.0.1 credentials room"]
    assert {what for _, what in network.sent[2:]} == {"snmp 10.0.0.1 credentials other port"}


def test_who_speaks_snmp_and_refuses_every_login_is_found_and_says_why() -> None:
    wrong = Unanswered("authentication", "10.0.0.9 knows no user shouwang")
    network = Network(snmp={("10.0.0.1", "core"): wrong, ("10.0.0.2", "core"): wrong, ("10.0.0.2", "room"): {"a": 1}})
    found = network.run(HERE, login("core", "3"), ROOM)
    assert found["10.0.0.1"].note == "10.0.0.9 knows no user shouwang"
    assert (found["10.0.0.2"].login, found["10.0.0.2"].note) == ("room", "")


def test_packets_leave_one_by_one_at_the_rate_that_was_told() -> None:
    rate = 200.0
    network = Network({"10.0.0.2"}, {("10.0.0.2", "room"): {"a": 1}})
    addresses = [f"10.0.0.{n}" for n in range(1, 21)]
    network.run(addresses, ROOM, CORE, rate=rate)
    times = [at for at, _ in network.sent]
    assert len(times) == 20 + 20 + 19
    # No burst anywhere: ten packets take the time of nine gaps, but for what a busy machine shifts.
    assert all(times[place + 9] - times[place] > 0.7 * 9 / rate for place in range(len(times) - 9))


def test_version_3_counts_as_the_three_packets_that_it_takes() -> None:
    network = Network()
    network.run(["10.0.0.1", "10.0.0.2", "10.0.0.3"], login("core", "3"), rate=100)
    times = [at for at, _ in network.sent]
    assert len(times) == 6
    # Three pings, and twice three packets before the last question.
    assert times[-1] - times[0] > 0.7 * 9 / 100


def test_each_address_is_told_once_as_it_is_done() -> None:
    network, told = Network({"10.0.0.1"}), []
    scan = network.scan(HERE, ROOM)
    scan.told = lambda: told.append(1)
    asyncio.run(scan.run(HERE))
    assert len(told) == len(HERE)


@pytest.mark.parametrize("kind", ["permission", "missing", "resolve"])
def test_one_address_that_cannot_be_asked_ends_nothing(kind: str) -> None:
    network = Network({"10.0.0.2"}, {("10.0.0.1", "room"): CannotAsk(kind, "a broadcast address?")})
    assert list(network.run(HERE, ROOM)) == ["10.0.0.2"]
