"""Counters of the simulated centre: whom a fault hurts, their computers and the kiosks' printers by the protocols."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.config import load
from agent.core.impact import Impacts
from agent.core.site import Site
from collectors import printer_state
from demo.centre.plan import centre
from demo.configuration.files import write
from demo.devices.place import Place
from demo.devices.printer import Printer, kiosk_printer
from demo.devices.serving import in_thread
from demo.faults import FAULTS
from demo.faults.fault import begin
from demo.network.way import Fate
from demo.servers.keys import Keys
from demo.world.world import World
from tests.config.places import no_holidays
from tests.config.tables import SECTIONS
from tests.demo.centres import Centre
from tests.demo.watched import Watched

pytestmark = pytest.mark.long
ALL = {str(number) for number in range(1, 13)}
COMPREHENSIVE = {"1", "2", "3", "4"}
SECONDS = 75  # a computer is asked every 30 seconds


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """As the agent of the whole centre sees it."""
    folder: Path = tmp_path_factory.mktemp("counters")
    return load(write(folder, centre(), Keys(), "127.0.0.1:9780", "en"), SECTIONS, holidays=no_holidays)


@pytest.mark.parametrize(
    ("fault", "whom", "hurt"),
    [
        ("cable-break", "pc-3", {"3"}),
        ("host-down", "pc-11", {"11"}),
        ("switch-down", "access-1", {"1", "5", "9"}),
        ("switch-down", "access-5", set()),
        ("line-cut", "civil", COMPREHENSIVE | {"10", "11"}),
        ("line-carrier-fault", "labor", COMPREHENSIVE | {"5", "6"}),
        ("line-cut", "medical", set()),
        ("host-down", "acceptance-host", ALL),
        ("host-down", "queue-host", ALL),
        ("host-down", "log-host", set()),
    ],
)
def test_a_fault_hurts_the_counters_that_need_what_it_befalls(
    site: Site, fault: str, whom: str, hurt: set[str]
) -> None:
    assert _hurt(site, _down(fault, whom)) == hurt


def test_without_the_backup_line_too_medical_insurance_stands_still(site: Site) -> None:
    assert _hurt(site, {"medical", "backup"}) == COMPREHENSIVE | {"7", "8", "9"}


def test_each_counter_needs_a_computer_of_its_own_and_the_switch_behind_it(site: Site) -> None:
    for counter in site.counters:
        needs = {each for dependency in counter.depends_on for each in dependency.any_of}
        assert {each for each in needs if each.startswith("pc-")} == {f"pc-{counter.id}"}
        assert len({each for each in needs if each.startswith("access-")}) == 1
        assert {"acceptance", "queue"} <= needs


def test_a_dead_core_switch_is_why_all_counters_stand_still(site: Site) -> None:
    impacts = Impacts(site, frozenset(_down("switch-down", "core-2")))
    assert {counter.id for counter in impacts.of("core-2").hurt} == ALL


def _hurt(site: Site, down: set[str]) -> set[str]:
    impacts = Impacts(site, frozenset(down))
    return {counter.id for identity in down for counter in impacts.of(identity).hurt}


def _down(fault: str, whom: str) -> set[str]:
    """What the world lets nobody reach any more."""
    world = World(centre())
    begin(world, FAULTS[fault], whom)
    world.advance(1)
    silent = {name for name, node in world.centre.nodes.items() if not world.reach.reached(node)}
    ways = {name: [world.way(address) for address in line.addresses] for name, line in world.centre.lines.items()}
    return silent | {
        name for name, found in ways.items() if any(way is None or way.fate is Fate.SILENT for way in found)
    }


@pytest.mark.parametrize(
    ("sheets", "empty", "state"), [(200, False, "ok"), (20, False, "low_paper"), (200, True, "no_paper")]
)
def test_a_printer_tells_of_its_paper(sheets: int, empty: bool, state: str) -> None:
    printer = kiosk_printer("printer-1", 1)
    printer.sheets = sheets
    printer.run_out(empty)
    place = Place(printer)
    with in_thread([place], "codec"):
        found = Watched(place, (printer_state.COLLECTOR,)).poll(0)["device_state"]
    assert [each for (sensor, each), value in found.items() if sensor == "printer" and value] == [state]


def test_whoever_finds_no_paper_fills_the_tray() -> None:
    printer = kiosk_printer("printer-1", 1)
    printer.run_out(True)
    printer.advance(3600)
    assert (printer.sheets, printer.pages) == (0, Printer.pages)
    printer.run_out(False)
    printer.advance(3600)
    assert 0 < printer.sheets < printer.capacity
    assert printer.pages > Printer.pages


def test_the_agent_sees_computers_and_printers_and_what_befalls_them(part_of: Callable[..., Centre]) -> None:
    mine = part_of("pc-1", "pc-2", "pc-3", "pc-5", "kiosk-1", "printer-1")
    mine.until('host_hardening_findings{target="pc-1"}', 0, SECONDS, count=8)
    mine.until('host_peripheral_up{target="pc-2"}', 1, SECONDS, count=3)
    mine.until("host_listening_unexpected", 0, SECONDS, count=12)
    mine.fault("cable-break", "pc-3")
    mine.fault("switch-down", "access-1")
    mine.fault("canary-file-changed", "pc-2")
    mine.fault("kiosk-paper-out")
    mine.until('application_printer_state{printer="printer-1",state="no_paper"}', 1)
    for name, up in (("pc-1", 0), ("pc-2", 1), ("pc-3", 0), ("pc-5", 0)):
        mine.until(f'host_up{{target="{name}"}}', up, SECONDS)
    mine.until("host_canary_touched", 1, SECONDS)
    mine.heal()
    mine.until("host_up", 1, SECONDS)
    mine.until("host_canary_touched", 0, SECONDS)
