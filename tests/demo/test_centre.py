"""The simulated centre, seen through the agent that watches it: what befalls it shows, and is gone after healing.

All that is in SHOWN befalls it at the same time: what shows one of them shows it whatever else there is.
"""

from collections.abc import Iterator

import pytest

from tests.demo.centres import Centre, running

# (fault, whom it befalls, the metric that shows it, its value then, and when all is well)
SHOWN = (
    ("mains-off", "", "ups_on_battery", 1, 0),
    ("cooling-failed", "", "room_cooling_alarm", 1, 0),
    ("leak", "", "room_water_leak", 1, 0),
    ("smoke", "", "room_smoke", 1, 0),
    ("door-open", "", "room_door_open", 1, 0),
    ("canary-file-changed", "file-host", 'host_canary_touched{target="file-host"}', 1, 0),
    ("host-down", "log-host", 'host_up{target="log-host"}', 0, 1),
    ("host-key-changed", "backup-host", 'shouwang_target_up{target="backup-host",collector="host_linux"}', 0, 1),
    ("line-cut", "medical", 'line_up{target="medical"}', 0, 1),
    ("line-gateway-down", "social", 'line_up{target="social"}', 0, 1),
    ("line-carrier-fault", "labor", 'line_up{target="labor"}', 0, 1),
    ("line-application-down", "civil", 'line_up{target="civil"}', 0, 1),
    ("cable-break", "backup", 'line_up{target="backup"}', 0, 1),
    ("acceptance-down", "", 'application_up{target="acceptance"}', 0, 1),
    ("dns-wrong", "", 'application_up{target="dns"}', 0, 1),
    ("queue-down", "", 'application_up{target="queue"}', 0, 1),
    ("display-dark", "display-3", 'application_up{target="display-3"}', 0, 1),
    ("switch-down", "access-5", 'application_up{target="kiosk-1"}', 0, 1),
)
NAMES = [each[0] for each in SHOWN]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with running(tmp_path_factory.mktemp("demo") / "centre") as started:
        yield started


@pytest.fixture(scope="module")
def befallen(centre: Centre) -> Centre:
    for fault, whom, *_ in SHOWN:
        assert "you should see" in centre.fault(fault, whom)
    return centre


@pytest.fixture(scope="module")
def healed(befallen: Centre) -> Centre:
    befallen.heal()
    return befallen


def test_all_is_well_before_anything_befalls_it(centre: Centre) -> None:
    assert set(centre.values("shouwang_target_up")) == {1}
    for _, _, metric, _, well in SHOWN:
        assert set(centre.values(metric)) == {well}, metric


@pytest.mark.parametrize(("metric", "then"), [(each[2], each[3]) for each in SHOWN], ids=NAMES)
def test_a_fault_shows(befallen: Centre, metric: str, then: float) -> None:
    befallen.until(metric, then, seconds=40)


@pytest.mark.parametrize(("metric", "well"), [(each[2], each[4]) for each in SHOWN], ids=NAMES)
def test_it_is_gone_after_healing(healed: Centre, metric: str, well: float) -> None:
    healed.until(metric, well, seconds=90)
