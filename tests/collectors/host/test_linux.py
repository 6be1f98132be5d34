"""A Linux host over a real sshd: this machine, as whoever runs the tests."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from agent.core.model import Target
from collectors.host import linux
from collectors.host.file_systems import relevant, usage
from tests.collectors.host.hosts import Found, Host, host_options
from tests.sshd import Sshd, sshd


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture(scope="module")
def found(server: Sshd) -> Found:
    host = Host(server)
    found = host.poll(times=2)
    assert host.failure is None
    return found


def test_it_is_read_by_one_login_and_says_what_it_is(server: Sshd, found: Found) -> None:
    assert server.logins == 1
    ((system, version, role),) = found["host_info"]
    assert (system, role) == (platform.freedesktop_os_release()["NAME"], "server")
    assert version


def test_memory_load_and_file_systems_are_those_that_psutil_sees(found: Found) -> None:
    memory = psutil.virtual_memory()
    assert found["host_memory_usage_ratio"][()] == pytest.approx(1 - memory.available / memory.total, abs=0.05)
    assert found["host_load1"][()] == pytest.approx(psutil.getloadavg()[0], abs=4)
    assert found["host_boot_timestamp_seconds"][()] == pytest.approx(psutil.boot_time(), abs=2)
    assert 0 <= found["host_cpu_usage_ratio"][()] <= 1
    mountpoints = {each: usage(each) for each in relevant(psutil.disk_partitions(all=True))}
    expected = {
        (each,): seen.ratio for each, seen in mountpoints.items() if seen is not None and seen.ratio is not None
    }
    assert found["host_filesystem_usage_ratio"] == pytest.approx(expected, abs=0.02)


def test_every_interface_but_loopback_has_its_counters(found: Found) -> None:
    names = {name for name, state in psutil.net_if_stats().items() if "loopback" not in state.flags.split(",")}
    assert {labels[0] for labels in found.get("interface_up", {})} == names
    assert {labels[0] for labels in found.get("interface_receive_bytes_total", {})} == names


def test_only_hosts_that_should_be_read_so_are() -> None:
    for options, reads in (({}, True), ({"by": None}, False), ({"system": "windows"}, False), ({"by": "snmp"}, False)):
        target = Target("host", "web", "web", host_options(**options), "127.0.0.1")
        assert linux.COLLECTOR.applies(target) is reads, options


def test_a_folder_of_its_own_has_each_subject_in_the_table() -> None:
    files = {path.stem for path in Path(linux.__file__ or "").parent.glob("*.py")}
    named = {each.name for each in linux.SUBJECTS}
    frame = {"__init__", "asking", "figures", "processes", "subject", "system", "window"}
    assert files - frame == named


def test_what_the_host_answered_is_kept_as_proof_also_of_what_is_asked_seldom(server: Sshd) -> None:
    host = Host(server)
    for _ in range(2):
        found = host.poll()
        proved = {name for each in host.excerpts for name in each.metrics}
        assert found.keys() >= proved >= {"host_memory_usage_ratio", "host_hardening_findings"}
        assert [each.of for each in host.excerpts if "MemTotal:" in each.text] == ["head -c 65537 -- /proc/meminfo"]
