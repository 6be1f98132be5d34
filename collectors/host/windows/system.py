"""What the system is, processor, memory, paging file, volumes, start: by CIM classes that every Windows has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from agent.core.model import Sample
from agent.core.reach import Unanswered
from agent.core.ssh import Answer, Command
from collectors.host import words as common
from collectors.host.file_systems import Growth, Usage, samples
from collectors.host.metrics import BOOT, CPU, INFO, MEMORY, SPACE, SWAP, TIME_TO_FULL
from collectors.host.subject import Subject, Turn
from collectors.host.windows import words
from collectors.host.windows.script import document, lacking, number, rows, script, text

# Of each logical processor: how long it was idle and when that was read, both in units of 100 ns.
SCRIPT = script(
    "system",
    """$o=Get-CimInstance Win32_OperatingSystem
$c=Get-CimInstance Win32_PerfRawData_PerfOS_Processor -ErrorAction SilentlyContinue|Where-Object{$_.Name -ne '_Total'}
$p=Get-CimInstance Win32_PageFileUsage
$d=Get-CimInstance Win32_LogicalDisk -Filter 'DriveType=3'
give @{name=$o.Caption;version=$o.Version;boot=(unix $o.LastBootUpTime);total=$o.TotalVisibleMemorySize
free=$o.FreePhysicalMemory;processors=@($c|ForEach-Object{@{idle=[double]$_.PercentIdleTime;at=[double]\
$_.Timestamp_Sys100NS}})
paging=@($p|ForEach-Object{@{size=$_.AllocatedBaseSize;used=$_.CurrentUsage}})
volumes=@($d|ForEach-Object{@{id=$_.DeviceID;size=$_.Size;free=$_.FreeSpace}})}""",
)


def ask(turn: Turn) -> Sequence[Command]:
    return (SCRIPT,)


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    """Unanswered where the host gives nothing: then it is not read."""
    facts = document(answers[0])
    if not facts:
        raise Unanswered("protocol", lacking(answers[0], common.SYSTEM).en)
    yield Sample(INFO, 1.0, (text(facts, "name") or "Windows", text(facts, "version"), turn.options.role))
    if (ratio := busy(facts, turn.memory)) is not None:
        yield Sample(CPU, ratio)
    if not any(rows(facts, "processors")):
        turn.remarks.append(words.NO_COUNTERS)
    yield from memory(facts)
    if (boot := number(facts, "boot")) is not None:
        yield Sample(BOOT, boot)
    growths: dict[str, Growth] = turn.memory.setdefault("growth", {})
    for gone in growths.keys() - {text(each, "id") for each in rows(facts, "volumes")}:
        del growths[gone]
    for each in rows(facts, "volumes"):
        yield from _volume(each, growths, turn.monotonic)


def busy(facts: Mapping[str, Any], memory: MutableMapping[str, Any]) -> float | None:
    """Share of busy time since the last poll; None at the first, and after a start."""
    told = [(number(each, "idle"), number(each, "at")) for each in rows(facts, "processors")]
    times = [(idle, at) for idle, at in told if idle is not None and at is not None]
    now = (len(times), sum(idle for idle, _ in times), sum(at for _, at in times))
    before: tuple[int, float, float] | None = memory.get("cpu")
    memory["cpu"] = now
    if before is None or before[0] != now[0] or now[2] <= before[2] or now[1] < before[1]:
        return None
    return min(1.0, max(0.0, 1 - (now[1] - before[1]) / (now[2] - before[2])))


def memory(facts: Mapping[str, Any]) -> Iterator[Sample]:
    """Kilobytes of memory; FreePhysicalMemory is what programs can have, the cache's with it. Megabytes of paging."""
    total, free = number(facts, "total"), number(facts, "free")
    if total and free is not None and 0 <= free <= total:
        yield Sample(MEMORY, 1 - free / total)
    files = [(number(each, "size"), number(each, "used")) for each in rows(facts, "paging")]
    size, used = sum(size or 0.0 for size, _ in files), sum(used or 0.0 for _, used in files)
    if size and 0 <= used <= size:
        yield Sample(SWAP, used / size)


def _volume(facts: Mapping[str, Any], growths: dict[str, Growth], at: float) -> Iterator[Sample]:
    """One without a size holds no file system that can be read."""
    name, size, free = text(facts, "id"), number(facts, "size"), number(facts, "free")
    if not name or not size or free is None or not 0 <= free <= size:
        return
    yield from samples(name, Usage(int(size - free), int(free), None), growths.setdefault(name, Growth()), at)


SUBJECT = Subject("system", (INFO, CPU, MEMORY, SWAP, BOOT, SPACE, TIME_TO_FULL), ask, read)
