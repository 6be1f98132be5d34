"""The world by itself: what follows from what, as its time passes."""

import pytest

from demo.centre.plan import centre
from demo.faults import FAULTS
from demo.faults.fault import Unknown, begin, end
from demo.network.way import Fate
from demo.stories import STORIES, tell
from demo.verbs import answer
from demo.world.world import World

HOUR = 3600.0


@pytest.fixture
def world() -> World:
    return World(centre(), wall=lambda: 1_790_000_000.0)


def fate(world: World, name: str) -> Fate:
    way = world.way(world.centre.nodes[name].address)
    assert way is not None
    return way.fate


def test_without_mains_the_room_heats_up_and_at_last_the_switches_die_with_all_behind_them(world: World) -> None:
    begin(world, FAULTS["mains-off"])
    world.advance(60)
    assert world.power.ups["ups-1"].source == "battery"
    assert fate(world, "access-1") is Fate.ANSWERED
    assert fate(world, "pc-1") is Fate.SILENT, "a counter PC hangs on the mains"
    world.advance(3 * HOUR)
    assert world.room.celsius > 40
    assert world.power.ups["ups-1"].source == "none"
    for name in ("core-1", "access-1", "acceptance-host"):
        assert fate(world, name) is Fate.SILENT, name
    gateway = world.way(world.centre.lines["medical"].gateway)
    assert gateway is not None
    assert gateway.fate is Fate.SILENT


def test_when_the_mains_are_back_everything_starts_again_and_the_room_cools_down(world: World) -> None:
    begin(world, FAULTS["mains-off"])
    world.advance(3 * HOUR)
    end(world, FAULTS["mains-off"])
    world.advance(HOUR)
    assert {fate(world, name) for name in world.centre.nodes} == {Fate.ANSWERED}
    assert world.room.celsius < 24
    assert 0 < world.power.ups["ups-1"].charge < 1


def test_an_outage_gives_everything_that_died_in_it_a_new_start(world: World) -> None:
    switches, hosts, ups = world.switching.switches, world.hosts, world.power.ups
    boots = {name: each.boots for name, each in (*switches.items(), *ups.items())}
    begin(world, FAULTS["mains-off"])
    world.advance(60)
    assert {each.boots for each in switches.values()} == {boots["core-1"]}, "the UPS carry them"
    world.advance(3 * HOUR)
    end(world, FAULTS["mains-off"])
    world.advance(10)
    assert fate(world, "core-1") is fate(world, "log-host") is Fate.SILENT, "they are starting"
    world.advance(50)
    assert fate(world, "core-1") is fate(world, "log-host") is fate(world, "ups-1") is Fate.ANSWERED
    for name, device in (*switches.items(), *ups.items()):
        assert device.boots == boots[name] + 1, name
        assert device.uptime < 60, name
    assert {host.boot for host in hosts.values()} == {world.wall()}
    assert all(host.received < 60 * 1e6 for host in hosts.values()), "its counters begin anew"


def test_a_host_whose_plug_was_drawn_starts_anew_alone(world: World) -> None:
    before = world.hosts["file-host"].boot
    begin(world, FAULTS["host-down"], "log-host")
    world.advance(5)
    assert fate(world, "log-host") is Fate.SILENT
    end(world, FAULTS["host-down"], "log-host")
    world.advance(40)
    assert fate(world, "log-host") is Fate.ANSWERED
    assert world.hosts["log-host"].boot == world.wall()
    assert world.hosts["file-host"].boot == before


def test_the_longer_the_mains_are_off_the_emptier_the_batteries_and_the_hotter_the_room(world: World) -> None:
    begin(world, FAULTS["mains-off"])
    seen = []
    for _ in range(6):
        world.advance(300)
        seen.append((world.power.ups["ups-1"].charge, -world.room.celsius))
    assert seen == sorted(seen, reverse=True)
    assert world.room.sensor.probes["inlet"].celsius == world.room.celsius


def test_of_a_healed_overheating_and_a_weak_battery_nothing_stays(world: World) -> None:
    for name in ("overheat", "ups-battery-low"):
        begin(world, FAULTS[name])
    world.advance(10)
    assert world.room.celsius > 38
    assert world.power.ups["ups-1"].low
    for name in ("overheat", "ups-battery-low"):
        end(world, FAULTS[name])
    world.advance(20)
    assert world.room.celsius < 24
    assert world.power.ups["ups-1"].charge == 1


