"""`onboard` on the simulated devices: what they tell of themselves stands in the list of assets and in the baseline."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from demo.devices.one_of_each import places
from demo.devices.serving import in_thread
from tests.discovery.centre import Centre
from tests.peers import free_port


class Room(Centre):
    """The simulated devices by name, and a centre that knows their community."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        super().__init__(folder, port)
        self.places = {each.device.name: each for each in places(port=port)}
        for each in self.places.values():
            each.community = "r00m"

    def device(self, name: str) -> Any:
        return self.places[name].device

    def onboard(self, name: str, *words: str) -> Any:
        return self.run("onboard", self.places[name].address, *words)

    def asset(self, name: str) -> dict[str, str]:
        rows = csv.DictReader(io.StringIO((self.place / "assets.csv").read_text("utf-8-sig")))
        return next(row for row in rows if row["id"] == name)

    def baseline(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load((self.place / "baselines" / f"{name}.yaml").read_text("utf-8"))
        return found


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    with in_thread(list(made.places.values()), "codec"):
        yield made


@pytest.mark.parametrize(
    ("name", "kind"), [("access-1", "switch"), ("core-1", "switch"), ("ups-1", "ups"), ("ups-2", "ups")]
)
def test_asset_and_baseline_say_model_and_serial_as_the_device_does(room: Room, name: str, kind: str) -> None:
    done = room.onboard(name)
    assert done.returncode == 0, done.stderr
    device, asset, baseline = room.device(name), room.asset(name), room.baseline(name)
    assert (asset["model"], baseline["model"], asset["kind"]) == (device.model, device.model, kind)
    if name == "ups-1":  # UPS-MIB has no serial number, and then a person is told to write it in
        assert "serial" not in baseline
        assert "does not tell its serial number" in done.stderr
    else:
        assert (asset["serial"], baseline["serial"]) == (device.serial, device.serial)
        assert asset["version"] == baseline["version"]
        assert baseline["version"]
