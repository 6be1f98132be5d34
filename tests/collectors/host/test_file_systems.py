"""Which file systems count, what a hanging one costs, and when a growing one is full."""

from __future__ import annotations

import asyncio
import json
import os
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.host.file_systems import Growth, Usage, relevant, slope, usage, usages
from tests.namespace import run_script

DAY = 86400.0


class Mount(NamedTuple):
    device: str
    mountpoint: str
    fstype: str
    opts: str = "rw,relatime"


MOUNTS = [
    Mount("/dev/sda2", "/", "ext4"),
    Mount("/dev/sda2", "/var/lib/agent/bind", "ext4"),
    Mount("/dev/sda1", "/boot/efi", "vfat"),
    Mount("/dev/sdb1", "/data", "xfs"),
    Mount("/dev/mapper/ro", "/archive", "ext4", "ro"),
    Mount("/dev/loop3", "/snap/core/1", "squashfs", "ro,nodev"),
    Mount("/dev/loop4", "/mnt/image", "ext4", "ro,relatime"),
    Mount("/dev/loop5", "/mnt/disk", "ext4"),
    Mount("/dev/sr0", "/media/cdrom", "iso9660", "ro"),
    Mount("nas:/export", "/mnt/nas", "nfs4"),
    Mount("//pc/share", "/mnt/share", "cifs"),
    Mount("tmpfs", "/run", "tmpfs"),
    Mount("proc", "/proc", "proc"),
    Mount("overlay", "/var/lib/docker/overlay2/x/merged", "overlay"),
]


def test_local_media_count_once_each_and_what_cannot_fill_up_does_not() -> None:
    assert relevant(MOUNTS) == ["/", "/archive", "/boot/efi", "/data", "/mnt/disk"]


def test_the_root_of_a_container_counts() -> None:
    assert relevant([Mount("overlay", "/", "overlay"), Mount("/dev/sda1", "/etc/hosts", "ext4")]) == ["/", "/etc/hosts"]
    assert usage("/etc/hosts") is None


def test_usage_leaves_out_what_is_kept_for_root_as_df_does() -> None:
    assert Usage(used=60, free=20, inodes=None).ratio == 0.75
    assert Usage(used=0, free=0, inodes=None).ratio is None


def test_a_mountpoint_that_is_gone_is_left_out() -> None:
    found, silent = asyncio.run(usages(["/nowhere/at/all"], {}, 5))
    assert (found, silent) == ({}, {})


def test_a_file_system_that_hangs_costs_one_thread_and_no_other_reading() -> None:
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("this process may not open /dev/fuse")
    seen = json.loads(run_script("collectors/host/hanging_file_system.py", timeout=60))
    assert seen["found"] == [["/"]] * 3
    assert seen["silent"] == [{"/run/dead": "no answer within 0.3 s"}] * 3
    assert seen["threads"] == 1


def test_growth_is_told_after_a_day_and_says_when_it_is_full() -> None:
    growth = Growth()
    seen = []
    for tick in range(2 * 144 + 1):
        growth.add(tick * 600.0, 1000 + tick)
        seen.append(growth.time_to_full(6000))
    assert seen[:144] == [None] * 144
    assert seen[144:] == [pytest.approx(6000 * 600.0)] * 145


def test_what_does_not_grow_is_never_full() -> None:
    growth = Growth()
    for tick in range(200):
        growth.add(tick * 600.0, 1000 - tick)
    assert growth.time_to_full(10) == float("inf")


def test_a_full_one_that_still_grows_is_full_now() -> None:
    growth = Growth()
    for tick in range(200):
        growth.add(tick * 600.0, tick)
    assert growth.time_to_full(0) == 0


def test_history_is_a_point_each_ten_minutes_for_seven_days() -> None:
    growth = Growth()
    for tick in range(9 * 288):
        growth.add(tick * 300.0, tick)
    assert len(growth._points) <= 7 * 144 + 1
    assert growth.time_to_full(100) == pytest.approx(100 * 300.0)


def test_a_clearing_up_a_week_ago_is_forgotten() -> None:
    growth = Growth()
    for tick in range(8 * 144):
        growth.add(tick * 600.0, 10**9 if tick < 100 else tick)
    assert growth.time_to_full(100) == pytest.approx(100 * 600.0)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e9), st.integers(2, 50))
def test_the_slope_of_a_straight_line_is_its_own(rise: float, start: float, count: int) -> None:
    points = [(600.0 * tick, start + rise * 600.0 * tick) for tick in range(count)]
    assert slope(points) == pytest.approx(rise, rel=1e-6, abs=1e-3)