def test_the_backup_line_idles_until_it_carries_the_traffic_of_its_main_line(world: World) -> None:
    lines, switches = world.centre.lines, world.switching.switches

    def received(line: str) -> float:
        return switches[lines[line].behind.switch].ports[lines[line].behind.port].receive.bytes

    usual = received("medical")
    assert received("backup") < 100 < usual
    begin(world, FAULTS["backup-line-active"])
    world.advance(1)
    assert received("medical") < 100
    assert received("backup") == usual
    end(world, FAULTS["backup-line-active"])
    world.advance(1)
    assert received("medical") == usual


def test_a_dead_access_switch_takes_what_hangs_on_it_and_nothing_else(world: World) -> None:
    begin(world, FAULTS["switch-down"], "access-5")
    world.advance(1)
    silent = {name for name in world.centre.nodes if fate(world, name) is Fate.SILENT}
    assert silent == {"access-5", *(f"{kind}-{number}" for kind in ("kiosk", "printer") for number in (1, 2, 3))}


@pytest.mark.parametrize(
    ("fault", "answering"),
    [("line-cut", 0), ("line-gateway-down", 0), ("line-carrier-fault", 1), ("line-application-down", 4)],
)
def test_a_line_is_silent_from_where_it_is_broken(world: World, fault: str, answering: int) -> None:
    begin(world, FAULTS[fault], "medical")
    ways = [world.way(address) for address in world.centre.lines["medical"].addresses]
    assert [way is not None and way.fate is Fate.ANSWERED for way in ways] == [place < answering for place in range(4)]
    assert {
        way.fate for line in ("labor", "backup") for way in map(world.way, world.centre.lines[line].addresses) if way
    } == {Fate.ANSWERED}


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_says_what_it_shows_in_both_languages_and_can_begin_and_end_twice(world: World, name: str) -> None:
    fault = FAULTS[name]
    assert len(fault.sees.zh) > 5
    assert len(fault.sees.en) > 10
    for _ in range(2):
        whom = begin(world, fault)
        world.advance(2)
        assert end(world, fault) == [whom]
    with pytest.raises(Unknown):
        begin(world, fault, "nobody")


@pytest.mark.parametrize("name", STORIES)
def test_a_story_begins_and_ends_its_faults_at_their_times(world: World, name: str) -> None:
    tell(world, name)
    for event in STORIES[name].events:
        world.advance(max(0.0, event.after - world.seconds) + 5)
        assert world.active.any_of(event.fault) is (event.verb == "fault"), event


def test_scale_multiplies_hosts_and_access_switches() -> None:
    one, three = centre(), centre(3)
    assert len(three.of("host")) == 3 * len(one.of("host"))
    assert len(three.of("access")) == 3 * len(one.of("access"))
    assert len({node.address for node in three.nodes.values()}) == len(three.nodes)


@pytest.mark.parametrize(
    "words", [[], ["fault"], ["faults", "x"], ["fault", "mains-off", "", "x"], "faults", {"a": 1}, 3, ["x"]]
)
def test_words_that_make_no_sense_are_refused_with_what_does(world: World, words: object) -> None:
    refused = answer(world, words)["refused"]
    assert "fault NAME [WHOM]" in refused["en"]
    assert "fault NAME [WHOM]" in refused["zh"]


def test_a_name_that_there_is_not_is_refused_with_those_there_are(world: World) -> None:
    assert "mains-off" in answer(world, ["fault", "mains"])["refused"]["en"]
    assert "power-cut" in answer(world, ["story", "power"])["refused"]["zh"]
    assert "access-1" in answer(world, ["fault", "switch-down", "access-77"])["refused"]["en"]


def test_healing_all_calls_off_what_a_story_had_still_to_tell(world: World) -> None:
    answer(world, ["story", "carrier-outage"])
    world.advance(1)
    assert answer(world, ["faults"])["faults"] == [["line-loss", "medical"]]
    answer(world, ["heal", "all"])
    world.advance(3600)
    assert answer(world, ["faults"])["faults"] == []


def test_a_battery_is_charged_from_the_mains_alone(world: World) -> None:
    for fault in ("mains-off", "ups-battery-low"):
        begin(world, FAULTS[fault])
    world.advance(1000)
    ups = world.power.ups["ups-1"]
    assert (ups.charge, ups.source) == (0, "none")
    end(world, FAULTS["ups-battery-low"])
    world.advance(5)
    assert (ups.charge, ups.source) == (0, "none")


def test_the_cooling_that_stands_still_for_want_of_power_says_so(world: World) -> None:
    begin(world, FAULTS["mains-off"])
    world.advance(1)
    assert world.room.closed == (False, False, False, True)


def test_a_cut_line_takes_its_port_down_and_a_dead_gateway_does_not(world: World) -> None:
    for fault, carries in (("line-gateway-down", True), ("line-cut", False)):
        begin(world, FAULTS[fault], "medical")
        assert world.switching.linked(world.centre.lines["medical"].behind) is carries
