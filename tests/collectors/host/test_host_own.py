"""The own machine, against what the system itself says."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from agent.core.model import Reading, Target
from collectors.host.options import HostOptions
from collectors.host.own import COLLECTOR
from tests.collectors.ways import Wire, polls, value, values

OPTIONS = HostOptions(id="agent", address="localhost", role="server")
HERE = Target("host", "agent", "守望主机", OPTIONS, "localhost")


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    return polls(Wire(), COLLECTOR, HERE, times=3, pause=0.2)


def test_it_is_read_without_any_way_into_it(readings: list[Reading]) -> None:
    assert [reading.failure for reading in readings] == [None] * 3
    assert values(readings[0], "host_up") == {("server",): 1}


def test_cpu_is_absent_until_there_are_two_readings_to_compare(readings: list[Reading]) -> None:
    assert value(readings[0], "host_cpu_usage_ratio") is None
    for reading in readings[1:]:
        ratio = value(reading, "host_cpu_usage_ratio")
        assert ratio is not None
        assert 0 <= ratio <= 1


def test_memory_load_and_start_are_those_of_proc(readings: list[Reading]) -> None:
    memory = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    kilobytes = {name: int(text.split()[0]) for name, text in memory.items()}
    expected = 1 - kilobytes["MemAvailable"] / kilobytes["MemTotal"]
    assert value(readings[0], "host_memory_usage_ratio") == pytest.approx(expected, abs=0.2)
    assert (value(readings[0], "host_swap_usage_ratio") is None) == (kilobytes["SwapTotal"] == 0)
    assert value(readings[0], "host_load1") == pytest.approx(os.getloadavg()[0], abs=4)
    started = value(readings[0], "host_boot_timestamp_seconds")
    assert started is not None
    assert started == pytest.approx(time.time() - time.clock_gettime(time.CLOCK_BOOTTIME), abs=5)


def test_the_root_file_system_is_as_full_as_df_says(readings: list[Reading]) -> None:
    if ("/",) not in values(readings[0], "host_filesystem_usage_ratio"):
        pytest.skip("the root of this machine is no local file system")
    shown = subprocess.run(
        ["df", "--output=used,avail,iused,itotal", "-k", "/"], capture_output=True, text=True, check=True
    ).stdout.split()[-4:]
    used, free, inodes, all_inodes = (int(each) for each in shown)
    usage = values(readings[0], "host_filesystem_usage_ratio")[("/",)]
    assert usage == pytest.approx(used / (used + free), abs=0.02)
    if all_inodes:
        ratio = values(readings[0], "host_filesystem_inodes_usage_ratio")[("/",)]
        assert ratio == pytest.approx(inodes / all_inodes, abs=0.02)


def test_a_forecast_is_absent_before_a_day_is_known(readings: list[Reading]) -> None:
    assert not values(readings[-1], "host_filesystem_time_to_full_seconds")


def test_it_says_which_system_it_is(readings: list[Reading]) -> None:
    ((system, version, role),) = values(readings[0], "host_info")
    assert (system, role) == (platform.freedesktop_os_release()["NAME"], "server")
    assert version


def test_every_interface_but_loopback_has_its_counters(readings: list[Reading]) -> None:
    names = {name for name, state in psutil.net_if_stats().items() if "loopback" not in state.flags.split(",")}
    for metric in (
        "interface_up",
        "interface_admin_up",
        "interface_receive_bytes_total",
        "interface_transmit_errors_total",
    ):
        assert {labels[0] for labels in values(readings[0], metric)} == names, metric


def test_only_this_machine_is_read_so() -> None:
    assert COLLECTOR.applies(HERE)
    elsewhere = HostOptions(id="queue", address="10.30.0.7")
    assert not COLLECTOR.applies(Target("host", "queue", "queue", elsewhere, "10.30.0.7"))
