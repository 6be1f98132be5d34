"""Processor, memory, swap, load and start, by what the kernel says in /proc (proc(5))."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from agent.core.model import Sample
from agent.core.ssh import Answer, reading
from collectors.host.linux.figures import figures, number
from collectors.host.linux.window import counted
from collectors.host.metrics import BOOT, CPU, INFO, LOAD1, MEMORY, OUT_OF_MEMORY, SWAP
from collectors.host.subject import Subject, Turn

STAT = reading("/proc/stat", 256 * 1024)  # with a number for each interrupt there is
MEMINFO, LOADAVG, VMSTAT = reading("/proc/meminfo"), reading("/proc/loadavg", 256), reading("/proc/vmstat")
IDLE, IOWAIT, GUEST = 3, 4, 8  # columns of the line "cpu"; those of guests are counted in user time already
DAY = 86400.0


def ask(turn: Turn) -> Sequence[Any]:
    return STAT, MEMINFO, LOADAVG, VMSTAT


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    stat, meminfo, loadavg, vmstat = (answer.text for answer in answers)
    if turn.system.name:
        yield Sample(INFO, 1.0, (turn.system.name, turn.system.version, turn.options.role))
    if (ratio := busy(stat, turn.memory)) is not None:
        yield Sample(CPU, ratio)
    if (load := number(loadavg.partition(" ")[0])) is not None:
        yield Sample(LOAD1, load)
    yield from memory(figures(meminfo))
    boot = started(stat)
    if boot is not None:
        yield Sample(BOOT, boot)
    kills = figures(vmstat).get("oom_kill")  # since Linux 4.13
    if kills is not None and boot is not None:
        count = counted(turn.kept.setdefault("kills", {}), turn.now, kills, DAY, since=boot)
        if count is not None:
            yield Sample(OUT_OF_MEMORY, count, ("24h",))


def busy(stat: str, memory: MutableMapping[str, Any]) -> float | None:
    """Share of busy time since the last poll; None at the first. Waiting for disks is idle."""
    times = [float(word) for word in stat.partition("\n")[0].split()[1:] if word.isdecimal()]
    if not stat.startswith("cpu ") or len(times) <= IDLE:
        return None
    total, idle = sum(times[:GUEST]), times[IDLE] + (times[IOWAIT] if len(times) > IOWAIT else 0)
    before: tuple[float, float] | None = memory.get("cpu")
    memory["cpu"] = (total, idle)
    if before is None or total <= before[0]:
        return None
    return min(1.0, max(0.0, 1 - (idle - before[1]) / (total - before[0])))


def memory(facts: Mapping[str, float]) -> Iterator[Sample]:
    """Kernels before 3.14 do not say MemAvailable: then it is what is free or can be given back at once."""
    total, available = facts.get("MemTotal"), facts.get("MemAvailable")
    if available is None and "MemFree" in facts:
        given_back = (facts.get(name, 0.0) for name in ("Buffers", "Cached", "SReclaimable"))
        available = facts["MemFree"] + sum(given_back) - facts.get("Shmem", 0.0)
    if total and available is not None and 0 <= available <= total:
        yield Sample(MEMORY, 1 - available / total)
    swap, free = facts.get("SwapTotal"), facts.get("SwapFree")
    if swap and free is not None and 0 <= free <= swap:
        yield Sample(SWAP, 1 - free / swap)


def started(stat: str) -> float | None:
    """Unix seconds."""
    return next((number(line[6:]) for line in stat.split("\n") if line.startswith("btime ")), None)


SUBJECT = Subject("proc", (INFO, CPU, LOAD1, MEMORY, SWAP, BOOT, OUT_OF_MEMORY), ask, read)
