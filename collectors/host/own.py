"""The machine that the agent runs on: processor, memory, file systems, start, network interfaces."""

from __future__ import annotations

import os
import platform
from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any

import psutil

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll, Unanswered
from agent.core.text import clean
from collectors import interface_metrics as net
from collectors.host.file_systems import Growth, Usage, relevant, samples, usages
from collectors.host.metrics import BOOT, CPU, INFO, INODES, LOAD1, MEMORY, SESSIONS, SPACE, SWAP, TIME_TO_FULL
from collectors.host.options import HostOptions
from collectors.reach import HOST_UP

UTMP = ("/run/utmp", "/var/run/utmp")  # the list of who is logged in; where there is none psutil finds nobody
MEGABIT = 125_000.0  # bytes


async def collect(target: Target, options: HostOptions, poll: Poll) -> AsyncIterator[Sample]:
    """A file system that does not answer fails the run after everything else was yielded."""
    for sample in _system(options, poll.memory):
        yield sample
    for sample in _interfaces():
        yield sample
    mountpoints = relevant(psutil.disk_partitions(all=True))
    pending = poll.memory.setdefault("pending", {})
    found, silent = await usages(mountpoints, pending, min(2.0, target.timeout / 2))
    for sample in _file_systems(found, poll):
        yield sample
    if silent:
        reasons = "; ".join(f"{clean(mountpoint)}: {why}" for mountpoint, why in silent.items())
        raise Unanswered("timeout", f"{target.id}: file system {reasons}; look at its disk (dmesg, smartctl)")


def _system(options: HostOptions, memory: MutableMapping[str, Any]) -> Iterator[Sample]:
    yield Sample(HOST_UP, 1.0, (options.role,))
    yield Sample(INFO, 1.0, (*_release(), options.role))
    if (ratio := _cpu(memory)) is not None:
        yield Sample(CPU, ratio)
    yield Sample(LOAD1, os.getloadavg()[0])
    main = psutil.virtual_memory()
    yield Sample(MEMORY, 1 - main.available / main.total)
    swap = psutil.swap_memory()
    if swap.total:
        yield Sample(SWAP, swap.used / swap.total)
    yield Sample(BOOT, psutil.boot_time())
    if any(os.path.exists(path) for path in UTMP):
        yield Sample(SESSIONS, float(len(psutil.users())))


def _release() -> tuple[str, str]:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return platform.system(), platform.release()
    return clean(release.get("NAME", "Linux")), clean(release.get("VERSION", release.get("VERSION_ID", "")))


def _cpu(memory: MutableMapping[str, Any]) -> float | None:
    """Share of busy time since the last poll; None at the first. Waiting for disks is idle, guests are in user time."""
    times = psutil.cpu_times()
    total = sum(times) - times.guest - times.guest_nice
    idle = times.idle + times.iowait
    before: tuple[float, float] | None = memory.get("cpu")
    memory["cpu"] = (total, idle)
    if before is None or total <= before[0]:
        return None
    return min(1.0, max(0.0, 1 - (idle - before[1]) / (total - before[0])))


def _file_systems(found: dict[str, Usage], poll: Poll) -> Iterator[Sample]:
    growths: dict[str, Growth] = poll.memory.setdefault("growth", {})
    for mountpoint in [each for each in growths if each not in found and each not in poll.memory["pending"]]:
        del growths[mountpoint]
    for mountpoint, usage in found.items():
        yield from samples(mountpoint, usage, growths.setdefault(mountpoint, Growth()), poll.monotonic)


def _interfaces() -> Iterator[Sample]:
    """Every interface but loopback. Speed 0 means that the driver does not say."""
    counters = psutil.net_io_counters(pernic=True, nowrap=False)
    for name, state in psutil.net_if_stats().items():
        flags = state.flags.split(",")
        if "loopback" in flags:
            continue
        label = (clean(name),)
        yield Sample(net.INTERFACE_UP, float(state.isup), label)
        yield Sample(net.INTERFACE_ADMIN_UP, float("up" in flags), label)
        if state.speed > 0:
            yield Sample(net.SPEED, state.speed * MEGABIT, label)
        if (count := counters.get(name)) is None:
            continue
        yield Sample(net.RECEIVE_BYTES, count.bytes_recv, label)
        yield Sample(net.TRANSMIT_BYTES, count.bytes_sent, label)
        yield Sample(net.RECEIVE_ERRORS, count.errin, label)
        yield Sample(net.TRANSMIT_ERRORS, count.errout, label)
        yield Sample(net.RECEIVE_DISCARDS, count.dropin, label)
        yield Sample(net.TRANSMIT_DISCARDS, count.dropout, label)


INTERFACES = (
    net.INTERFACE_UP,
    net.INTERFACE_ADMIN_UP,
    net.SPEED,
    net.RECEIVE_BYTES,
    net.TRANSMIT_BYTES,
    net.RECEIVE_ERRORS,
    net.TRANSMIT_ERRORS,
    net.RECEIVE_DISCARDS,
    net.TRANSMIT_DISCARDS,
)
COLLECTOR = Collector(
    name="host",
    kinds=("host",),
    metrics=(HOST_UP, INFO, CPU, LOAD1, MEMORY, SWAP, SPACE, INODES, TIME_TO_FULL, BOOT, SESSIONS, *INTERFACES),
    collect=collect,
    watches=lambda target: bool(target.options.local),
)
