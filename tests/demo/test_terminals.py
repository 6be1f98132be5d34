"""Counter computers of the simulated centre: each script of the agent's is answered, by one model."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from agent.core.ssh import Command
from agent.transports.ssh import windows
from collectors.host.linux.system import System
from collectors.host.subject import Turn
from collectors.host.windows import SUBJECTS
from demo.centre.plan import centre
from demo.faults import FAULTS
from demo.faults.fault import begin, end
from demo.hosts.windows.model import CANARIES, CLIENT, CLIENT_VERSION, STARTS_IN
from demo.hosts.windows.scripts import answered
from demo.world.world import World
from tests.collectors.host.hosts import host_options

MARK = "c0ffee"
EVERYTHING: dict[str, Any] = {
    "system": "windows",
    "role": "terminal",
    "peripherals": ["card_reader", "document_camera", "printer"],
    "canaries": list(CANARIES),
    "watch": ["C:\\Users\\Public"],
    "software": [CLIENT, "C:\\gone.exe"],
}
PCS = [node.id for node in centre().of("terminal")]


@pytest.fixture
def world() -> World:
    """One whose clock on the wall goes with its own time."""
    made: list[World] = []
    made.append(World(centre(), wall=lambda: 1_795_000_000.0 + (made[0].seconds if made else 0.0)))
    return made[0]


def commands() -> list[Command]:
    turn = Turn(host_options(**EVERYTHING), "monitor", System(), 0.0, 0.0, {}, {})
    return [command for subject in SUBJECTS for command in subject.ask(turn)]


def told(world: World, name: str) -> dict[str, Any]:
    """What each script of a round gave, by its name; none may fail."""
    asked = commands()
    said = answered(world.terminals[name], windows.LINE.encode(), windows.script(asked, MARK, 10.0))
    _, first, *parts = re.split(rf"\n{MARK} (-|\d+)\n", said.stdout.decode("ascii"))
    assert first == "-"
    assert set(parts[1::2]) == {"0"}, said.stderr
    assert len(parts[1::2]) == len(asked)
    names = [re.findall(r"<#shouwang (\w+)#>", each.argv[1])[0] for each in asked]
    return {name: json.loads("".join(each.split())) for name, each in zip(names, parts[::2], strict=False)}


@pytest.mark.parametrize("name", PCS)
def test_each_script_of_the_agent_gets_facts(world: World, name: str) -> None:
    found = told(world, name)
    assert all(facts["why"] == [] and len(facts) > 2 for facts in found.values())
    assert {each["why"] for each in found["canaries"]["files"]} == {""}
    assert len(found["watched"]["files"]) == len(CANARIES)
    there, gone = found["software"]["files"]
    assert (there["version"], len(there["hash"]), gone["why"]) == (CLIENT_VERSION, 64, "ObjectNotFound")


def test_what_befalls_one_computer_shows_there_and_nowhere_else(world: World) -> None:
    for fault in ("peripheral-lost", "canary-file-changed", "brute-force", "clock-drift"):
        begin(world, FAULTS[fault], "pc-3")
    before = {name: told(world, name) for name in ("pc-3", "pc-4")}
    world.advance(5)
    mine, other = told(world, "pc-3"), told(world, "pc-4")
    assert len(mine["peripherals"]["devices"]) == len(other["peripherals"]["devices"]) - 1
    assert mine["canaries"]["files"][0]["hash"] != other["canaries"]["files"][0]["hash"]
    assert mine["watched"]["files"][0]["hash"] == mine["canaries"]["files"][0]["hash"]
    assert {each["id"] for each in mine["logins"]["events"]} == {4625}
    assert other["logins"]["events"] == []
    assert mine["clock"]["at"] - other["clock"]["at"] == pytest.approx(95)
    assert mine["system"]["boot"] == before["pc-3"]["system"]["boot"]


def test_processors_are_busy_for_a_part_of_the_time(world: World) -> None:
    first = told(world, "pc-1")["system"]["processors"][0]
    world.advance(60)
    second = told(world, "pc-1")["system"]["processors"][0]
    passed = (second["at"] - first["at"]) / 10_000_000
    assert passed == pytest.approx(60)
    assert 0.02 < 1 - (second["idle"] - first["idle"]) / (second["at"] - first["at"]) < 0.4


@pytest.mark.parametrize(("fault", "whom"), [("host-down", "pc-9"), ("mains-off", "")])
def test_a_computer_without_power_starts_anew_with_it(world: World, fault: str, whom: str) -> None:
    assert told(world, "pc-9")["system"]["boot"] < 1_795_000_000
    begin(world, FAULTS[fault], whom)
    world.advance(60)
    assert not world.reach.reached(world.centre.nodes["pc-9"])
    end(world, FAULTS[fault])
    world.advance(STARTS_IN - 5)
    assert not world.reach.reached(world.centre.nodes["pc-9"])
    world.advance(10)
    assert world.reach.reached(world.centre.nodes["pc-9"])
    after = told(world, "pc-9")
    assert after["system"]["boot"] == pytest.approx(1_795_000_060, abs=6)
    assert [each["user"] for each in after["logins"]["events"]] == ["ck09"]


@pytest.mark.parametrize(
    ("line", "sent"),
    [(b"whoami", b""), (b"powershell -Command -", b"Get-Date\r\n"), (b"powershell -Command -", b"\xff\n")],
)
def test_what_is_no_round_is_refused(world: World, line: bytes, sent: bytes) -> None:
    said = answered(world.terminals["pc-1"], line, sent)
    assert said.stdout == b""
    assert b"only rounds of scripts" in said.stderr
