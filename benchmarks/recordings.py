"""What the agent's collectors report of recorded devices, against what a correct poller should.

A recording is served over real SNMP v2c by the agent of tests/; the collectors of a switch (switches, routers,
firewalls) or of the machine room (everything else) read it once. Facts are the ports by ifName, the sensors of ten
classes, processors and memory pools of `NAME.expected.json`; each counts when a sample in the right unit is within 1 %
(percentages within the half per cent by which they were rounded), and a sample counts for one fact only. Interfaces
that exist only inside the device are selected too; sensors whose object the recording lacks, and
negative percentages and times, are no facts. Bounds: 95 % of the facts of the vendors named in BOUND and of every
UPS with UPS-MIB, 80 % of all, 98 % recognised, 90 % put into the right section by discover.
States have no unit: where a UPS says what feeds the load or how its battery is, a table of its own shows whether that is
told, and all of it must be.
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
from benchmarks.recorded_states import differing, states_of
from benchmarks.recorded_sections import Placed, placed, sections
from collectors import device, room, switch, ups
from collectors.machine_room import MachineRoomOptions
from collectors.profiles.book import shipped
from collectors.switch import SwitchOptions
from collectors.vendors import BORROWED, vendor
from tests.snmp_agent import SnmpAgent, snmp_target

DEVICES = Path(__file__).resolve().parent.parent.parent / "shared" / "devices"
SWITCHES = ("switch", "router", "firewall", "wlan", "olt")
COLLECTORS = (device.COLLECTOR, switch.COLLECTOR, ups.COLLECTOR, room.COLLECTOR)
BOUND = ("Huawei", "H3C", "Ruijie", "ZTE", "Cisco", "APC", "Eaton", "Vertiv", "UPS-MIB")
COMPUTED = (
    "device_uptime_seconds",
    "device_temperature_margin_celsius",
    "room_dew_point_celsius",
    "room_sensor_constant_seconds",
)
# The recording's index names the brand on the front; what was taken over, built in, or told more exactly is right too.
SAME = {
    ("3Com", "H3C"),
    ("APC", "Eaton"),
    ("BDCOM", "FS"),
    ("Geist", "Vertiv"),
    ("Linux", "IBM"),
    ("Linux", "Sangfor"),
    ("Marathon", "Marathon Power"),
    ("Panduit", "Sinetica"),
    ("Phoenixtec", "MegaTec"),
    ("PowerWalker", "CyberPower"),
    ("SCS", "Carel"),
    ("WebPower-smart2", "Ingrasys"),
    ("West", "West Mountain Radio"),
}


@dataclass
class Outcome:
    name: str
    vendor: str
    object_id: str
    recognised: str
    facts: list[Fact]
    missing: list[Fact]
    left: list[Sample]
    ups_mib: bool
    placed: Placed
    states: dict[str, float] = field(default_factory=dict)  # of a UPS, 0 or 1 by metric
    differing: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def missing(expected: Iterable[Fact], samples: Iterable[Sample]) -> tuple[list[Fact], list[Sample]]:
    """The facts that no sample shows, and the samples that no fact used."""
    ports = Counter(each.labels[0] for each in samples if each.metric.name == "interface_up")
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
    wanted = list(facts(expected))
    lost, left = missing(wanted, samples)
    maker = next((each.labels[0] for each in samples if each.metric.name == "device_info"), "")
    ups_mib = any(oid.startswith(UPS_MIB + "4.") for oid in recorded)
    place = asyncio.run(placed(name, row["kind"], agent))
    said = states_of(recorded, expected) if row["kind"] == "ups" and row["sysObjectID"] else {}
    told = (maker, wanted, lost, left, ups_mib, place, said, differing(said, samples), failures)
    return Outcome(name, row["vendor"], row["sysObjectID"], *told)


def groups(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        found[each.vendor].append(each)
        if each.ups_mib:
            found["UPS-MIB"].append(each)
    return found


def table(outcomes: list[Outcome]) -> list[str]:
    """Prints the shares; what is out of bounds."""
    wrong = []
    rows = sorted(groups(outcomes).items(), key=lambda each: -sum(len(o.facts) for o in each[1]))
    for name, of_vendor in [("all", outcomes), *rows]:
        total, lost = sum(len(each.facts) for each in of_vendor), sum(len(each.missing) for each in of_vendor)
        if not total:
            continue
        share = 1 - lost / total
        classes = Counter(fact.kind for each in of_vendor for fact in each.missing)
        what = ", ".join(f"{kind} {count}" for kind, count in classes.most_common())
        print(f"{name:18} {len(of_vendor):4} devices {total:5} facts {share:6.1%}  {what}")
        bound = 0.95 if name in BOUND else 0.8 if name == "all" else 0.0
        if share < bound:
            wrong.append(f"{name}: {share:.1%} of the facts reported, expected {bound:.0%}")
    return wrong


def states(outcomes: list[Outcome]) -> list[str]:
    """Prints how many of those that say a state are told right; which are not."""
    wrong = []
    for metric in sorted({metric for each in outcomes for metric in each.states}):
        saying = [each for each in outcomes if metric in each.states]
        bad = [each for each in saying if metric in each.differing]
        print(f"{metric:18} {len(saying):4} UPS say it {len(saying) - len(bad):5} told right")
        wrong += [f"{each.name}: {metric} {each.differing[metric]}" for each in bad]
    return wrong


def recognition(outcomes: list[Outcome]) -> list[str]:
    known = [each for each in outcomes if each.object_id]
    bad = [each for each in known if not _same(each.vendor, each.recognised)]
    share = 1 - len(bad) / len(known) if known else 1.0
    print(f"recognised with the right vendor: {share:.1%} of {len(known)}")
    for each in bad:
        print(f"  {each.name}: {each.recognised!r} instead of {each.vendor!r}, {each.object_id}")
    return [] if share >= 0.98 else [f"recognised {share:.1%}, expected 98 %"]


def _same(vendor: str, recognised: str) -> bool:
    names = {each.casefold().replace("-", "") for each in (vendor, recognised)}
    return len(names) == 1 or (vendor, recognised) in SAME


def detected(path: Path) -> list[str]:
    """Recognition by sysObjectID and sysDescr alone, of the systems whose name says one of the vendors that we know."""
    book = shipped()
    makers = sorted({each.vendor for each in book.profiles.values() if each.vendor} - {"Linux", "Windows", "IBM"})
    judged, bad = 0, []
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            said = row["os_name"].casefold()
            wanted = [each for each in makers if re.search(rf"\b{re.escape(each.casefold())}\b", said)]
            object_id_ = row["sysObjectID"].lstrip(".")
            if not wanted or vendor(object_id_) in BORROWED:
                continue  # a common agent, which only an object tells apart that the list does not have
            judged += 1
            found = [each.vendor for each, has in book.candidates(object_id_, row["sysDescr"]) if has is None]
            if not {*found[:1], vendor(object_id_)} & set(wanted) and not any(
                (each, *found[:1]) in SAME for each in wanted
            ):
                bad.append(
                    f"  {row['librenms_test']}: {found[:1] or vendor(object_id_)} instead of {wanted}, {object_id_}"
                )
    share = 1 - len(bad) / judged if judged else 1.0
    print(f"detected with the right vendor by sysObjectID and sysDescr: {share:.1%} of {judged}", *bad, sep="\n")
    return [] if share >= 0.98 else [f"detected {share:.1%}, expected 98 %"]


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
    wrong = [*table(outcomes), *states(outcomes), *recognition(outcomes), *sections(each.placed for each in outcomes)]
    if not (said.only or said.vendor):
        wrong += detected(said.devices / "detect.tsv")
    print("\n".join(wrong))
    return 1 if wrong and not (said.only or said.vendor) else 0


if __name__ == "__main__":
    sys.exit(main())
