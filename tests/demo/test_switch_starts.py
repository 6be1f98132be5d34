"""A simulated switch that starts anew, and cables and strangers at its ports, in the world by itself."""

import pytest

from collectors.arp import PHYSICAL
from demo.centre.macs import STRANGER, macs
from demo.centre.plan import centre
from demo.devices.switch import Switch
from demo.faults import FAULTS
from demo.faults.fault import Unknown, begin, end
from demo.network.way import Fate
from demo.world.routing import ADDRESS_OF_STRANGER
from demo.world.switching import STRANGE_PORT
from demo.world.world import World

HOUR = 3600.0
OCTETS = "1.3.6.1.2.1.31.1.1.1.6.6"  # ifHCInOctets of GigabitEthernet0/0/1
UP_TIME, BOOTS = "1.3.6.1.2.1.1.3.0", "1.3.6.1.6.3.10.2.1.2.0"


@pytest.fixture
def world() -> World:
    return World(centre(), wall=lambda: 1_790_000_000.0)


def switch(world: World, name: str) -> Switch:
    return world.switching.switches[name]


def reached(world: World, name: str) -> bool:
    way = world.way(world.centre.nodes[name].address)
    return way is not None and way.fate is Fate.ANSWERED


def test_a_switch_that_starts_anew_is_silent_for_40_seconds_and_counts_from_nothing(world: World) -> None:
    mine = switch(world, "access-1")
    world.advance(HOUR)
    before = mine.objects()
    begin(world, FAULTS["switch-reboot"], "access-1")
    world.advance(35)
    assert not mine.answers
    assert not reached(world, "access-1")
    assert not reached(world, "pc-1"), "what hangs on it is gone too"
    world.advance(35)
    after = mine.objects()
    assert reached(world, "pc-1")
    assert mine.uptime == pytest.approx(30, abs=6)
    assert after[BOOTS] == int(str(before[BOOTS])) + 1
    assert int(str(after[UP_TIME])) < 4000
    assert 0 < int(str(after[OCTETS])) < int(str(before[OCTETS])) / 50


def test_it_starts_once_for_each_time_that_this_befalls_it(world: World) -> None:
    mine = switch(world, "access-1")
    for boots in (8, 9):
        begin(world, FAULTS["switch-reboot"], "access-1")
        world.advance(HOUR)
        assert mine.boots == boots
        end(world, FAULTS["switch-reboot"])
        world.advance(60)
        assert mine.boots == boots


def test_one_without_power_does_not_start_by_itself(world: World) -> None:
    begin(world, FAULTS["switch-down"], "access-1")
    world.advance(60)
    begin(world, FAULTS["switch-reboot"], "access-1")
    world.advance(120)
    assert not switch(world, "access-1").answers


def test_mains_that_come_back_after_the_batteries_were_empty_start_every_switch_anew(world: World) -> None:
    begin(world, FAULTS["mains-off"])
    world.advance(3 * HOUR)
    end(world, FAULTS["mains-off"])
    world.advance(600)
    for name, mine in world.switching.switches.items():
        assert mine.answers, name
        assert (mine.boots, mine.uptime <= 600) == (8, True), name
        assert all(port.changed <= mine.uptime for port in mine.ports.values()), name


def test_a_cable_between_two_switches_is_down_at_both_ends_while_either_is_off(world: World) -> None:
    below, above = switch(world, "access-1"), switch(world, "core-1")
    cable = below.ports[below.uplinks[0]], above.ports["Ten-GigabitEthernet1/0/1"]
    assert [port.up for port in cable] == [True, True]
    begin(world, FAULTS["switch-down"], "access-1")
    world.advance(5)
    assert not cable[1].up
    end(world, FAULTS["switch-down"])
    world.advance(60)
    begin(world, FAULTS["switch-reboot"], "core-1")
    world.advance(10)
    assert not cable[0].up
    world.advance(60)
    assert [port.up for port in cable] == [True, True]
    begin(world, FAULTS["cable-break"], "access-1")
    world.advance(5)
    assert [port.up for port in cable] == [False, False]


def test_the_link_between_the_cores_is_up_at_both_ends(world: World) -> None:
    ends = [switch(world, name).ports["Bridge-Aggregation1"] for name in ("core-1", "core-2")]
    assert [port.up for port in ends] == [True, True]


def test_a_stranger_is_learnt_at_a_port_that_was_free_and_is_on_no_list(world: World) -> None:
    mine = switch(world, "access-3")
    assert not mine.ports[STRANGE_PORT].up
    assert STRANGER not in macs(world.centre).values()
    begin(world, FAULTS["rogue-device"], "access-3")
    world.advance(5)
    assert mine.ports[STRANGE_PORT].up
    assert mine.stations[STRANGE_PORT] == [STRANGER]
    known = {oid: value for oid, value in switch(world, "core-1").objects().items() if oid.startswith(PHYSICAL)}
    assert [oid for oid, mac in known.items() if mac == STRANGER] == [f"{PHYSICAL}.1053.1.4.{ADDRESS_OF_STRANGER}"]
    assert len(known) == len(macs(world.centre)) - len(world.centre.lines) + 1, "all that is plugged in, and it"
    end(world, FAULTS["rogue-device"])
    world.advance(5)
    assert not mine.ports[STRANGE_PORT].up
    assert STRANGER not in switch(world, "core-1").objects().values()
    with pytest.raises(Unknown):
        begin(world, FAULTS["rogue-device"], "core-1")
