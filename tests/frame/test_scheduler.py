"""What the scheduler promises, on a real event loop with short intervals."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable

import pytest

from agent.scheduler import Job, Scheduler


class Tally:
    """Counts runs of a job that takes `seconds`, and how many ran at once."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.starts: list[float] = []
        self.ended = 0
        self.now = 0
        self.most = 0

    async def __call__(self) -> None:
        self.starts.append(time.monotonic())
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(self.seconds)
            self.ended += 1
        finally:
            self.now -= 1


def job(name: str, every: float, run: Callable[[], Awaitable[None]], identity: object = None) -> Job:
    return Job((name,), every, run, identity)


def during(seconds: float, *jobs: Job) -> None:
    async def main() -> None:
        scheduler = Scheduler()
        scheduler.set(jobs)
        await asyncio.sleep(seconds)
        await scheduler.stop()

    asyncio.run(main())


def test_a_job_runs_on_its_interval_without_drift() -> None:
    tally = Tally()
    during(1.05, job("a", 0.1, tally))
    assert 9 <= len(tally.starts) <= 11
    grid = [round((start - tally.starts[0]) / 0.1) for start in tally.starts]
    assert grid == sorted(set(grid)), "two starts fell on one turn"


def test_a_slow_job_is_never_run_beside_itself_and_delays_nobody() -> None:
    slow, quick = Tally(seconds=10), Tally()
    during(0.6, job("slow", 0.05, slow), job("quick", 0.05, quick))
    assert slow.most == 1
    assert len(slow.starts) == 1
    assert len(quick.starts) >= 8


def test_first_polls_are_spread() -> None:
    tallies = [Tally() for _ in range(30)]
    during(0.8, *[job(str(place), 30, tally) for place, tally in enumerate(tallies)])
    firsts = [tally.starts[0] for tally in tallies]
    assert firsts == sorted(firsts)
    assert firsts[-1] - firsts[0] >= 0.3


def test_after_a_pause_there_is_one_catch_up_and_no_burst() -> None:
    tally = Tally()

    async def main() -> None:
        scheduler = Scheduler()
        scheduler.set([job("a", 0.1, tally)])
        await asyncio.sleep(0.25)
        before = len(tally.starts)
        time.sleep(1.0)  # the loop stands still, as the whole process does under SIGSTOP
        await asyncio.sleep(0.02)
        assert len(tally.starts) == before + 1
        await scheduler.stop()

    asyncio.run(main())


def test_catching_up_is_spread_over_the_jobs() -> None:
    tallies = [Tally() for _ in range(20)]

    async def main() -> None:
        scheduler = Scheduler()
        scheduler.set([job(str(place), 1.0, tally) for place, tally in enumerate(tallies)])
        await asyncio.sleep(1.2)
        before = [len(tally.starts) for tally in tallies]
        time.sleep(2.5)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert sum(len(tally.starts) for tally in tallies) - sum(before) <= 2
        await asyncio.sleep(0.9)
        caught_up = [len(tally.starts) - was for tally, was in zip(tallies, before, strict=True)]
        assert max(caught_up) == 1
        assert sum(caught_up) >= 10
        await scheduler.stop()

    asyncio.run(main())


def test_a_reload_keeps_the_rhythm_of_what_is_unchanged_and_drops_what_is_gone() -> None:
    kept, gone, new = Tally(), Tally(), Tally()

    async def main() -> None:
        scheduler = Scheduler()
        scheduler.set([job("kept", 0.2, kept, "v1"), job("gone", 0.1, gone)])
        await asyncio.sleep(0.3)
        was_gone = len(gone.starts)
        scheduler.set([job("kept", 0.2, kept, "v1"), job("new", 0.1, new)])
        await asyncio.sleep(0.35)
        assert len(gone.starts) == was_gone
        assert len(new.starts) >= 3
        await scheduler.stop()

    asyncio.run(main())
    turns = [round((start - kept.starts[0]) / 0.2) for start in kept.starts]
    assert turns == list(range(len(turns)))


@pytest.mark.parametrize("changes", [["v2"], ["v2", "v3"]], ids=["one change", "two quick changes"])
def test_a_changed_job_waits_for_the_cancelled_run_it_replaces(changes: list[str]) -> None:
    running = 0
    most = 0

    async def stubborn() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            await asyncio.sleep(5)
        finally:
            await asyncio.sleep(0.2)
            running -= 1

    async def main() -> None:
        scheduler = Scheduler()
        scheduler.set([job("a", 1, stubborn, "v1")])
        await asyncio.sleep(0.1)
        for version in changes:
            scheduler.set([job("a", 1, stubborn, version)])
        await asyncio.sleep(0.5)
        assert running == 1
        await scheduler.stop()

    asyncio.run(main())
    assert most == 1


def test_a_job_that_fails_runs_again() -> None:
    tries = 0

    async def bad() -> None:
        nonlocal tries
        tries += 1
        raise ValueError("broken")

    during(0.35, job("bad", 0.1, bad))
    assert tries >= 3


def test_the_lag_of_each_start_is_told() -> None:
    lags: list[float] = []

    async def main() -> None:
        scheduler = Scheduler(lag=lags.append)
        scheduler.set([job("a", 0.05, Tally())])
        await asyncio.sleep(0.3)
        await scheduler.stop()

    asyncio.run(main())
    assert len(lags) >= 4
    assert all(lag >= 0 for lag in lags)


def test_a_start_after_a_pause_tells_how_late_it_is() -> None:
    lags: list[float] = []

    async def main() -> None:
        scheduler = Scheduler(lag=lags.append)
        scheduler.set([job("a", 0.1, Tally())])
        await asyncio.sleep(0.05)
        time.sleep(1.0)
        await asyncio.sleep(0.1)
        await scheduler.stop()

    asyncio.run(main())
    assert max(lags) > 0.7


def test_a_run_that_is_under_way_can_be_waited_for() -> None:
    async def main() -> None:
        ended: list[float] = []
        loop = asyncio.get_running_loop()

        async def slow() -> None:
            await asyncio.sleep(0.3)
            ended.append(loop.time())

        scheduler = Scheduler()
        await scheduler.settled(("slow",), 5)  # there is none
        scheduler.set([Job(("slow",), 30, slow)])
        await asyncio.sleep(0.05)
        await scheduler.settled(("slow",), 0.01)
        assert not ended
        await scheduler.settled(("slow",), 5)
        assert ended
        await scheduler.stop()

    asyncio.run(main())


def test_a_run_that_failed_is_made_again_soon_and_then_later_and_later() -> None:
    starts: list[float] = []

    async def fails() -> bool:
        starts.append(time.monotonic())
        return len(starts) == 4

    during(1.6, Job(("a",), 60, fails, soon=0.1))
    gaps = [after - before for before, after in itertools.pairwise(starts)]
    assert [round(gap, 1) for gap in gaps] == [pytest.approx(each, abs=0.15) for each in (0.1, 0.2, 0.4)]


def test_a_quick_job_that_fails_keeps_its_rhythm() -> None:
    tally: list[float] = []

    async def fails() -> bool:
        tally.append(time.monotonic())
        return False

    during(0.75, Job(("a",), 0.2, fails))
    assert 3 <= len(tally) <= 4
