"""What the runner promises: a Reading whatever the collector does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

import pytest

from agent.core.computed import OfAnother, read_of_target
from agent.core.model import Collector, Metric, Reading, Sample, Target
from agent.core.others import NothingKnown
from agent.core.reach import CannotAsk, Poll, Reach
from agent.core.snapshot import Snapshot, key_of
from agent.runner import Runner

HEAT = Metric("room_temperature_celsius", "gauge", "celsius", ("sensor",), "Air temperature")
TARGET = Target("machine_room", "s1", "sensor", timeout=0.2)


def run(collect: Any, target: Target = TARGET, runs: int = 1, **kwargs: Any) -> tuple[list[Reading], Snapshot]:
    snapshot = Snapshot()
    runner = Runner(cast(Reach, None), snapshot, **kwargs)
    collector = Collector("room", ("machine_room",), (HEAT,), collect)

    async def main() -> list[Reading]:
        return [await runner.run(collector, target) for _ in range(runs)]

    return asyncio.run(main()), snapshot


def own(reading: Reading) -> Mapping[str, float]:
    return {sample.metric.name: sample.value for sample in reading.samples if sample.metric is not HEAT}


def test_samples_and_the_frames_own_are_in_the_snapshot() -> None:
    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        yield HEAT.sample(22.5, sensor="rack")

    (reading,), snapshot = run(collect, clock=lambda: 1000.0)
    assert snapshot.get("room", TARGET) is reading
    assert reading.by_metric["room_temperature_celsius"][0].value == 22.5
    assert own(reading)["shouwang_target_up"] == 1
    assert own(reading)["shouwang_target_read_timestamp_seconds"] == pytest.approx(1000, abs=1)


def test_a_collector_that_never_found_anything_of_its_own_tells_nothing_of_the_target() -> None:
    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        for _ in ():
            yield HEAT.sample(22.5, sensor="rack")

    readings, _ = run(collect, runs=2)
    assert [(reading.samples, reading.failure) for reading in readings] == [((), None)] * 2


def test_one_that_found_something_once_or_fails_or_remarks_does() -> None:
    async def once(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        if not poll.memory:
            poll.memory["ran"] = True
            yield HEAT.sample(22.5, sensor="rack")

    async def remark(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        poll.remarks.append("its name is wrong")
        for _ in ():
            yield HEAT.sample(22.5, sensor="rack")

    async def fail(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        raise CannotAsk("permission", "no right")
        yield HEAT.sample(22.5, sensor="rack")

    assert own(run(once, runs=2)[0][1])["shouwang_target_up"] == 1
    assert own(run(remark)[0][0])["shouwang_target_up"] == 1
    assert own(run(fail)[0][0])["shouwang_target_up"] == 0


def test_samples_read_before_a_failure_are_kept_and_the_target_is_not_up() -> None:
    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        yield HEAT.sample(22.5, sensor="rack")
        raise CannotAsk("resolve", "sensor.example: no such name")

    (reading,), _ = run(collect)
    assert [sample.value for sample in reading.by_metric["room_temperature_celsius"]] == [22.5]
    assert reading.failure is not None
    assert reading.failure.kind == "resolve"
    assert own(reading)["shouwang_target_up"] == 0
    assert "shouwang_target_read_timestamp_seconds" not in own(reading)


def test_the_time_of_the_last_good_run_outlives_a_failure() -> None:
    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        poll.memory["runs"] = poll.memory.get("runs", 0) + 1
        yield HEAT.sample(poll.memory["runs"], sensor="rack")
        if poll.memory["runs"] > 1:
            raise CannotAsk("permission", "no right")

    readings, _ = run(collect, runs=2)
    assert own(readings[1])["shouwang_target_up"] == 0
    first = own(readings[0])["shouwang_target_read_timestamp_seconds"]
    assert own(readings[1])["shouwang_target_read_timestamp_seconds"] == first


def test_a_collector_that_never_ends_fails_at_the_deadline_and_is_closed() -> None:
    closed = []

    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        try:
            yield HEAT.sample(1, sensor="a")
            await asyncio.sleep(60)
        finally:
            closed.append(True)

    (reading,), _ = run(collect)
    assert reading.failure is not None
    assert reading.failure.kind == "timeout"
    assert "0.2 s" in reading.failure.message
    assert closed == [True]


def test_a_defect_costs_one_reading_and_shows_no_values(caplog: pytest.LogCaptureFixture) -> None:
    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        raise KeyError("hunter2")
        yield

    with caplog.at_level(logging.CRITICAL + 1):
        (reading,), _ = run(collect)
    assert reading.failure is not None
    assert reading.failure.kind == "defect"
    assert "hunter2" not in reading.failure.message


def test_series_beyond_the_cap_are_cut_and_counted() -> None:
    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        for place in range(30):
            yield HEAT.sample(place, sensor=str(place))

    (reading,), _ = run(collect, cap=10)
    assert len(reading.by_metric["room_temperature_celsius"]) == 10
    assert reading.cut == 20
    assert own(reading)["shouwang_target_series_cut"] == 20


def test_what_a_collector_remarks_is_kept_and_is_no_failure() -> None:
    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        poll.remarks.append(f"{target.id} has no sensor inlet")
        yield HEAT.sample(1, sensor="a")

    readings, _ = run(collect, runs=2)
    assert [reading.remarks for reading in readings] == [("s1 has no sensor inlet",)] * 2
    assert readings[0].up


def test_not_a_number_is_no_sample() -> None:
    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        yield HEAT.sample(float("nan"), sensor="a")

    (reading,), _ = run(collect)
    assert "room_temperature_celsius" not in reading.by_metric
    assert reading.up


def test_cancelling_a_run_leaves_no_reading() -> None:
    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        await asyncio.sleep(60)
        yield HEAT.sample(1, sensor="a")

    async def main() -> Snapshot:
        snapshot = Snapshot()
        runner = Runner(cast(Reach, None), snapshot)
        task = asyncio.create_task(runner.run(Collector("room", ("machine_room",), (HEAT,), collect), TARGET))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return snapshot

    assert asyncio.run(main()).readings() == []


def test_a_reading_is_dated_by_the_clock_at_its_end() -> None:
    """The wall clock was set forward by a day while the poll ran."""
    wall = iter([1000.0, 87400.0])

    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        yield HEAT.sample(22.5, sensor="rack")

    (reading,), _ = run(collect, clock=lambda: next(wall))
    assert reading.ended == pytest.approx(87400, abs=1)
    assert own(reading)["shouwang_target_read_timestamp_seconds"] == pytest.approx(87400, abs=1)


def test_the_log_says_when_a_target_can_no_longer_be_read_and_when_it_can_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        poll.memory["runs"] = poll.memory.get("runs", 0) + 1
        if poll.memory["runs"] in (2, 3):
            raise CannotAsk("resolve", "sensor.example: no such name")
        yield HEAT.sample(1, sensor="a")

    with caplog.at_level(logging.INFO, "agent.runner"):
        run(collect, runs=5)
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "machine_room s1: room cannot read it: sensor.example: no such name",
        "machine_room s1: room reads it again",
    ]


class Centre(NothingKnown):
    def target(self, identity: str) -> Target | None:
        return Target("switch", identity, identity) if identity == "core" else None


def test_what_is_told_of_another_target_is_that_targets_until_it_is_told_no_more() -> None:
    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        for _ in ():
            yield HEAT.sample(22.5, sensor="rack")
        runs = poll.memory["runs"] = poll.memory.get("runs", 0) + 1
        if runs == 1:
            poll.others["core"].samples.extend((HEAT.sample(21, sensor="a"), HEAT.sample(float("nan"), sensor="b")))
            poll.others["core"].remarks.append("by hearsay")
            poll.others["nobody"].samples.append(HEAT.sample(1, sensor="a"))
        if runs == 3:
            raise CannotAsk("missing", "no way in")

    _, snapshot = run(collect, known=Centre())
    (told,) = snapshot.of("core")
    assert isinstance(told, OfAnother)
    assert (told.target and told.target.kind, told.by, told.remarks) == ("switch", "s1", ("by hearsay",))
    assert [(each.value, each.labels) for each in told.samples] == [(21, ("a",))]
    assert not read_of_target(told)
    assert snapshot.of("nobody") == []
    for runs in (2, 3):
        readings, snapshot = run(collect, runs=runs, known=Centre())
        (told,) = snapshot.of("core")
        assert (told.samples, told.remarks, told.failure) == ((), (), None)
    assert readings[0].by_metric["shouwang_target_up"][0].value == 1


def test_what_is_told_of_the_centre_is_the_centres_until_it_is_told_no_more_or_nobody_is_there_to_tell() -> None:
    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        runs = poll.memory["runs"] = poll.memory.get("runs", 0) + 1
        if runs != 2:
            poll.center.samples.append(HEAT.sample(21, sensor="a"))
            poll.center.remarks.append("by hearsay")
        return
        yield

    snapshot, heard = Snapshot(), []
    runner = Runner(cast(Reach, None), snapshot, known=Centre())
    snapshot.watch(heard.append)
    collector, key = Collector("room", ("machine_room",), (HEAT,), collect), ("room by s1", "", "")
    for told in (["by hearsay"], [], ["by hearsay"]):
        asyncio.run(runner.run(collector, TARGET))
        (found,) = [each for each in snapshot.readings() if each.target is None]
        assert isinstance(found, OfAnother)
        assert (key_of(found), list(found.remarks), len(found.samples)) == (key, told, len(told))
    asker = ("room", "machine_room", "s1")
    runner.keep({asker})
    assert heard[-1].samples != ()
    runner.keep(set())
    assert (heard[-1].target, heard[-1].samples, snapshot.get("room by s1")) == (None, (), heard[-1])


def test_a_reload_keeps_what_was_told_of_targets_that_stay() -> None:
    async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
        poll.others["core"].samples.append(HEAT.sample(21, sensor="a"))
        yield HEAT.sample(22.5, sensor="rack")

    runner = Runner(cast(Reach, None), Snapshot(), known=Centre())
    asyncio.run(runner.run(Collector("room", ("machine_room",), (HEAT,), collect), TARGET))
    asker, other = ("room", "machine_room", "s1"), ("reach", "switch", "core")
    assert runner.of_others({asker, other}) == {("room by s1", "switch", "core")}
    assert runner.of_others({asker}) == set()
    assert runner.of_others({other}) == set()
