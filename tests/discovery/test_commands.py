"""`discover` and `onboard` as a person runs them, against devices of our own on loopback addresses."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from agent.cli import main
from agent.core.store import Store
from tests.config.places import loaded
from tests.discovery.centre import NETWORK, SHOUWANG, Centre
from tests.peers import running, until
from tests.simulated_switch import Port, switch_objects
from tests.snmp_agent import SnmpAgent, Value, object_id
from tests.snmp_v3_agent import KAY, SnmpV3Agent

SWITCH, UPS, NAS = "127.0.7.1", "127.0.7.2", "127.0.7.3"
PORTS = [Port(1, "GigabitEthernet0/0/1", alias="上联"), Port(2, "GigabitEthernet0/0/2", oper=2)]
SYSTEM = "1.3.6.1.2.1.1"


def switch(name: str) -> dict[str, Value]:
    return {
        **switch_objects(PORTS),
        f"{SYSTEM}.5.0": name,
        f"{SYSTEM}.7.0": 78,
        "1.3.6.1.2.1.10.7.2.1.19.1": 3,
    }


def ups() -> dict[str, Value]:
    return {
        f"{SYSTEM}.1.0": "SNMP card",
        f"{SYSTEM}.2.0": object_id("1.3.6.1.4.1.64999.1"),
        f"{SYSTEM}.5.0": "机房UPS",
        "1.3.6.1.2.1.33.1.1.2.0": "UPS 6000",
    }


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """Three devices that share the port which the credentials name."""
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(SnmpAgent(switch("core-sw"), "r00m", SWITCH))
        for objects, host in ((ups(), UPS), ({}, NAS)):
            stack.enter_context(SnmpAgent(objects, "r00m", host, port=first.port))
        yield Centre(tmp_path, first.port)


def test_discover_prints_entries_that_load(centre: Centre) -> None:
    done = centre.discover()
    assert done.returncode == 0, done.stderr
    said = yaml.safe_load(done.stdout)
    core = said["switches"][0]
    assert core == {"id": "core-sw", "name": "core-sw", "address": SWITCH, "credentials": "room"}
    assert "Huawei" in done.stdout
    assert said["machine_room"] == [
        {"id": "机房UPS", "name": "机房UPS", "address": UPS, "credentials": "room", "kind": "ups"}
    ]
    assert NAS in [each["address"] for each in said["hosts"]]
    assert "127.0.7.4" not in done.stdout  # agent.yaml has it
    text = centre.config.read_text(encoding="utf-8")
    centre.write(text.partition("switches:")[0] + done.stdout)
    site = loaded(centre.config)
    assert {each.kind for each in site.targets} == {"switch", "machine_room", "host"}


def test_discover_as_json_is_one_document(centre: Centre) -> None:
    found = {each["address"]: each for each in json.loads(centre.discover("--format", "json").stdout)}
    assert found[SWITCH]["credentials"] == "room"
    assert found[SWITCH]["device"]["vendor"] == "Huawei"
    assert found[UPS]["device"]["kind"] == "ups"
    assert found[SWITCH]["known_as"] is None


def test_a_table_for_people_shows_what_a_device_says_as_text(centre: Centre) -> None:
    done = centre.discover("--format", "table")
    assert SWITCH in done.stdout
    assert "core-sw" in done.stdout


def test_a_terminal_gets_a_progress_bar_and_the_output_stays_clean(centre: Centre) -> None:
    ours, theirs = pty.openpty()
    argv = [SHOUWANG, "discover", "-c", str(centre.config), "127.0.7.0/29", "--format", "json"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=theirs) as child:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # the end of a terminal is an error
            while more := os.read(ours, 65536):
                shown += more
        assert child.stdout is not None
        said = child.stdout.read()
    assert child.returncode == 0, shown.decode()
    found = json.loads(said)
    os.close(ours)
    assert "━".encode() in shown
    assert [each["address"] for each in found][:2] == [SWITCH, UPS]
    assert "━" not in centre.discover().stderr


def test_a_device_that_speaks_version_3_is_found_by_its_credentials(centre: Centre) -> None:
    with SnmpV3Agent(switch("secure-sw"), host="127.0.7.11", users=[KAY]) as agent:
        user = (
            f"{{version: 3, user: {KAY.name}, port: {agent.port}, "
            f"auth: {{protocol: {KAY.auth}, password: {KAY.auth_password}}}, "
            f"privacy: {{protocol: {KAY.privacy}, password: {KAY.privacy_password}}}}}"
        )
        text = centre.config.read_text(encoding="utf-8")
        centre.write(text.replace("credentials: {", f"credentials: {{core: {{snmp: {user}}}, "))
        found = {each["address"]: each for each in json.loads(centre.discover("--format", "json").stdout)}
    assert (found["127.0.7.11"]["credentials"], found["127.0.7.11"]["entry"]["id"]) == ("core", "secure-sw")
    assert found[SWITCH]["credentials"] == "room"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("discover", "10.0.0.0/8"), "too large; at most a /20"),
        (("discover", "nonsense"), "not a network"),
        (("discover", NETWORK, "--credentials", "nobody"), "no SNMP login of that name; known: room"),
        (("discover", NETWORK, "--rate", "100000"), "--rate"),
        (("onboard", "10.0.0.0/24"), "expected the address of one device"),
        (("onboard", "127.0.7.4"), "is old already"),
        (("onboard", "127.0.0.1"), "not of this machine"),
        (("onboard", SWITCH, "--id", "old"), "id old is used already"),
        (("onboard", SWITCH, "--id", "a b"), "not an id"),
        (("onboard", SWITCH, "--name", "x\ny,evil"), 'name "x\\ny,evil": expected one line of printable text'),
        (("onboard", SWITCH, "--name", "x\u202ey"), "expected one line of printable text"),
        (("onboard", SWITCH, "--name", "x" * 61), "at most 60 characters"),
        (("onboard", SWITCH, "--section", "lines"), "allowed: machine_room, switches, hosts"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_written(
    centre: Centre, words: tuple[str, ...], reason: str
) -> None:
    before = centre.config.read_bytes()
    done = CliRunner().invoke(main.application(), [words[0], "-c", str(centre.config), *words[1:]])
    assert done.exit_code == 2
    assert reason in done.stderr
    assert centre.config.read_bytes() == before
    assert [each.name for each in centre.place.iterdir()] == ["agent.yaml"]


def test_onboard_takes_a_device_in_as_a_whole(centre: Centre) -> None:
    before = centre.config.read_text(encoding="utf-8")
    done = centre.run("onboard", SWITCH, "--name", "二楼交换机", "--who", "wang", "--note", "扩容")
    assert done.returncode == 0, done.stderr
    after = centre.config.read_text(encoding="utf-8")
    new = [line for line in after.splitlines() if line not in before.splitlines()]
    assert len(new) == 1
    assert new[0].startswith('  - {id: core-sw, name: "二楼交换机", address: "127.0.7.1", credentials: room}')
    assert (centre.place / "agent.yaml.bak").read_text(encoding="utf-8") == before
    assert "core-sw,二楼交换机,switch,127.0.7.1,,Huawei" in (centre.place / "assets.csv").read_text("utf-8-sig")
    baseline = yaml.safe_load((centre.place / "baselines" / "core-sw.yaml").read_text(encoding="utf-8"))
    assert baseline["version"] == "V200R020C10SPC500"
    assert baseline["interfaces"]["GigabitEthernet0/0/1"] == {
        "shut": False, "up": True, "speed": 10**9, "duplex": "full", "description": "上联",
    }  # fmt: skip
    (change,) = Store.peek(centre.place / "var").recall("changes")
    assert (change["id"], change["action"], change["target"], change["who"], change["text"]) == (
        "CHG-0001", "onboard", "core-sw", "wang", "扩容",
    )  # fmt: skip
    assert "CHG-0001" in done.stderr
    again = centre.run("onboard", SWITCH)
    assert (again.returncode, "is core-sw already" in again.stderr) == (2, True)


def test_a_dry_run_shows_everything_and_writes_nothing(centre: Centre) -> None:
    before = centre.config.read_bytes()
    done = centre.run("onboard", UPS, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert 'machine_room:\n  - {id: "机房UPS"' in done.stdout
    assert "assets.csv\n机房UPS,机房UPS,ups,127.0.7.2,,enterprise 64999,UPS 6000" in done.stdout
    assert 'device: "机房UPS"' in done.stdout
    assert centre.config.read_bytes() == before
    assert [each.name for each in centre.place.iterdir()] == ["agent.yaml"]


def test_an_asset_that_is_listed_stays_as_people_wrote_it(centre: Centre) -> None:
    listed = "编号,名称,IP地址,责任人\nsw-2,二楼交换机,127.0.7.1,王工\n".encode()
    (centre.place / "assets.csv").write_bytes(listed)
    done = centre.run("onboard", SWITCH, "--id", "sw-2")
    assert done.returncode == 0, done.stderr
    assert "lists sw-2 already" in done.stderr
    assert (centre.place / "assets.csv").read_bytes() == listed
    assert loaded(centre.config).target("sw-2") is not None


def test_wrong_credentials_are_said_and_nothing_is_written(centre: Centre) -> None:
    text = centre.config.read_text(encoding="utf-8").replace('"r00m"', '"wrong"')
    centre.write(text)
    done = centre.run("onboard", SWITCH, "--credentials", "room")
    assert done.returncode == 1
    assert "nothing was written" in done.stderr
    assert centre.config.read_text(encoding="utf-8") == text


def test_a_hostile_name_is_one_harmless_entry(centre: Centre, tmp_path: Path) -> None:
    hostile = '"}\n  - {id: evil, address: 10.9.9.9, name: "=cmd()\u202e'
    with SnmpAgent(
        switch(hostile), "r00m", "127.0.7.9", port=int(centre.config.read_text().split("port: ")[1].split("}")[0])
    ):
        done = centre.run("onboard", "127.0.7.9")
    assert done.returncode == 0, done.stderr
    site = loaded(centre.config)
    assert len(site.targets) == 2
    assert "evil" not in [each.id for each in site.targets]


def test_a_running_agent_registers_the_device_and_watches_it_at_once(centre: Centre) -> None:
    log = centre.place / "agent.log"
    with running([SHOUWANG, "run", "-c", str(centre.config)], log):
        until((centre.place / "var" / "agent.sock").exists, why="the agent listens")
        done = centre.run("onboard", SWITCH)
        assert done.returncode == 0, done.stderr + log.read_text(encoding="utf-8")
        assert "CHG-0001: core-sw" in done.stderr
        assert "the agent watches it" in done.stderr
        until(lambda: "agent.yaml taken up: 2 targets" in log.read_text(encoding="utf-8"), why="it was reloaded")
    assert Store.peek(centre.place / "var").verify() is None
