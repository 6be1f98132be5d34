"""How long a device is up and whether it restarted, by two clocks of which either may be wrong, over real SNMP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collectors import device
from collectors.device_uptime import SNMP_ENGINE_TIME, TICKS_WRAP
from tests.collectors.room_watch import UPTIME, Watch, identity
from tests.snmp_agent import SnmpAgent, ticks

DAY = 86400.0


@pytest.fixture
def watch() -> Iterator[Watch]:
    with SnmpAgent() as agent:
        yield Watch(agent)


def told(watch: Watch, uptime: float | None, engine: float | None, after: float = 60) -> tuple[float, float]:
    """Uptime and restarts of the next poll."""
    watch.agent.replace({**identity(), SNMP_ENGINE_TIME: int(engine or 0)})
    if uptime is not None:
        watch.agent[UPTIME] = ticks(uptime)
    else:
        del watch.agent[UPTIME]
    found = watch.poll(device.COLLECTOR, after)
    return found["device_uptime_seconds"][()], found["device_restarts_unapproved"][()]


def test_an_engine_time_that_is_unix_time_hides_neither_uptime_nor_restart(watch: Watch) -> None:
    assert told(watch, 3_203_739, 1_548_438_243) == (3_203_739, 0)
    assert told(watch, 20, 1_548_438_303) == (20, 1)
    assert told(watch, 80, 1_548_438_363) == (80, 1)


def test_an_engine_time_that_stands_still_is_no_restart(watch: Watch) -> None:
    for poll in range(100):
        uptime = 1000 + 60 * poll
        assert told(watch, uptime, 4242) == (uptime, 0)


def test_an_snmp_agent_that_began_again_is_no_restart_of_the_device(watch: Watch) -> None:
    assert told(watch, 10 * DAY, 10 * DAY - 120) == (10 * DAY, 0)
    assert told(watch, 10 * DAY + 60, 5) == (10 * DAY + 60, 0)
    assert told(watch, 10, 2) == (10, 1)


def test_the_turns_of_sys_up_time_are_told_by_an_engine_time_that_agrees(watch: Watch) -> None:
    assert told(watch, TICKS_WRAP - 30, TICKS_WRAP - 330)[1] == 0
    uptime, restarts = told(watch, 30, TICKS_WRAP - 270)
    assert (uptime, restarts) == (pytest.approx(TICKS_WRAP + 30, abs=0.1), 0)
    assert told(watch, 90, 40) == (90, 0), "the turns are known no more"
    uptime, restarts = told(watch, 150, 2 * TICKS_WRAP + 150)
    assert (uptime, restarts) == (pytest.approx(2 * TICKS_WRAP + 150, abs=0.1), 0)
    assert told(watch, 5, 3) == (5, 1)


def test_without_sys_up_time_the_engine_time_is_the_uptime(watch: Watch) -> None:
    assert told(watch, None, 5000) == (5000, 0)
    assert told(watch, 900_000, 5060) == (900_000, 0), "another clock"
    assert told(watch, None, 5120) == (5120, 0)
    assert told(watch, None, 30) == (30, 1)
