"""The simulated centre, seen through the agent that watches it: what befalls it shows, and is gone after healing."""

from collections.abc import Iterator

import pytest

from tests.demo.centres import Centre, running


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with running(tmp_path_factory.mktemp("demo") / "centre") as started:
        yield started


def test_all_is_well_before_anything_befalls_it(centre: Centre) -> None:
    assert set(centre.values("line_up")) == {1}
    assert set(centre.values("shouwang_target_up")) == {1}
    assert centre.values("ups_on_battery") == [0, 0]


# (fault, whom it befalls, the metric that shows it, then, and when all is well)
SHOWN = (
    ("mains-off", "", "ups_on_battery", 1, 0),
    ("leak", "", 'room_water_leak{target="room"}', 1, 0),
    ("canary-file-changed", "file-host", 'host_canary_touched{target="file-host"}', 1, 0),
    ("host-down", "queue-host", 'host_up{target="queue-host"}', 0, 1),
    ("line-cut", "medical", 'line_up{target="medical"}', 0, 1),
    ("line-gateway-down", "social", 'line_up{target="social"}', 0, 1),
    ("line-carrier-fault", "labor", 'line_up{target="labor"}', 0, 1),
    ("line-application-down", "civil", 'line_up{target="civil"}', 0, 1),
)


@pytest.mark.parametrize(("fault", "whom", "metric", "then", "well"), SHOWN, ids=[each[0] for each in SHOWN])
def test_a_fault_shows_and_is_gone_after_healing(
    centre: Centre, fault: str, whom: str, metric: str, then: float, well: float
) -> None:
    assert "you should see" in centre.fault(fault, whom)
    centre.until(metric, then)
    centre.heal(fault, whom)
    centre.until(metric, well)
