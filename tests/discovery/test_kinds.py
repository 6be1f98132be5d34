"""What kind a device is: by what it answers, over SNMP from devices of our own and from facts."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agent.cli.scanning import oids, recognise
from agent.core.reach import Login, SnmpLogin
from agent.core.secrets import Secret
from agent.discovery.entries import entry
from agent.discovery.kinds import ASKED, SYS_OBJECT_ID, SYS_SERVICES, kind, more
from agent.discovery.makers import ENTERPRISES, MAKERS, maker
from agent.discovery.scan import Answer, Scan
from agent.reaching import reaching
from collectors.profiles.book import shipped
from demo.devices.device import Device
from demo.devices.place import Place
from demo.devices.room_sensor import room_sensor
from demo.devices.serving import in_thread
from demo.devices.switch import access_switch, core_switch
from demo.devices.ups import apc_ups, standard_ups
from tests.snmp_agent import SnmpAgent, Value, object_id

ANY_KIND = {"hp-procurve", "ubiquiti-usp"}  # one number for switches, printers and servers; for all on net-snmp


def asked(address: str, port: int, community: str) -> Answer:
    """What discover learns of it."""

    async def main() -> list[Answer]:
        async with reaching() as reach:
            login = Login("room", SnmpLogin("2c", Secret(community), port=port))
            return await Scan(reach, [login], oids(), recognise, 1000).run([address])

    (answer,) = asyncio.run(main())
    return answer


@pytest.mark.parametrize(
    ("device", "section", "is_a"),
    [
        (access_switch(), "switches", "switch"),
        (core_switch(), "switches", "switch"),
        (standard_ups(), "machine_room", "ups"),
        (apc_ups(), "machine_room", "ups"),
        (room_sensor(), "machine_room", "sensor"),
    ],
)
def test_each_simulated_device_comes_into_the_section_that_watches_it(device: Device, section: str, is_a: str) -> None:
    place = Place(device)
    with in_thread([place], "codec"):
        found = entry(asked(place.address, place.port, place.community), ())
    assert (found.section, found.recognised.kind) == (section, is_a)
    assert found.options.get("kind") == (is_a if section == "machine_room" else None)


def system(number: str) -> dict[str, Value]:
    return {
        "1.3.6.1.2.1.1.1.0": "x",
        SYS_OBJECT_ID: object_id(ENTERPRISES + number),
        "1.3.6.1.2.1.1.5.0": "x",
    }


APC = f"{ENTERPRISES}318.1.1"


@pytest.mark.parametrize(
    ("objects", "section", "is_a"),
    [
        # One maker's cards, whose sysObjectID here says nothing: what they have objects for tells them apart.
        (system("318.9") | {f"{APC}.1.1.1.1.0": "Smart-UPS", f"{APC}.10.2.3.2.1.2.1": "probe"}, "machine_room", "ups"),
        (system("318.9") | {f"{APC}.12.1.5.0": "AP7902"}, "machine_room", "pdu"),
        (system("318.9") | {f"{APC}.10.3.13.1.1.2.1": "rack 1"}, "machine_room", "sensor"),
        (system("318.9"), "machine_room", "machine_room"),
        (system("28507.99") | {f"{ENTERPRISES}28507.99.1.6.1.1.2.1": 214}, "machine_room", "sensor"),
        # Printers say that they forward, and have their maker's number.
        (system("11.2.3.9.1") | {SYS_SERVICES: 79, "1.3.6.1.2.1.43.5.1.1.1.1": 4}, "hosts", "printer"),
        (system("2011.2.23.1") | {"1.3.6.1.2.1.33.1.2.1.0": 2}, "machine_room", "ups"),
        (system("64999.1") | {"1.3.6.1.2.1.17.1.2.0": 24}, "switches", "switch"),
        (system("64999.1") | {"1.3.6.1.2.1.4.1.0": 1}, "switches", "switch"),
        (system("64999.1"), "hosts", "host"),
        # No profile reads this maker's sensors: the entry must not promise what would fail at each poll.
        (system("16174.1.1.3"), "machine_room", "machine_room"),
        (system("674.10892.5"), "hosts", "host"),
    ],
)
def test_a_kind_is_told_by_what_a_device_answers(objects: dict[str, Value], section: str, is_a: str) -> None:
    with SnmpAgent(objects) as agent:
        found = entry(asked(agent.host, agent.port, agent.community), ())
    assert (found.section, found.recognised.kind) == (section, is_a)


@pytest.mark.parametrize(
    ("services", "number", "is_a"),
    [
        (2, "64999", "switch"),
        (78, "8072", "switch"),  # a switch whose maker left net-snmp's number in
        (4, "64999", "switch"),
        (76, "311", "host"),  # Windows says that it forwards
        (72, "8072", "host"),
        (64, "64999", "host"),
        (None, "64999", "host"),  # nothing known is no reason to call it a switch
        (None, "", "host"),
        (-1, "64999", "host"),  # all bits set, by a device that means nothing by it
        (b"78", "64999", "host"),
    ],
)
def test_a_switch_is_what_forwards(services: Any, number: str, is_a: str) -> None:
    facts: dict[str, Any] = {SYS_OBJECT_ID: f"{ENTERPRISES}{number}.1"} if number else {}
    assert kind(facts | ({} if services is None else {SYS_SERVICES: services})) == is_a


def test_a_profile_that_names_one_kind_is_believed_and_a_family_is_looked_into() -> None:
    assert kind({SYS_SERVICES: 79}, "pdu") == "pdu"
    assert kind({SYS_SERVICES: 79}, "host") == "host"
    assert kind({SYS_OBJECT_ID: f"{ENTERPRISES}318.1.3.4.5"}, "machine_room") == "pdu"
    assert kind({}, "machine_room") == "machine_room"


def test_a_device_is_asked_only_for_its_own_makers_objects() -> None:
    assert more({SYS_OBJECT_ID: f"{ENTERPRISES}2011.2.23"}) == ()
    assert more({SYS_OBJECT_ID: b"\xff"}) == ()
    theirs = more({SYS_OBJECT_ID: f".{ENTERPRISES}318.1.3.27"})
    assert theirs
    assert all(oid.startswith(f"{ENTERPRISES}318.") for oid in theirs)
    assert not set(theirs) & set(ASKED)
    assert more({SYS_OBJECT_ID: f"{ENTERPRISES}3180.1"}) == ()


def test_the_longest_known_beginning_of_a_number_counts() -> None:
    assert maker(f"{ENTERPRISES}4526.100.16.1") == "host"
    assert maker(f"{ENTERPRISES}4526.100.11.22") == "switch"
    assert maker(f"{ENTERPRISES}45260.1") is None
    assert maker("1.3.6.1.2.1.33") is None
    assert set(MAKERS.values()) <= {
        "ups",
        "sensor",
        "pdu",
        "cooling",
        "camera",
        "machine_room",
        "switch",
        "printer",
        "host",
    }


def test_every_profile_that_recognises_devices_says_their_kind() -> None:
    without = {each.id for each in shipped().profiles.values() if each.match and each.kind is None}
    assert without == ANY_KIND
