"""How simulated devices are served: pysnmp, our small codec and net-snmp agree; communities, versions, places."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections.abc import Callable

import pytest

from agent.core.reach import SnmpLogin, Unanswered
from agent.core.secrets import Secret
from agent.transports.snmp import SnmpWay
from demo.devices import codec
from demo.devices.answers import Table, answer
from demo.devices.device import Device, Objects
from demo.devices.place import Clockwork, Place, User
from demo.devices.port import Flow
from demo.devices.room_sensor import room_sensor
from demo.devices.serving import Engine, in_thread
from demo.devices.switch import access_switch, core_switch
from demo.devices.traffic import busy
from demo.devices.ups import apc_ups, standard_ups
from tests.demo.watched import HASTY, PATIENT, login, watched
from tests.peers import need

ENGINES: tuple[Engine, ...] = ("pysnmp", "codec")
DEVICES: tuple[Callable[[], Device], ...] = (access_switch, core_switch, standard_ups, apc_ups, room_sensor)
UPTIME = "1.3.6.1.2.1.1.3.0"


async def everything(way: SnmpWay, place: Place) -> Objects:
    async with way.open(place.address, login(place), timeout=30) as session:
        found = {oid: value async for oid, value in session.walk("1.3.6.1")}
        return found | {oid: value async for oid, value in session.walk("1.0.8802")}


def walked(place: Place, *version: str) -> list[str]:
    argv = [need("snmpget").replace("snmpget", "snmpbulkwalk"), "-Cr30", "-One", "-m", "", "-t5", *version]
    where = f"{place.address}:{place.port}"
    trees = [[*argv, where, tree] for tree in ("1.0.8802", "1.3.6.1")]
    done = [subprocess.run(each, capture_output=True, check=False, timeout=60) for each in trees]
    assert [each.stderr for each in done] == [b"", b""]
    lines = b"".join(each.stdout for each in done).decode(errors="replace").splitlines()
    return [line for line in lines if "No more variables left" not in line and "No Such" not in line]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("make", DEVICES)
def test_what_is_served_is_what_the_device_tells_with_its_types(engine: Engine, make: Callable[[], Device]) -> None:
    device = make()
    place = Place(device)
    with in_thread([place], engine):
        found = asyncio.run(everything(SnmpWay(manners=PATIENT), place))
    told = device.objects()
    assert found == told
    assert {oid: type(value) for oid, value in found.items()} == {oid: type(value) for oid, value in told.items()}


@pytest.mark.parametrize("make", DEVICES)
def test_net_snmp_walks_the_same_by_pysnmp_and_by_our_codec(make: Callable[[], Device]) -> None:
    device = make()
    by_pysnmp, by_codec = Place(device), Place(device)
    with in_thread([by_pysnmp], "pysnmp"), in_thread([by_codec], "codec"):
        ours, theirs = (walked(place, "-v2c", "-cpublic") for place in (by_codec, by_pysnmp))
    assert ours == theirs
    # Other lines belong to a text of several lines.
    assert len([line for line in ours if line.startswith(".1.")]) == len(device.objects())


@pytest.mark.parametrize("engine", ENGINES)
def test_version_1_names_what_is_missing_and_steps_over_64_bit_counters(engine: Engine) -> None:
    place = Place(access_switch())
    old = SnmpLogin("1", Secret("public"))

    async def ask() -> tuple[Objects, Objects]:
        way, known = SnmpWay(manners=PATIENT), SnmpLogin("1", old.community, port=place.port)
        async with way.open(place.address, known, timeout=30) as session:
            got = await session.get([UPTIME, "1.3.6.1.2.1.1.99.0", "1.3.6.1.2.1.31.1.1.1.6.6"])
            return dict(got), {oid: value async for oid, value in session.walk("1.3.6.1.2.1.31.1.1.1")}

    with in_thread([place], engine):
        got, columns = asyncio.run(ask())
    assert list(got) == [UPTIME]
    assert {oid.split(".")[10] for oid in columns} == {"1", "2", "3", "4", "5", "15", "17", "18", "19"}


@pytest.mark.parametrize("engine", ENGINES)
def test_each_place_is_its_own_device_and_its_own_community(engine: Engine) -> None:
    places = [Place(access_switch("a"), community="of-a"), Place(core_switch("b"), community="of-b")]
    name = "1.3.6.1.2.1.1.5.0"

    async def names(community: str) -> list[bytes | None]:
        found: list[bytes | None] = []
        for place in places:
            way = SnmpWay(manners=PATIENT if community == place.community else HASTY)
            known = SnmpLogin("2c", Secret(community), port=place.port)
            try:
                async with way.open(place.address, known, timeout=5) as session:
                    found.append((await session.get([name]))[name])
            except Unanswered:
                found.append(None)
        return found

    with in_thread(places, engine):
        assert asyncio.run(names("of-a")) == [b"a", None]
        assert asyncio.run(names("of-b")) == [None, b"b"]
        assert asyncio.run(names("public")) == [None, None]


def test_version_3_is_signed_and_encrypted_and_survives_a_reboot() -> None:
    switch = access_switch()
    with watched(switch, "pysnmp", user=User()) as seen:
        boots = switch.boots
        assert seen.poll()["interface_up"]["GigabitEthernet0/0/1",] == 1
        switch.ports["GigabitEthernet0/0/1"].linked = False
        switch.reboot()
        found = seen.poll()
        assert found["interface_up"]["GigabitEthernet0/0/1",] == 0
        assert found["device_uptime_seconds"][()] == 30
        assert found["device_restarts_unapproved"][()] == 1
        assert seen.raw("1.3.6.1.6.3.10.2.1.2.0").popitem()[1] == boots + 1


def test_devices_of_version_3_beside_each_other_have_engines_of_their_own() -> None:
    places = [Place(access_switch("a"), user=User()), Place(core_switch("b"), user=User("other")), Place(room_sensor())]
    with in_thread(places):
        way = SnmpWay(manners=PATIENT)
        for place in places:
            assert asyncio.run(everything(way, place)) == place.device.objects()


def test_net_snmp_reads_version_3() -> None:
    place, user = Place(standard_ups(), user=User()), User()
    privacy = ["-x", "AES", "-X", user.privacy_password]
    known = ["-v3", "-u", user.name, "-l", "authPriv", "-a", "SHA", "-A", user.auth_password, *privacy]
    with in_thread([place]):
        assert len(walked(place, *known)) == len(place.device.objects())


def test_version_3_in_the_clear_is_refused() -> None:
    place, user = Place(standard_ups(), user=User()), User()

    async def ask() -> None:
        auth = ("SHA", Secret(user.auth_password))
        known = SnmpLogin("3", user=user.name, auth=auth, port=place.port)
        async with SnmpWay(manners=PATIENT).open(place.address, known, timeout=10) as session:
            await session.get([UPTIME])

    with in_thread([place]), pytest.raises(Unanswered) as refused:
        asyncio.run(ask())
    assert refused.value.kind in ("permission", "authentication")


@pytest.mark.parametrize("engine", ENGINES)
def test_an_address_in_use_is_refused_and_nothing_is_left_open(engine: Engine) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        places = [Place(access_switch()), Place(core_switch(), port=taken.getsockname()[1])]
        with pytest.raises(OSError, match="in use"), in_thread(places, engine):
            pass
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", places[0].port))


@pytest.mark.parametrize("engine", ENGINES)
def test_noise_is_not_answered_and_does_no_harm(engine: Engine) -> None:
    place = Place(room_sensor())
    question = codec.element(0x30, b"\x02\x01\x01\x04\x06public\xa0\x80")
    with in_thread([place], engine), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noisy:
        for noise in (b"", b"\x30", b"\xff" * 1400, b"GET / HTTP/1.1\r\n", question, b"\x30\x84\xff\xff\xff\xff\x02"):
            noisy.sendto(noise, (place.address, place.port))
        assert asyncio.run(everything(SnmpWay(manners=PATIENT), place)) == place.device.objects()


def test_a_long_answer_is_cut_to_the_length_that_the_device_can_send() -> None:
    table = Table(access_switch().objects())
    start = (1, 3, 6, 1, 2, 1, 2)
    bulk = codec.Asked(codec.V2C, b"public", codec.GET_BULK, 7, 0, 500, (start,))
    assert 1400 < len(answer(table, bulk, 1472)) <= 1472
    names = tuple(codec.numbers(f"1.3.6.1.2.1.31.1.1.1.1.{n}") for n in range(6, 54))
    get = codec.Asked(codec.V2C, b"public", codec.GET, 7, 0, 0, names)
    too_big = codec.reply(get, (), codec.TOO_BIG)
    assert answer(table, get, 484) == too_big


def test_clockwork_lets_time_pass_as_fast_as_it_is_told() -> None:
    now = [100.0]
    switch = access_switch()
    busy(switch)
    port = switch.ports["GigabitEthernet0/0/1"]
    port.receive = Flow(1000.0)
    clock = Clockwork(lambda: now[0], speed=60)
    clock(switch)
    before = switch.uptime
    now[0] += 2
    clock(switch)
    assert switch.uptime - before == 120
    assert port.counts["in_octets"] == 120_000
