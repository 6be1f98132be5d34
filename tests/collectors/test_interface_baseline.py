"""Speed and duplex of key ports against their baseline, over SNMP to a simulated switch that the test changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import ValidationError

from collectors.interface_baseline import DUPLEX_STATUS, Mode
from collectors.switch import COLLECTOR, SwitchOptions
from tests.collectors.polled import Polled
from tests.simulated_switch import Port, switch_objects
from tests.snmp_agent import SnmpAgent

UPLINK, LINE = "GigabitEthernet0/0/1", "GigabitEthernet0/0/2"
HALF, FULL, UNKNOWN = 2, 3, 1


@dataclass
class Ports(Polled):
    """Two key ports and one that is none; `see` tells how the uplink works."""

    def see(self, megabits: int = 1000, duplex: int | None = FULL, oper: int = 1) -> tuple[Any, Any]:
        """What is told of the uplink: whether it matches, and what was expected and observed where it does not."""
        ports = [Port(n, f"GigabitEthernet0/0/{n}") for n in (1, 2, 3)]
        ports[0].megabits, ports[0].oper = megabits, oper
        objects = switch_objects(ports)
        if duplex is not None:
            objects |= {f"{DUPLEX_STATUS}1": duplex, f"{DUPLEX_STATUS}2": FULL, f"{DUPLEX_STATUS}3": HALF}
        self.agent.replace(objects)
        found = self.poll()
        matches = found.get("interface_baseline_match", {})
        assert set(matches) <= {(UPLINK,), (LINE,)}, "only key ports have a baseline"
        assert matches[LINE,] == 1
        off = [labels[1:] for labels in found.get("interface_baseline_deviation_info", {}) if labels[0] == UPLINK]
        return matches.get((UPLINK,)), off[0] if off else None


@pytest.fixture
def ports() -> Iterator[Ports]:
    with SnmpAgent() as agent:
        yield Ports(agent, COLLECTOR, facts={"key_ports": {UPLINK: "uplink", LINE: "line"}})


def accepted(speed: str | None = None, duplex: str | None = None) -> dict[str, Any]:
    given = {"speed": speed, "duplex": duplex}
    return {"interfaces": {"baseline": {"gigabitethernet 0/0/1": {k: v for k, v in given.items() if v}}}}


def test_a_port_that_agrees_on_less_than_it_did_is_told_with_both_speeds_until_it_is_back(ports: Ports) -> None:
    assert ports.see() == (1, None)
    assert ports.see(megabits=100) == (0, ("1Gbps full", "100Mbps full"))
    assert ports.see() == (1, None)


def test_half_duplex_is_told_and_never_becomes_the_baseline(ports: Ports) -> None:
    assert ports.see(100, HALF) == (0, ("full", "100Mbps half"))
    assert ports.see(100, FULL) == (1, None)
    assert ports.see(100, HALF) == (0, ("100Mbps full", "100Mbps half"))


def test_a_faster_port_is_the_new_baseline(ports: Ports) -> None:
    assert ports.see(100) == (1, None)
    assert ports.see(1000) == (1, None)
    assert ports.see(100) == (0, ("1Gbps full", "100Mbps full"))


def test_a_port_that_is_down_is_not_told_and_its_baseline_stays(ports: Ports) -> None:
    ports.see()
    assert ports.see(10, HALF, oper=2) == (None, None)
    assert ports.see(100)[0] == 0


def test_what_agent_yaml_accepts_goes_before_what_was_seen(ports: Ports) -> None:
    ports.see()
    ports.options = accepted("100Mbps", "half")
    assert ports.see(100, HALF) == (1, None)
    assert ports.see(1000) == (0, ("100Mbps half", "1Gbps full"))
    ports.options = accepted("100Mbps")
    assert ports.see(1000) == (0, ("100Mbps full", "1Gbps full"))


@pytest.mark.parametrize("duplex", [None, UNKNOWN])
def test_a_device_that_does_not_tell_duplex_is_compared_by_speed(ports: Ports, duplex: int | None) -> None:
    assert ports.see(duplex=duplex) == (1, None)
    assert ports.see(100, duplex=duplex) == (0, ("1Gbps", "100Mbps"))


def test_what_was_seen_outlives_the_agent(ports: Ports) -> None:
    ports.see()
    ports.memory.clear()
    assert ports.see(100)[0] == 0
    ports.kept.clear()
    assert ports.see(100)[0] == 1


def test_a_planned_change_makes_how_a_port_works_then_its_baseline(ports: Ports) -> None:
    ports.see()
    ports.planned = True
    assert ports.see(100) == (1, None)
    ports.planned = False
    assert ports.see(100) == (1, None)
    assert ports.see(10) == (0, ("100Mbps full", "10Mbps full"))


@pytest.mark.parametrize(
    ("speed", "said"), [(125_000_000, "1Gbps"), (312_500_000, "2.5Gbps"), (12_500_000, "100Mbps"), (8000, "64kbps")]
)
def test_speeds_are_said_as_agent_yaml_writes_them(speed: float, said: str) -> None:
    assert Mode(speed).said == said
    options = {"id": "sw", "address": "127.0.0.1", **accepted(said)}
    assert SwitchOptions.model_validate(options).interfaces.baseline["gigabitethernet 0/0/1"].speed == speed


def test_a_baseline_of_something_else_is_refused() -> None:
    with pytest.raises(ValidationError, match="duplex"):
        SwitchOptions.model_validate({"id": "sw", "address": "127.0.0.1", **accepted("1Gbps", "both")})
