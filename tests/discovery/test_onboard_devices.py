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
from tests.peers import free_port, need_ping


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


def test_a_device_that_does_not_take_the_community_is_not_taken_in_as_one_that_is_only_pinged(room: Room) -> None:
    need_ping()
    text = room.config.read_text(encoding="utf-8").replace('"r00m"', '"wrong"')
    room.write(text)
    done = room.onboard("ups-1")
    assert done.returncode == 1
    assert "answers ping, but no SNMP with credentials room: check community" in done.stderr
    assert "nothing was written" in done.stderr
    assert room.config.read_text(encoding="utf-8") == text
    assert [each.name for each in room.place.iterdir()] == ["agent.yaml"]


def test_without_snmp_credentials_a_device_is_not_taken_in_unasked(room: Room) -> None:
    need_ping()
    text = room.config.read_text(encoding="utf-8")
    room.write("".join(line for line in text.splitlines(True) if not line.startswith("credentials")))
    done = room.onboard("ups-1")
    assert (done.returncode, "names no SNMP credentials" in done.stderr) == (1, True)
    assert [each.name for each in room.place.iterdir()] == ["agent.yaml"]


def test_what_has_no_snmp_is_taken_in_where_that_is_said(room: Room) -> None:
    need_ping()
    done = room.onboard("ups-1", "--ping-only", "--id", "till")
    assert done.returncode == 0, done.stderr
    said = yaml.safe_load(room.config.read_text(encoding="utf-8"))
    address = room.places["ups-1"].address
    assert said["hosts"] == [{"id": "till", "name": address, "address": address}]
    assert "serial" not in done.stderr
    both = room.onboard("ups-2", "--ping-only", "--credentials", "room")
    assert (both.returncode, "cannot be used together" in both.stderr) == (2, True)


def test_nothing_is_written_where_it_could_not_be_registered(room: Room) -> None:
    before = room.config.read_bytes()
    (room.place / "var").write_bytes(b"")  # where the state directory should be
    done = room.onboard("ups-2")
    assert done.returncode == 1
    assert "cannot be registered" in done.stderr
    assert "nothing was written" in done.stderr
    assert room.config.read_bytes() == before
    assert sorted(each.name for each in room.place.iterdir()) == ["agent.yaml", "var"]
    (room.place / "var").unlink()
    again = room.onboard("ups-2")
    assert (again.returncode, "CHG-0001: ups-2" in again.stderr) == (0, True), again.stderr


@pytest.mark.parametrize("name", ["agent.yaml", "assets.csv"])
def test_a_read_only_file_is_not_replaced(room: Room, name: str) -> None:
    (room.place / "assets.csv").write_text("id,name\n", encoding="utf-8")
    (room.place / name).chmod(0o400)
    before = {each: (room.place / each).read_bytes() for each in ("agent.yaml", "assets.csv")}
    done = room.onboard("ups-2")
    assert done.returncode == 1
    assert f"{name}: read-only, mode 0400; everything is as it was" in done.stderr
    assert {each: (room.place / each).read_bytes() for each in before} == before
    assert not (room.place / "baselines").exists()
    (room.place / name).chmod(0o600)
    assert room.onboard("ups-2").returncode == 0
