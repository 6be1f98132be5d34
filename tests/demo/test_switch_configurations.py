"""The configurations of the simulated switches, against what the same switches tell by SNMP and what the agent makes of
them."""

import re

import pytest

from collectors.configuration.normal import normal
from collectors.configuration.signs import COUNTERS
from demo.centre.plan import centre
from demo.configuration.switches import files
from demo.consoles.texts import shown
from demo.devices.switch import Switch
from demo.faults import FAULTS
from demo.faults.fault import begin, end
from demo.servers.ssh import USER
from demo.world.world import World

SWITCHES = [node.id for node in centre().of("core", "access")]
FAMILY = {"core": "hp_comware", "access": "huawei_vrp"}
NAME, ALIAS = "1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.31.1.1.1.18"
BASE_PORT, PVID = "1.3.6.1.2.1.17.1.4.1.2", "1.3.6.1.2.1.17.7.1.4.5.1.1"
SYS_NAME, LOCATION = "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.6.0"
MODIFIED = {"core": COUNTERS["hp_comware"][0], "access": COUNTERS["huawei_vrp"][1]}
EACH = pytest.mark.parametrize("name", SWITCHES)
EITHER = pytest.mark.parametrize("name", ["core-1", "access-2"])


@pytest.fixture
def world() -> World:
    return World(centre(), wall=lambda: 1_790_000_000.0)


def text(world: World, name: str, saved: bool = False) -> str:
    switch = world.switching.switches[name]
    return shown(switch, "saved" if saved else "running", world.centre, USER).decode()


def sections(written: str) -> dict[str, list[str]]:
    """Of interfaces, by name: the lines of each."""
    found = re.findall(r"^interface (\S+)\n((?: .*\n)*)", written, re.MULTILINE)
    return {name: [line.strip() for line in body.splitlines()] for name, body in found}


def column(switch: Switch, oid: str) -> dict[str, object]:
    return {name[len(oid) + 1 :]: value for name, value in switch.objects().items() if name.startswith(oid + ".")}


def turned_on(written: str) -> bool:
    return "telnet server enable" in map(str.strip, written.splitlines())


@EACH
def test_a_switch_is_as_it_was_approved_whatever_salt_its_secrets_have(world: World, name: str) -> None:
    tier = world.switching.switches[name].tier
    baselines = dict(files(world.centre))
    told = normal(FAMILY[tier], text(world, name).encode(), lambda secret: "fingerprint")  # type: ignore[arg-type]
    assert told == baselines[f"baselines/{name}.cfg"].decode()
    assert text(world, name) != text(world, name), "ciphers are shown with other salt each time"


@EACH
def test_titles_and_vlans_of_ports_are_those_that_snmp_tells(world: World, name: str) -> None:
    switch, written = world.switching.switches[name], sections(text(world, name))
    names = {index: bytes(value).decode() for index, value in column(switch, NAME).items()}  # type: ignore[call-overload]
    for index, alias in column(switch, ALIAS).items():
        described = [line for line in written.get(names[index], []) if line.startswith("description ")]
        assert described == ([f"description {alias.decode()}"] if alias else []), names[index]  # type: ignore[attr-defined]
    vlans = column(switch, PVID)
    for number, index in column(switch, BASE_PORT).items():
        told = [line for line in written[names[str(index)]] if re.match(r"port (?:default|access) vlan", line)]
        assert [int(line.split()[-1]) for line in told] == ([] if vlans[number] == 1 else [vlans[number]])


@EITHER
def test_name_place_and_vlans_are_those_of_the_centre(world: World, name: str) -> None:
    written, objects = text(world, name), world.switching.switches[name].objects()
    assert re.search(rf"^ ?sysname {objects[SYS_NAME].decode()}$", written, re.MULTILINE)  # type: ignore[union-attr]
    assert f"snmp-agent sys-info location {objects[LOCATION].decode()}\n" in written  # type: ignore[union-attr]
    assert f"ip address {world.centre.nodes[name].address} 255.255.255.0\n" in written
    assert written.count("ip address") == (4 if name == "core-1" else 1), "the first core leads between the networks"
    assert f"info-center loghost {world.centre.nodes['log-host'].address}\n" in written


@EITHER
def test_a_line_that_somebody_adds_is_running_and_not_saved_and_the_device_counts_it(world: World, name: str) -> None:
    switch, before = world.switching.switches[name], text(world, name, saved=True)
    counted = switch.objects()[MODIFIED[switch.tier]]
    begin(world, FAULTS["config-changed"], name)
    world.advance(5)
    assert turned_on(text(world, name))
    assert len(text(world, name).splitlines()) == len(before.splitlines()) + 2, "the line, and what divides sections"
    assert not turned_on(text(world, name, saved=True))
    changed = switch.objects()[MODIFIED[switch.tier]]
    assert changed != counted
    world.advance(60)
    assert switch.objects()[MODIFIED[switch.tier]] == changed, "nobody changed it since"
    end(world, FAULTS["config-changed"])
    world.advance(5)
    assert not turned_on(text(world, name))
    assert switch.objects()[MODIFIED[switch.tier]] != changed, "taking it away is a change too"


def test_what_was_not_saved_is_gone_after_a_restart() -> None:
    switch = World(centre()).switching.switches["access-1"]
    switch.revision.type_in(("one",), switch.uptime)
    switch.revision.save(switch.uptime)
    switch.revision.type_in(("one", "two"), switch.uptime)
    switch.reboot()
    assert switch.revision.lines == ("one",)
