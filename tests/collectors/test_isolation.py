"""Zone separation as a second vantage sees it: real sshd in a network with a firewall, by each program it can have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.model import Target
from collectors.isolation import AGAIN, EVERY
from tests.collectors.vantage import V2C, V3, Vantage, has, network, snmp_agent, vantage
from tests.sshd import Sshd


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    folder = tmp_path_factory.mktemp("vantage")
    with network(folder) as pid, snmp_agent(folder, pid), vantage(folder, pid) as there:
        yield there


@pytest.fixture
def folder(server: Sshd) -> Path:
    has(server.folder, "python3")
    return server.folder


def device(number: int, kind: str = "switch", login: object = None) -> Target:
    return Target(kind, f"d{number}", f"d{number}", address=f"10.9.0.{number}", login=login)  # type: ignore[arg-type]


DEVICES = [device(1, login=V3), device(2, login=V3), device(3), device(4, login=V2C), device(5), device(7, login=V2C)]


@pytest.mark.parametrize("program", ["python3", "bash", "busybox", "nc.openbsd", "nc.traditional", "ncat"])
def test_what_a_firewall_lets_through_is_open_what_it_stops_is_not_and_what_was_not_tried_is_neither(
    program: str, server: Sshd, folder: Path
) -> None:
    has(folder, program)
    web = Vantage(server, [{"to": "switches", "port": [22, 161]}, {"to": "10.10.0.1", "port": 22}], DEVICES)
    web.poll()
    assert web.failure is None
    # d1 answers; d2 would if it could; d4 is rejected; nothing listens on d3 and d5; d7 may speak another version. Of
    # SNMP no nc can tell. There is no way to 10.10.0.1.
    asked = (1, 2, 3, 4, 5) if program in ("python3", "bash") else ()
    assert web.managed == {
        **{(f"d{n}", "22"): float(n == 1) for n in (1, 2, 3, 4, 5, 7)},
        **{(f"d{n}", "161"): float(n == 1) for n in asked},
    }
    severity = {"22": "fail", "161": "warn"}
    assert web.unexpected == {(to, severity[port]): value for (to, port), value in web.managed.items()}
    opened = [each for each in web.remarks if each.startswith("open")]
    unknown = web.remarks[len(opened) :]
    assert [each.partition(";")[0] for each in opened] == [
        "open though not allowed: web reaches d1 on port 22",
        *(["open though not allowed (warning): web reaches d1 on port 161"] if asked else []),
    ]
    assert [web.told[f"d{n}"] for n in (1, 2)] == [opened, []]
    assert [each.partition(" (")[0] for each in unknown] == [
        "not known: web to 10.10.0.1, port 22",
        *(f"not known: web to d{n}, port 161" for n in (1, 2, 3, 4, 5, 7) if n not in asked),
    ]
    assert "that host has no route there, so no boundary was tried" in unknown[0]
    why = "no answer; the device may speak SNMPv1 or v2c only" if asked else "the host has no program for it"
    assert all(each.endswith(f"({why}); that is no pass") for each in unknown[1:])


def test_a_host_without_any_program_is_not_read_and_tells_nothing(server: Sshd, folder: Path) -> None:
    has(folder, "cat")
    web = Vantage(server, [{"to": "switches", "port": 22}], DEVICES)
    web.poll()
    assert web.failure is not None
    assert (web.failure.kind, web.unexpected, web.managed) == ("missing", {}, {})
    assert str(web.failure).startswith("web: none of python3, bash, nc can try connections there: ")
    assert web.remarks == [str(web.failure)], "in the reader's language, too"


def test_twenty_ports_of_many_devices_are_tried_and_none_is_missed(server: Sshd, folder: Path) -> None:
    entries = [{"to": "d1", "port": "8000-8019"}, {"to": "d5", "port": "1-20"}, {"to": "d3", "port": "1-20"}]
    web = Vantage(server, entries, DEVICES)
    web.poll()
    assert web.unexpected == {("d1", "fail"): 20, ("d3", "fail"): 0, ("d5", "fail"): 0}


def test_what_was_found_holds_for_an_hour_or_ten_minutes_where_it_is_not_as_it_should_be(
    server: Sshd, folder: Path
) -> None:
    for number, pace in ((1, AGAIN), (5, EVERY)):
        web = Vantage(server, [{"to": f"d{number}", "port": 22}], DEVICES)
        web.poll()
        before, found = server.log.count("Starting session"), web.unexpected
        for _ in range(3):
            web.poll()
            assert web.unexpected == found
        web.poll(pace - 100)
        assert server.log.count("Starting session") == before
        web.poll(100)
        assert server.log.count("Starting session") == before + 1
        web.entries = [{"to": "d5", "port": [22, 23]}]
        web.poll()
        assert server.log.count("Starting session") == before + 2, "another matrix is tried at once"


def test_a_host_that_cannot_be_asked_any_more_tells_nothing_and_is_asked_at_the_next_poll(
    server: Sshd, folder: Path
) -> None:
    web = Vantage(server, [{"to": "d1", "port": 22}], DEVICES)
    web.poll()
    assert web.unexpected == {("d1", "fail"): 1}
    web.server = replace(server, port=1)
    web.poll(AGAIN)
    assert web.failure is not None
    assert (web.unexpected, web.managed, web.remarks) == ({}, {}, [])
    web.server = server
    web.poll()
    assert (web.failure, web.unexpected) == (None, {("d1", "fail"): 1})
