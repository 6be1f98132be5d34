"""Scheduler: runs each job on its own rhythm on the monotonic clock, whatever the others do."""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

WAKE = 0.2  # seconds; polls due within one share a wakeup: most of a lone probe's CPU is code gone cold in between
SOON = 60.0  # seconds after which a run that failed is made again; twice as long after each further one
FIRST_SPACING = 0.015  # seconds between first polls: a small centre is complete at once, a large one is not hit at once


@dataclass(frozen=True)
class Job:
    """`run` every `every` seconds, and sooner while it returns False, after `soon` seconds, then longer; never twice at
    the same time. `key` identifies the job over reloads, `identity` is compared to tell whether a reload changed it."""

    key: tuple[str, ...]
    every: float
    run: Callable[[], Awaitable[bool | None]] = field(compare=False)
    identity: object = None
    soon: float = SOON


@dataclass
class _Rhythm:
    job: Job
    due: float
    ticket: int
    task: asyncio.Task[None] | None = None
    before: asyncio.Task[None] | None = None  # the cancelled run of what this job replaced
    failed: int = 0  # runs in a row


class Scheduler:
    """`lag` is told, for each start, how many seconds after its due moment it came."""

    def __init__(self, lag: Callable[[float], None] = lambda seconds: None) -> None:
        self._rhythms: dict[tuple[str, ...], _Rhythm] = {}
        self._heap: list[tuple[float, int, tuple[str, ...]]] = []
        self._tickets = 0
        self._handle: asyncio.TimerHandle | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._lag = lag
        self._stopped = False

    def set(self, jobs: Iterable[Job]) -> None:
        """Make these the jobs. One that is as it was keeps its rhythm and its run; a changed or new one starts soon;
        the run of one that is gone is cancelled."""
        wanted = {job.key: job for job in jobs}
        for key in [key for key in self._rhythms if key not in wanted]:
            self._drop(key)
        fresh: list[_Rhythm] = []
        for key, job in wanted.items():
            known = self._rhythms.get(key)
            if known is not None and known.job == job:
                known.job = job
            else:
                before = None if known is None else self._drop(key)
                fresh.append(_Rhythm(job, 0.0, 0, before=before))
        self._spread(fresh)
        self._arm()

    async def stop(self) -> None:
        """Starts nothing more, cancels what runs and waits for it."""
        self._stopped = True
        if self._handle is not None:
            self._handle.cancel()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def settled(self, key: tuple[str, ...], within: float) -> None:
        """Waits for the run of this job that is under way, if any, at most so many seconds."""
        rhythm = self._rhythms.get(key)
        if rhythm is not None and rhythm.task is not None:
            await asyncio.wait({rhythm.task}, timeout=within)

    def _spread(self, fresh: list[_Rhythm]) -> None:
        now = asyncio.get_running_loop().time()
        for place, rhythm in enumerate(fresh):
            self._rhythms[rhythm.job.key] = rhythm
            offset = place * min(rhythm.job.every / len(fresh), FIRST_SPACING)
            self._plan(rhythm, now + offset // WAKE * WAKE)

    def _plan(self, rhythm: _Rhythm, due: float) -> None:
        # A ticket makes older heap entries of the same job void: cheaper than taking them out of the heap.
        self._tickets += 1
        rhythm.due, rhythm.ticket = due, self._tickets
        heapq.heappush(self._heap, (due, rhythm.ticket, rhythm.job.key))

    def _drop(self, key: tuple[str, ...]) -> asyncio.Task[None] | None:
        rhythm = self._rhythms.pop(key)
        if rhythm.task is not None:
            rhythm.task.cancel()
        # One that never started still waits for the run before it.
        return rhythm.task or rhythm.before

    def _arm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        while self._heap and not self._current(self._heap[0]):
            heapq.heappop(self._heap)
        if self._heap and not self._stopped:
            self._handle = asyncio.get_running_loop().call_at(self._heap[0][0], self._wake)

    def _current(self, entry: tuple[float, int, tuple[str, ...]]) -> bool:
        rhythm = self._rhythms.get(entry[2])
        return rhythm is not None and rhythm.ticket == entry[1]

    def _wake(self) -> None:
        now = asyncio.get_running_loop().time()
        late = 0
        while self._heap and self._heap[0][0] <= now:
            entry = heapq.heappop(self._heap)
            if not self._current(entry):
                continue
            rhythm = self._rhythms[entry[2]]
            if now - rhythm.due > rhythm.job.every:
                # The machine slept: one catch-up each, spread like first polls, and the missed ones are not made up.
                self._lag(now - rhythm.due)
                self._plan(rhythm, now + late * min(rhythm.job.every / len(self._rhythms), FIRST_SPACING))
                late += 1
            else:
                self._start(rhythm, now)
        self._arm()

    def _start(self, rhythm: _Rhythm, now: float) -> None:
        self._lag(now - rhythm.due)
        self._plan(rhythm, rhythm.due + rhythm.job.every)
        if rhythm.task is not None:
            return  # still running: this turn is left out, never run beside itself
        task = asyncio.get_running_loop().create_task(self._once(rhythm))
        rhythm.task = task
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a job failed and will run again at its next turn", exc_info=error)

    async def _once(self, rhythm: _Rhythm) -> None:
        try:
            if rhythm.before is not None:
                await asyncio.wait({rhythm.before})
                rhythm.before = None
            self._again(rhythm, await rhythm.job.run() is False)
        finally:
            rhythm.task = None

    def _again(self, rhythm: _Rhythm, failed: bool) -> None:
        """Sooner than its next turn after a run that failed, where that is worth it."""
        rhythm.failed = rhythm.failed + 1 if failed else 0
        if not failed or self._stopped or self._rhythms.get(rhythm.job.key) is not rhythm:
            return
        wait = min(rhythm.job.soon * 2 ** min(rhythm.failed - 1, 10), rhythm.job.every)
        due = asyncio.get_running_loop().time() + wait
        if due < rhythm.due:
            self._plan(rhythm, due)
            self._arm()
