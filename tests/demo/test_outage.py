"""An outage of the mains as the agent sees it, in a world whose time passes faster: what follows from what."""

from __future__ import annotations

import time
from pathlib import Path

from tests.demo.centres import Centre, running
from tests.peers import until

DAY = 86400.0
THINGS = "core-1,access-1,ups-1,ups-2,room,log-host"


def one(centre: Centre, selector: str) -> float:
    until(lambda: len(centre.values(selector)) == 1, 10, f"not one series of {selector}")
    (value,) = centre.values(selector)
    return value


def test_the_story_of_a_power_cut_drains_the_batteries_and_heats_the_room_and_ends_well(tmp_path: Path) -> None:
    with running(tmp_path / "centre", "--part", THINGS, "--speed", "120") as centre:
        charge, inlet = 'ups_battery_charge_ratio{target="ups-1"}', 'room_temperature_celsius{place="inlet"}'
        assert (one(centre, charge), one(centre, inlet) < 25) == (1, True)
        centre.asked("story", "power-cut")
        centre.until("ups_on_battery", 1, 15)
        seen = []
        for _ in range(3):
            time.sleep(5)
            seen.append((one(centre, charge), -one(centre, inlet)))
        assert seen == sorted(set(seen), reverse=True), "less charge and more heat each time"
        assert seen[-1][1] < -35
        assert set(centre.values("device_up")) == {1}, "the batteries carry the switches"
        centre.until("ups_on_battery", 0, 20)
        until(lambda: one(centre, inlet) < 25, 40, "the room stays hot")


def test_with_empty_batteries_all_that_hangs_on_them_dies_and_starts_anew_with_the_mains(tmp_path: Path) -> None:
    with running(tmp_path / "centre", "--part", THINGS, "--speed", "300") as centre:
        boot, uptime = 'host_boot_timestamp_seconds{target="log-host"}', 'device_uptime_seconds{target="access-1"}'
        began = time.time()
        assert one(centre, boot) < began - DAY
        assert one(centre, uptime) > DAY
        centre.fault("mains-off")
        centre.until("ups_on_battery", 1, 15)
        centre.until("device_up", 0, 60)
        centre.until('host_up{target="log-host"}', 0, 20)
        centre.heal("mains-off")
        centre.until("device_up", 1, 30)
        centre.until('host_up{target="log-host"}', 1, 30)
        until(lambda: any(value > began for value in centre.values(boot)), 20, "the host does not tell a new start")
        until(lambda: any(value < DAY for value in centre.values(uptime)), 20, "the switch does not tell a new start")
