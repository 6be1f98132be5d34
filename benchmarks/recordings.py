"""What the agent's collectors report of recorded devices, against what a correct poller should.

A recording is served over real SNMP v2c by the agent of tests/; the collectors of a switch (switches, routers,
firewalls) or of the machine room (everything else) read it once. Facts are the ports by ifName, the sensors of ten
classes, processors and memory pools of `NAME.expected.json`; each counts when a sample in the right unit is within 1 %
(percentages within the half per cent by which they were rounded), and a sample counts for one fact only. Interfaces
that exist only inside the device are selected too; sensors whose object the recording lacks, and
negative percentages and times, are no facts. `strictly` is the share with all of that taken to the letter. Bounds:
95 % of the facts of the vendors named in BOUND and of every UPS with UPS-MIB, 80 % of all, 98 % recognised, 90 % put
into the right section by discover. States have no unit: where a UPS says what feeds the load or how its battery is, a
table of its own shows whether that is told, and all of it must be.
`python -m benchmarks.recordings [--devices DIR] [--vendor V] [--only NAME] [--missing]`; nothing of the recordings is
kept.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.core.model import Sample, Target
from agent.core.reach import Reach
from agent.core.snapshot import Snapshot
from agent.runner import Runner
from agent.transports.snmp import SnmpWay
from benchmarks.recorded import UPS_MIB, Fact, facts, objects
from benchmarks.recorded_sections import Placed, placed, sections
from benchmarks.recorded_states import differing, states_of
from benchmarks.recorded_tables import detected, recognition, shares, ups_below
from collectors import device, room, switch, ups
from collectors.machine_room import MachineRoomOptions
from collectors.switch import SwitchOptions
from tests.snmp_agent import SnmpAgent, snmp_target

DEVICES = Path(__file__).resolve().parent.parent.parent / "shared" / "devices"
SWITCHES = ("switch", "router", "firewall", "wlan", "olt")
COLLECTORS = (device.COLLECTOR, switch.COLLECTOR, ups.COLLECTOR, room.COLLECTOR)
COMPUTED = (
    "device_uptime_seconds",
    "device_temperature_margin_celsius",
    "room_dew_point_celsius",
    "room_sensor_constant_seconds",
)


@dataclass
class Outcome:
    name: str
    vendor: str
    object_id: str
    recognised: str
    facts: list[Fact]
    missing: list[Fact]
    left: list[Sample]
    strict_facts: int
    strict_missing: int
    ups_mib: bool
    placed: Placed
    states: dict[str, float] = field(default_factory=dict)  # of a UPS, 0 or 1 by metric
    differing: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def missing(expected: Iterable[Fact], samples: Iterable[Sample]) -> tuple[list[Fact], list[Sample]]:
    """The facts that no sample shows, and the samples that no fact used."""
    ports = Counter(each.labels[0] for each in samples if each.metric.name == "interface_info")
    pool: dict[str, list[Sample]] = defaultdict(list)
    for each in samples:
        if each.metric.name.startswith(("device_", "ups_", "room_")) and each.metric.name not in COMPUTED:
            pool[each.metric.unit].append(each)
    lost = []
    for fact in sorted(expected, key=lambda each: each.slack):
        if fact.kind == "port":
            names = [port for port in ports if _plain(port) == _plain(fact.name) and ports[port]]
            if names:
                ports[names[0]] -= 1
            else:
                lost.append(fact)
            continue
        near = [each for each in pool[fact.unit] if abs(each.value - fact.value) <= fact.slack]
        if near:
            pool[fact.unit].remove(min(near, key=lambda each: abs(each.value - fact.value)))
        else:
            lost.append(fact)
    return lost, [each for samples_ in pool.values() for each in samples_ if each.metric.unit != "0/1"]


def strict(expected: Iterable[Fact], samples: Iterable[Sample]) -> tuple[int, int]:
    """How many facts there are to the letter, odd ones too, and how many of them no sample shows: ports by the very
    ifName, everything within 1 %."""
    wanted = [each.strictly() for each in expected]
    ports = [each for each in wanted if each.kind == "port"]
    lost, _ = missing([each for each in wanted if each.kind != "port"], samples)
    named = Counter(each.labels[0] for each in samples if each.metric.name == "interface_info")
    unnamed = Counter(each.name for each in ports) - named
    return len(wanted), len(lost) + unnamed.total()


def _plain(port: str) -> str:
    return re.sub(r"#\d+$|\.+$", "", " ".join(port.split())).casefold()


async def read(agent: SnmpAgent, kind: str) -> tuple[list[Sample], list[str]]:
    """What one poll by each fitting collector yields, and why one failed. Interfaces are read as a switch's, all of
    them; what else the device says by what it is."""
    said = {"id": "recorded", "address": agent.host}
    as_switch = SwitchOptions.model_validate({**said, "interfaces": {"only": ["*"]}})
    in_room = MachineRoomOptions.model_validate({**said, "kind": "sensor"} if kind == "env" else said)
    nothing: Any = None
    runner = Runner(Reach(icmp=nothing, tcp=nothing, snmp=SnmpWay()), Snapshot(), cap=1_000_000)
    readings = []
    for collector in COLLECTORS:
        network = collector is switch.COLLECTOR or kind in SWITCHES
        known = {"kind": "switch" if network else "machine_room", "options": as_switch if network else in_room}
        target: Target = snmp_target(agent, timeout=60.0, **known)
        if collector.applies(target):
            readings.append(await runner.run(collector, target))
    failures = [f"{each.collector}: {each.failure.message}" for each in readings if each.failure]
    return [sample for each in readings for sample in each.samples], failures


def outcome(folder: Path, row: dict[str, str], agent: SnmpAgent) -> Outcome:
    name = row["file"].removesuffix(".snmprec")
    expected = json.loads((folder / f"{name}.expected.json").read_text(encoding="utf-8"))
    recorded = objects(folder / row["file"])
    agent.replace(recorded)
    samples, failures = asyncio.run(read(agent, row["kind"]))
    said = list(facts(expected))
    wanted = [each for each in said if not each.odd]
    lost, left = missing(wanted, samples)
    maker = next((each.labels[0] for each in samples if each.metric.name == "device_info"), "")
    ups_mib = any(oid.startswith(UPS_MIB + "4.") for oid in recorded)
    place = asyncio.run(placed(name, row["kind"], agent))
    state = states_of(recorded, expected) if row["kind"] == "ups" and row["sysObjectID"] else {}
    told = (
        maker,
        wanted,
        lost,
        left,
        *strict(said, samples),
        ups_mib,
        place,
        state,
        differing(state, samples),
        failures,
    )
    return Outcome(name, row["vendor"], row["sysObjectID"], *told)


def states(outcomes: list[Outcome]) -> list[str]:
    """Prints how many of those that say a state are told right; which are not."""
    wrong = []
    for metric in sorted({metric for each in outcomes for metric in each.states}):
        saying = [each for each in outcomes if metric in each.states]
        bad = [each for each in saying if metric in each.differing]
        print(f"{metric:18} {len(saying):4} UPS say it {len(saying) - len(bad):5} told right")
        wrong += [f"{each.name}: {metric} {each.differing[metric]}" for each in bad]
    return wrong


def detail(each: Outcome) -> None:
    print(
        f"{each.name} ({each.object_id}): {len(each.missing)} of {len(each.facts)} missing {'; '.join(each.failures)}"
    )
    for fact in each.missing:
        print(f"    - {fact.kind:11} {fact.name} [{fact.value:g}] {fact.oid}")
    for sample in each.left:
        print(f"    + {sample.metric.name} {sample.labels} {sample.value:g}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=Path, default=DEVICES)
    parser.add_argument("--vendor", action="append", default=[])
    parser.add_argument("--only", help="part of a recording's name")
    parser.add_argument("--missing", action="store_true", help="each missing fact, and samples that no fact used")
    said = parser.parse_args()
    if not (said.devices / "index.tsv").is_file():
        print(f"skipped: no recordings in {said.devices} (give their folder with --devices)")
        return 0
    with (said.devices / "index.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    wanted = [row for row in rows if (not said.vendor or row["vendor"] in said.vendor)]
    wanted = [row for row in wanted if not said.only or said.only in row["file"]]
    with SnmpAgent(limit=60_000) as agent:
        outcomes = [outcome(said.devices, row, agent) for row in wanted]
    for each in outcomes:
        if said.missing:
            detail(each)
        elif each.failures:
            print(f"{each.name}: {'; '.join(each.failures)}")
    ups_below(outcomes)
    wrong = [*shares(outcomes), *states(outcomes), *recognition(outcomes), *sections(each.placed for each in outcomes)]
    if not (said.only or said.vendor):
        wrong += detected(said.devices / "detect.tsv")
    print("\n".join(wrong))
    return 1 if wrong and not (said.only or said.vendor) else 0


if __name__ == "__main__":
    sys.exit(main())
