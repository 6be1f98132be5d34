"""From agent.yaml to the page: what the inputs of a simulated sensor watch for, flipped while the agent runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.devices.place import Place
from demo.devices.room_sensor import Contact, RoomSensor, room_sensor
from demo.devices.serving import in_thread
from tests.frame.centre import Centre
from tests.peers import free_port, until

HEAD = 'kind="machine_room",target="room-1"'


@pytest.fixture
def room() -> Iterator[tuple[RoomSensor, Place]]:
    device = room_sensor()
    device.contacts = {"floor": Contact("DI 1"), "smoke": Contact("烟感 Smoke"), "spare": Contact("DI 3")}
    place = Place(device, port=free_port())
    with in_thread([place], "codec"):
        yield device, place


def written(centre: Centre, place: Place, contacts: str) -> None:
    centre.write(
        f"credentials: {{room: {{snmp: {{version: 2c, community: {place.community}, port: {place.port}}}}}}}\n"
        f"machine_room: [{{id: room-1, name: 环境监测, address: {place.address}, credentials: room, every: 2s,"
        f" timeout: 2s, contacts: {contacts}}}]"
    )


def test_a_contact_is_told_by_its_meaning_from_agent_yaml_to_the_page(
    room: tuple[RoomSensor, Place], tmp_path: Path
) -> None:
    device, place = room
    centre = Centre(tmp_path)
    written(centre, place, '{"DI 1": {measures: water, sensor: 地板下}}')
    water, smoke = f'room_water_leak{{{HEAD},sensor="地板下"}}', f'room_smoke{{{HEAD},sensor="烟感 Smoke"}}'
    spare = f'room_contact_active{{{HEAD},sensor="DI 3"}}'
    broken = f'room_sensor_fault{{{HEAD},sensor="烟感 Smoke",measures="smoke",fault="impedance"}}'
    with centre.agent():
        until(lambda: centre.value(water) == 0, why="the contact is read")
        assert (centre.value(smoke), centre.value(spare), centre.value(broken)) == (0, 0, 0)
        device.contacts["floor"].active = device.contacts["smoke"].broken = True
        until(lambda: (centre.value(water), centre.value(broken)) == (1, 1), why="water and a broken detector")
        assert centre.value(smoke) is None
        page = centre.get("/targets/room-1")
        assert "地板下" in page
        assert "漏水" in page
        assert "没有说明这些输入监视什么:DI 3" in page


def test_poll_says_what_agent_yaml_should_say(room: tuple[RoomSensor, Place], tmp_path: Path) -> None:
    _, place = room
    centre = Centre(tmp_path)
    written(centre, place, '{"DI 9": water}')
    said = centre.command("poll", "room-1").stdout
    assert "room_contact_active" in said
    assert 'contacts: {"DI 1": water}' in said
    assert "machine_room room-1 没有输入 'DI 9'" in said


def test_validate_refuses_what_cannot_be_meant(room: tuple[RoomSensor, Place], tmp_path: Path) -> None:
    _, place = room
    centre = Centre(tmp_path)
    written(centre, place, '{"DI 1": fire}')
    refused = centre.command("validate")
    assert refused.returncode != 0
    assert "machine_room[0].contacts" in refused.stdout + refused.stderr
