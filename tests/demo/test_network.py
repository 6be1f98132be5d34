"""The network that can fail, as the kernel's own TCP, UDP and ping see it."""

import errno
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.namespace import need_namespace
from tests.peers import need


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    need_namespace()
    need("ping")
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo.failing_network"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return dict(json.loads(done.stdout))


def test_a_server_is_asked_at_an_address_that_this_machine_does_not_have(found: dict[str, Any]) -> None:
    assert found["tcp"] == ["10.1.1.1 heard 6", 6]


def test_much_data_arrives_whole(found: dict[str, Any]) -> None:
    assert found["much"] == ["10.1.1.6 heard 300001", 300_001]


def test_a_long_datagram_comes_back_whole(found: dict[str, Any]) -> None:
    assert found["udp"] == 40_000


@pytest.mark.parametrize("where", ["closed", "nobody", "udp nobody"])
def test_a_port_where_nobody_listens_refuses(found: dict[str, Any], where: str) -> None:
    assert found[where] == errno.ECONNREFUSED


@pytest.mark.parametrize("where", ["swallowed", "silent", "no such host"])
def test_what_is_swallowed_is_never_answered(found: dict[str, Any], where: str) -> None:
    assert found[where] == "TimeoutError"


@pytest.mark.parametrize(("where", "said"), [("unreachable", errno.EHOSTUNREACH), ("prohibited", errno.EHOSTUNREACH)])
def test_a_router_says_that_it_does_not_reach_a_host(found: dict[str, Any], where: str, said: int) -> None:
    assert found[where] == said


def test_a_way_takes_the_time_it_is_said_to_take(found: dict[str, Any]) -> None:
    least = float(re.search(r"rtt min/avg/max/mdev = ([\d.]+)/", found["ping"])[1])  # type: ignore[index]
    assert 30 <= least < 60


def test_a_packet_whose_time_to_live_ends_is_told_by_the_router_where_it_did(found: dict[str, Any]) -> None:
    assert "From 10.20.9.1" in found["ttl"]
    assert "Time to live exceeded" in found["ttl"]


def test_the_share_of_packets_is_lost_that_shall_be(found: dict[str, Any]) -> None:
    received = int(re.search(r"(\d+) received", found["loss"])[1])  # type: ignore[index]
    # 140 of 200 are expected; five standard deviations of 6.5 packets.
    assert 107 < received < 173
