"""A part of the simulated centre is a centre of its own: what it has is watched, and nothing needs what it has not."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from agent.config import load
from demo.centre.part import part
from demo.centre.plan import centre
from demo.configuration.document import agent_yaml
from demo.configuration.files import write
from demo.faults import FAULTS
from demo.faults.fault import Unknown, begin
from demo.servers.keys import Keys
from demo.world.world import World
from tests.config.places import no_holidays
from tests.config.tables import SECTIONS
from tests.demo.centres import SHOUWANG, Centre

pytestmark = pytest.mark.long
WHOLE = centre()
EACH = pytest.mark.parametrize("name", [*WHOLE.nodes, *WHOLE.lines])
SMALL = ("access-1", "core-1", "ups-1", "room", "medical", "labor", "acceptance-host")


def test_a_part_has_what_is_named_and_the_switches_that_it_hangs_on() -> None:
    assert set(part(WHOLE, ["pc-2", "backup"]).nodes) == {"pc-2", "access-2", "core-2", "core-1"}
    assert set(part(WHOLE, ["pc-2", "backup"]).lines) == {"backup"}


@EACH
def test_the_agent_takes_the_configuration_of_each_part(tmp_path: Path, name: str) -> None:
    plan = part(WHOLE, [name])
    site = load(write(tmp_path, plan, Keys(), "127.0.0.1:9780", "en"), SECTIONS, holidays=no_holidays)
    assert not {target.id for target in site.targets} & plan.absent


@EACH
def test_each_fault_befalls_a_part_or_is_refused(name: str) -> None:
    world = World(part(WHOLE, [name]))
    for fault in FAULTS.values():
        try:
            befallen = begin(world, fault)
        except Unknown:
            assert world.centre.absent.issuperset(fault.whom(world.centre))
        else:
            assert befallen not in world.centre.absent
        world.advance(1)


def test_nobody_waits_for_what_is_not_there() -> None:
    told = yaml.safe_load(agent_yaml(part(WHOLE, ["acceptance-host", "medical", "ups-1"]), ""))
    assert told["counters"][0]["depends_on"] == ["acceptance", "medical"]
    assert [host["powered_by"] for host in told["hosts"]] == ["ups-1"]
    told = yaml.safe_load(agent_yaml(part(WHOLE, ["acceptance-host", "backup"]), ""))
    assert not [
        key for entry in (*told["lines"], *told["hosts"]) for key in ("backup_of", "powered_by") if key in entry
    ]


def test_a_name_that_the_centre_has_not_is_refused(tmp_path: Path) -> None:
    command = [SHOUWANG, "demo", "--folder", str(tmp_path / "none"), "--part", "core-9", "--language", "en"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, (tmp_path / "none").exists()) == (2, False)
    assert "no core-9; known: core-1" in done.stderr


def test_two_parts_run_at_once_each_with_faults_of_its_own(part_of: Callable[..., Centre]) -> None:
    first, second = part_of(*SMALL), part_of("medical")
    first.fault("line-cut", "medical")
    first.until('line_up{target="medical"}', 0)
    assert (first.values('line_up{target="labor"}'), second.values("line_up")) == ([1], [1])


def test_a_fault_becomes_an_incident_and_an_alert(part_of: Callable[..., Centre]) -> None:
    centre = part_of("acceptance-host")
    centre.until_no_incident("IR-18", seconds=1)
    centre.until_no_alert(playbook="IR-18", seconds=1)
    centre.fault("host-key-changed", "acceptance-host")
    assert centre.until_incident("IR-18", "acceptance-host")["class"] == "P2"
    alert = centre.until_alert(playbook="IR-18", target="acceptance-host")
    assert (alert["labels"]["class"], alert["labels"]["center"]) == ("P2", "demo")
