"""A host by SNMP: processors, memory, file systems, start. HOST-RESOURCES-MIB (RFC 2790), and net-snmp's UCD-SNMP-MIB
for what the former does not tell: load, memory that can be had at once, inodes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll
from agent.core.text import clean
from collectors.device import by_snmp
from collectors.host.file_systems import Growth
from collectors.host.metrics import BOOT, CPU, INFO, INODES, LOAD1, MEMORY, SESSIONS, SPACE, SWAP, TIME_TO_FULL
from collectors.host.options import HostOptions
from collectors.profiles.values import number

SYS_DESCR, SYSTEM_UPTIME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.25.1.1.0"  # hrSystemUptime, TimeTicks
USERS = "1.3.6.1.2.1.25.1.5.0"  # hrSystemNumUsers: sessions that the host has
PROCESSOR_LOAD = "1.3.6.1.2.1.25.3.3.1.2"  # hrProcessorLoad, percent
STORAGE = "1.3.6.1.2.1.25.2.3.1."
TYPE, NAME, UNIT, SIZE, USED = (STORAGE + column for column in ("2", "3", "4", "5", "6"))  # hrStorage…
RAM, FIXED_DISK = "1.3.6.1.2.1.25.2.1.2", "1.3.6.1.2.1.25.2.1.4"
UCD = "1.3.6.1.4.1.2021."
TOTAL_SWAP, FREE_SWAP, TOTAL, FREE, BUFFERS, CACHED, AVAILABLE = (
    f"{UCD}4.{number}.0" for number in (3, 4, 5, 6, 14, 15, 27)
)  # memTotalSwap … memSysAvail; kilobytes
LOAD, IDLE = UCD + "10.1.3.1", UCD + "11.11.0"  # laLoad.1 as text, ssCpuIdle in percent
DISK_PATH, DISK_INODES = UCD + "9.1.2", UCD + "9.1.10"  # dskPath, dskPercentNode
FACTS = (SYS_DESCR, SYSTEM_UPTIME, USERS, TOTAL_SWAP, FREE_SWAP, TOTAL, FREE, BUFFERS, CACHED, AVAILABLE, LOAD, IDLE)
COLUMNS = (PROCESSOR_LOAD, TYPE, NAME, UNIT, SIZE, USED, DISK_PATH, DISK_INODES)

# What the kernel keeps there is no disk that could fill.
KERNELS_OWN = ("/dev", "/proc", "/run", "/sys", "/snap")


@dataclass(frozen=True, slots=True)
class Storage:
    """One row of hrStorageTable, in bytes."""

    type: str
    name: str
    size: float
    used: float


async def collect(target: Target, options: HostOptions, poll: Poll) -> AsyncIterator[Sample]:
    async with poll.reach.snmp.session(target) as snmp:
        facts = await snmp.get(FACTS)
        rows = [row async for _, row in snmp.columns(COLUMNS)]
    storage = [found for row in rows if (found := _storage(row)) is not None]
    yield Sample(INFO, 1.0, (*_system(facts), options.role))
    for sample in (*_load(facts, rows), *_memory(facts, storage)):
        yield sample
    if (ticks := number(facts.get(SYSTEM_UPTIME))) is not None:
        yield Sample(BOOT, poll.now - ticks / 100)
    if (users := number(facts.get(USERS))) is not None:
        yield Sample(SESSIONS, users)
    for sample in (*_file_systems(storage, poll), *_inodes(rows)):
        yield sample


def _system(facts: Mapping[str, Any]) -> tuple[str, str]:
    """System and version: "Linux name 6.1.0 …" and "Hardware: … Software: Windows Version 6.3 …"."""
    said = clean(facts.get(SYS_DESCR, b""), 400) if isinstance(facts.get(SYS_DESCR), bytes) else ""
    if "Software: " in said:
        said = said.partition("Software: ")[2]
        name, _, version = said.partition(" Version ")
        return clean(name, 64), clean(version.split(" ")[0], 64)
    words = said.split(" ")
    return clean(words[0], 64), clean(words[2], 64) if len(words) > 2 else ""


def _load(facts: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> Iterator[Sample]:
    loads = [load for row in rows if (load := number(row.get(PROCESSOR_LOAD))) is not None and 0 <= load <= 100]
    idle = number(facts.get(IDLE))
    if loads:
        yield Sample(CPU, sum(loads) / len(loads) / 100)
    elif idle is not None and 0 <= idle <= 100:
        yield Sample(CPU, 1 - idle / 100)
    if (load1 := number(facts.get(LOAD))) is not None:
        yield Sample(LOAD1, load1)


def _memory(facts: Mapping[str, Any], storage: list[Storage]) -> Iterator[Sample]:
    total, available = number(facts.get(TOTAL)), number(facts.get(AVAILABLE))
    if available is None and (free := number(facts.get(FREE))) is not None:
        available = free + (number(facts.get(BUFFERS)) or 0) + (number(facts.get(CACHED)) or 0)
    ram = next((each for each in storage if each.type == RAM), None)
    if total and available is not None and 0 <= available <= total:
        yield Sample(MEMORY, 1 - available / total)
    elif ram is not None:
        yield Sample(MEMORY, ram.used / ram.size)
    swap, free_swap = number(facts.get(TOTAL_SWAP)), number(facts.get(FREE_SWAP))
    if swap and free_swap is not None and 0 <= free_swap <= swap:
        yield Sample(SWAP, 1 - free_swap / swap)


def _file_systems(storage: list[Storage], poll: Poll) -> Iterator[Sample]:
    growths: dict[str, Growth] = poll.memory.setdefault("growth", {})
    disks = {each.name: each for each in storage if each.type == FIXED_DISK and not _kernels_own(each.name)}
    for gone in growths.keys() - disks:
        del growths[gone]
    for name, disk in disks.items():
        yield Sample(SPACE, disk.used / disk.size, (name,))
        growth = growths.setdefault(name, Growth())
        growth.add(poll.monotonic, int(disk.used))
        if (seconds := growth.time_to_full(int(disk.size - disk.used))) is not None:
            yield Sample(TIME_TO_FULL, seconds, (name,))


def _kernels_own(path: str) -> bool:
    return any(path == each or path.startswith(each + "/") for each in KERNELS_OWN)


def _inodes(rows: list[Mapping[str, Any]]) -> Iterator[Sample]:
    """Only of the disks that the host's snmpd was told to watch."""
    for row in rows:
        path, percent = row.get(DISK_PATH), number(row.get(DISK_INODES))
        if isinstance(path, bytes) and percent is not None and 0 <= percent <= 100:
            yield Sample(INODES, percent / 100, (clean(path),))


def _storage(row: Mapping[str, Any]) -> Storage | None:
    """None for what has no size. Sizes are Integer32: beyond 2^31 units agents wrap round to negative numbers."""
    unit, size, used = number(row.get(UNIT)), number(row.get(SIZE)), number(row.get(USED))
    name = row.get(NAME)
    if not unit or not size or used is None or not isinstance(name, bytes):
        return None
    size, used = (each + 2**32 if each < 0 else each for each in (size, used))
    if not 0 <= used <= size:
        return None
    # Windows: "C:\\ Label:System  Serial Number 1234abcd" is the drive C:\.
    return Storage(str(row.get(TYPE)), clean(name).partition(" Label:")[0], size * unit, used * unit)


COLLECTOR = Collector(
    name="host_snmp",
    kinds=("host",),
    metrics=(INFO, CPU, LOAD1, MEMORY, SWAP, SPACE, INODES, TIME_TO_FULL, BOOT, SESSIONS),
    collect=collect,
    watches=lambda target: by_snmp(target) and target.options.by == "snmp",
)
