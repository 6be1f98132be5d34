"""Inputs of SNMP sensors at the wire: what they watch for, their faults, and what agent.yaml is asked to say."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import ValidationError

from agent.core.reach import Poll, Reach
from agent.core.text import Said, spoken
from agent.transports.snmp import SnmpWay
from collectors.machine_room import MachineRoomOptions
from collectors.room import COLLECTOR
from tests.collectors.polled import PATIENT, Found, by_metric
from tests.snmp_agent import SnmpAgent, Value, object_id, snmp_target

SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
AKCP = "1.3.6.1.4.1.3854"
SENSORS = f"{AKCP}.1.2.2.1"
NAME, STATUS, ONLINE = f"{SENSORS}.18.1.1", f"{SENSORS}.18.1.3", f"{SENSORS}.18.1.4"
NORMAL, CRITICAL, ERROR = 2, 4, 7
TERACOM = "1.3.6.1.4.1.38783"


@dataclass
class Room:
    """A sensor that a test can change, and what agent.yaml says about it."""

    agent: SnmpAgent
    contacts: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    remarked: list[Said] = field(default_factory=list)
    at: float = 1000.0

    @property
    def remarks(self) -> list[str]:
        return [spoken(each, "en") for each in self.remarked]

    def options(self) -> MachineRoomOptions:
        said = {"id": "room-1", "address": self.agent.host, "credentials": "room", "contacts": self.contacts}
        return MachineRoomOptions.model_validate({**said, **self.more})

    def poll(self, after: float = 30.0) -> Found:
        self.at += after
        return asyncio.run(self._collect())

    async def _collect(self) -> Found:
        nothing: Any = None
        options = self.options()
        target = snmp_target(self.agent, kind="machine_room", id="room-1", options=options, timeout=6)
        poll = Poll(Reach(nothing, nothing, SnmpWay(manners=PATIENT)), 1.7e9, self.at, self.memory)
        samples = [sample async for sample in COLLECTOR.collect(target, options, poll)]
        self.remarked = poll.remarks
        return by_metric(samples, COLLECTOR.metrics)

    def input(self, number: int, name: str, status: int = NORMAL, online: int = 1) -> None:
        self.agent.update(
            {f"{NAME}.{number}": name, f"{STATUS}.{number}": status, f"{ONLINE}.{number}": online},
        )

    def says(self, **states: int) -> None:
        self.agent.update({f"{STATUS}.{name[1:]}": value for name, value in states.items()})


@pytest.fixture
def room() -> Iterator[Room]:
    with SnmpAgent({SYS_OBJECT_ID: object_id(f"{AKCP}.1")}) as agent:
        yield Room(agent)


def quiet(room: Room, *names: str) -> None:
    for number, name in enumerate(names):
        room.input(number, name)


def test_agent_yaml_says_what_an_input_watches_for(room: Room) -> None:
    quiet(room, "DI1", "DI2", "DI3", "DI4", "DI5")
    room.contacts = {
        "DI1": "water",
        "DI2": {"measures": "smoke", "sensor": "ceiling"},
        "di3": {"measures": "door", "inverted": True},
        "DI4": {"measures": "cooling", "sensor": "ac-1"},
        "DI5": {"measures": "cooling_alarm", "sensor": "ac-1"},
    }
    room.says(_0=CRITICAL, _4=CRITICAL)
    found = room.poll()
    assert found["room_water_leak"] == {("DI1",): 1}
    assert found["room_smoke"] == {("ceiling",): 0}
    assert found["room_door_open"] == {("DI3",): 1}
    assert found["room_cooling_up"] == {("ac-1",): 0}
    assert found["room_cooling_running"] == {(): 0}
    assert found["room_cooling_alarm"] == {("ac-1",): 1}
    assert "room_contact_active" not in found
    assert room.remarks == []


def test_what_agent_yaml_says_outweighs_the_name(room: Room) -> None:
    quiet(room, "Door", "Water")
    room.contacts = {"Door": "smoke"}
    found = room.poll()
    assert found["room_smoke"] == {("Door",): 0}
    assert found["room_water_leak"] == {("Water",): 0}
    assert "room_door_open" not in found


def test_what_nobody_explained_is_shown_and_a_remark_says_what_to_write(room: Room) -> None:
    quiet(room, "Input 2", "Door", "spare")
    room.contacts = {"spare": "other"}
    room.says(_0=CRITICAL)
    found = room.poll()
    assert found["room_contact_active"] == {("Input 2",): 1, ("spare",): 0}
    (remark,) = room.remarks
    assert remark.startswith(
        "machine_room room-1 does not say what its inputs watch for: Input 2; write it in agent.yaml"
    )
    assert 'contacts: {"Input 2": water}' in remark
    assert "spare" not in remark


def test_a_remark_names_the_inputs_that_the_device_does_not_have_and_those_that_it_has(room: Room) -> None:
    quiet(room, "Door front")
    room.contacts = {"Door frnt": "door"}
    room.poll()
    (remark,) = room.remarks
    assert remark == (
        "machine_room room-1 has no input 'Door frnt' (≈ Door front): `contacts` names them as the device does; "
        "it has Door front"
    )


def test_a_sensor_that_the_device_calls_broken_is_a_fault_and_no_state(room: Room) -> None:
    quiet(room, "漏水")
    for status, water, fault in ((NORMAL, 0, None), (ERROR, None, "impedance"), (CRITICAL, 1, None)):
        room.says(_0=status)
        found = room.poll()
        assert found.get("room_water_leak") == (None if water is None else {("漏水",): water})
        assert found["room_sensor_fault"] == {
            ("漏水", "water", each): float(each == fault) for each in ("open", "impedance")
        }


def test_an_unused_input_is_nothing_and_one_that_was_there_or_should_be_is_cut(room: Room) -> None:
    room.input(0, "DI1", 1, online=2)
    room.input(1, "DI2", 1, online=2)
    room.input(2, "Water")
    room.contacts = {"DI2": "smoke"}
    found = room.poll()
    assert {key: value for key, value in found["room_sensor_fault"].items() if value} == {("DI2", "smoke", "open"): 1}
    assert "room_smoke" not in found
    assert room.remarks == []
    room.input(2, "Water", 1, online=2)
    found = room.poll()
    assert found["room_sensor_fault"]["Water", "water", "open"] == 1
    assert "room_water_leak" not in found


def test_a_probe_that_was_there_or_has_a_place_is_cut_when_it_is_off_line(room: Room) -> None:
    probe: dict[str, Value] = {f"{SENSORS}.16.1.12.0": 1, f"{SENSORS}.16.1.1.0": "rack", f"{SENSORS}.16.1.14.0": 221}
    room.agent.update({**probe, f"{SENSORS}.16.1.5.0": 2})
    assert room.poll() == {}
    cut, whole = (1, 0), (0, 0)

    def fault() -> tuple[float, ...]:
        found = room.poll()["room_sensor_fault"]
        return tuple(found["rack", "temperature", each] for each in ("open", "impedance"))

    room.more = {"place": {"rack": "inlet"}}
    assert fault() == cut
    room.more = {}
    room.agent[f"{SENSORS}.16.1.5.0"] = 1
    assert room.poll()["room_temperature_celsius"] == {("rack", "room"): pytest.approx(22.1)}
    assert fault() == whole
    room.agent[f"{SENSORS}.16.1.5.0"] = 2
    assert fault() == cut
    assert "room_temperature_celsius" not in room.poll()


def test_a_contact_flips_once_it_held_for_its_debounce(room: Room) -> None:
    quiet(room, "DI1")
    room.contacts = {"DI1": {"measures": "water", "debounce": "1m"}}
    room.poll()
    room.says(_0=CRITICAL)
    assert [room.poll(31)["room_water_leak"]["DI1",] for _ in range(3)] == [0, 0, 1]


def test_an_alarm_that_holds_for_a_short_debounce_is_told_in_the_same_poll(room: Room) -> None:
    quiet(room, "DI1", "DI2")
    room.contacts = {"DI1": {"measures": "water", "debounce": "200ms"}, "DI2": "smoke"}
    room.poll()
    room.says(_0=CRITICAL)
    assert room.poll()["room_water_leak"]["DI1",] == 1


def test_a_short_bounce_is_no_alarm(room: Room) -> None:
    quiet(room, "DI1")
    room.contacts = {"DI1": {"measures": "water", "debounce": "500ms"}}
    room.poll()
    room.says(_0=CRITICAL)

    def bounce(asked: Any, answer: bytes) -> Any:
        if any(".".join(map(str, oid)).startswith(STATUS) for oid in asked.oids):
            room.says(_0=NORMAL)
        return (answer,)

    room.agent.behave = bounce
    assert room.poll()["room_water_leak"]["DI1",] == 0


def test_a_name_given_to_one_input_may_be_anothers_own(room: Room) -> None:
    quiet(room, "DI1", "Water")
    room.contacts = {"DI1": {"measures": "water", "sensor": "Water"}}
    assert room.poll()["room_water_leak"] == {("Water",): 0, ("Water #2",): 0}


def test_of_a_bare_contact_the_site_says_which_side_is_the_alarm() -> None:
    names: dict[str, Value] = {f"{TERACOM}.3.2.2.3.{number}.0": name for number, name in enumerate(("Door", "DI2"), 1)}
    closed, opened = 0, 1
    with SnmpAgent({**names, SYS_OBJECT_ID: object_id(TERACOM)}) as agent:
        agent.update({f"{TERACOM}.3.3.3.1.0": opened, f"{TERACOM}.3.3.3.2.0": closed})
        room = Room(agent)
        assert room.poll() == {"room_contact_active": {("Door",): 0, ("DI2",): 1}}
        assert 'contacts: {"Door": door}' in room.remarks[0]
        assert "{measures: door, inverted: true} if it is closed while all is well" in room.remarks[0]
        room.contacts = {"Door": {"measures": "door", "inverted": True}, "DI2": "water"}
        assert room.poll() == {
            "room_door_open": {("Door",): 1},
            "room_door_open_unexpected": {("Door",): 1},  # at six in the morning
            "room_water_leak": {("DI2",): 1},
        }
        assert room.remarks == []


def test_contacts_of_agent_yaml_are_checked() -> None:
    def refused(contacts: Any, **more: Any) -> str:
        with pytest.raises(ValidationError) as refusal:
            MachineRoomOptions.model_validate(
                {"id": "a", "address": "10.0.0.1", "credentials": "room", "contacts": contacts, **more}
            )
        return str(refusal.value)

    assert "'water', 'smoke', 'door', 'cooling', 'cooling_alarm' or 'other'" in refused({"DI1": "fire"})
    assert "debounce" in refused({"DI1": {"measures": "water", "debounce": "1h"}})
    assert "need credentials" in refused({"DI1": "water"}, credentials=None)
    twice = {"DI1": {"measures": "water", "sensor": "floor"}, "DI2": {"measures": "water", "sensor": "floor"}}
    assert "floor has water twice" in refused(twice)
