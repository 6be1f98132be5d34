"""/snmp beside the real snmp_exporter 0.21, with the modules of its own file: the same series, and at what cost.

Same: recorded devices, served over SNMP by the agent of tests/, are scraped through both with each module that has
something to say of them: objects of the vendor's own, or, of a module of standard MIBs, any. Compared are all lines,
with type, labels and value; of the `snmp_scrape_` series all but the durations. Where snmp_exporter gives an error
instead of series, since it stumbles over one, the reason is counted, and both are compared without that metric. A file
in the current format is put into that of 0.21, without the metrics that 0.21 has no words for.
Cost: CPU of the whole server process per scrape of if_mib, in turns, on a real snmpd with 501 interfaces, asked as
Prometheus asks (gzip). Bound: at most 0.5 of snmp_exporter's.
`python -m benchmarks.snmp_modules [--modules snmp.yml] [--devices DIR] [--only NAME] [--most N] [--rounds N]`
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchmarks.process import agent, answers, cpu_seconds, free_port
from benchmarks.recordings import DEVICES, objects
from tests.peers import find
from tests.snmp_agent import SnmpAgent, Value
from tests.snmpd import snmpd

MODULES = DEVICES.parent / "snmp_exporter" / "snmp-v0.21.0.yml"
VENDORS = "1.3.6.1.4.1."
OWN_TIME = re.compile(r"snmp_scrape_(walk_)?duration_seconds")
LINE = re.compile(r"(\w+(?:\{.*\})?) (\S+)\Z", re.DOTALL)
STUMBLED = re.compile(r'collected metric "?(\w+)"?')
# What snmp_exporter 0.21 does instead of giving series, by its words. Each is a fault of its own.
FAULTS = {
    "is not valid utf-8": "text that is not UTF-8",
    "was collected before with the same name and label values": "two series with the same labels",
    "has help": "two metrics of one name",
}
NEWER = ("scale", "offset", "datetime_pattern", "display_hint")

Modules = dict[str, dict[str, Any]]
Pair = tuple[Path, str]  # a recording and the name of a module


class Plain(yaml.CSafeDumper):
    """Writes twice what stands twice, as a generator does."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@dataclass
class Side:
    """A server to be asked."""

    name: str
    port: int
    pid: int

    def scrape(self, module: str, target: str) -> tuple[int, str]:
        query = urllib.parse.urlencode({"module": module, "target": target})
        headers = {"Accept-Encoding": "gzip", "X-Prometheus-Scrape-Timeout-Seconds": "60"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/snmp?{query}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=90) as reply:
                body = reply.read()
                return reply.status, (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()
        except urllib.error.HTTPError as error:
            body = error.read()
            return error.code, (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode("utf-8", "replace")


@contextlib.contextmanager
def sides(modules: Path, folder: Path) -> Iterator[tuple[Side, Side]]:
    """Ours and the exporter, each a process of its own, with the same file."""
    program = find("prometheus-snmp-exporter")
    if program is None:
        raise SystemExit("needs prometheus-snmp-exporter (apt-get install prometheus-snmp-exporter)")
    ports = free_port(), free_port()
    configuration = folder / "agent.yaml"
    configuration.write_text(
        f"center: {{id: c, name: c, district: d}}\nlisten: 127.0.0.1:{ports[0]}\nsnmp_modules: {modules}\n"
    )
    argv = [program, f"--config.file={modules}", f"--web.listen-address=127.0.0.1:{ports[1]}", "--log.level=error"]
    with agent(configuration, folder / "log") as ours, subprocess.Popen(argv, stderr=subprocess.DEVNULL) as theirs:
        try:
            for port in ports:
                answers(f"http://127.0.0.1:{port}/metrics", 30)
            yield Side("ours", ports[0], ours.pid), Side("snmp_exporter", ports[1], theirs.pid)
        finally:
            theirs.kill()


def lines(body: str) -> Counter[tuple[str, float | str]]:
    """Each series with its value, and each HELP and TYPE; of what is timed here only that it is there."""
    found: Counter[tuple[str, float | str]] = Counter()
    for line in body.split("\n"):
        match = LINE.match(line)
        if match is None or line.startswith("#"):
            if line.startswith("# TYPE") or (line and not line.startswith("#")):
                found[line, ""] += 1
        else:
            found[match[1], 0.0 if OWN_TIME.match(line) else repr(float(match[2]))] += 1
    return found


def fitting(module: dict[str, Any], recording: set[str]) -> bool:
    """Whether the module has something to say of what the recording holds."""
    oids = [metric["oid"] for metric in module["metrics"]]
    own = [oid for oid in oids if oid.startswith(VENDORS)] or oids
    return not recording.isdisjoint(own)


def prefixes(recording: dict[str, Value]) -> set[str]:
    """Every OID that something recorded lies below."""
    found: set[str] = set()
    for oid in recording:
        above = oid
        while above and above not in found:
            found.add(above)
            above = above.rpartition(".")[0]
    return found


@dataclass
class Tally:
    """`again`: what snmp_exporter stumbled over, to be compared without it."""

    pairs: int = 0
    series: int = 0
    same: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    different: list[str] = field(default_factory=list)


def compare(tally: Tally, what: str, ours: tuple[int, str], theirs: tuple[int, str]) -> set[str]:
    """The metrics that snmp_exporter stumbled over."""
    if theirs[0] != 200:
        found = set(STUMBLED.findall(theirs[1]))
        tally.faults.update({said for words, said in FAULTS.items() if words in theirs[1]} or {theirs[1][:300]})
        if ours[0] == 200 and found:
            return found
    tally.pairs += 1
    if ours[0] != 200 or theirs[0] != 200:
        tally.different.append(f"{what}: {ours[0]} {ours[1][:300]} / {theirs[0]} {theirs[1][:300]}")
        return set()
    mine, other = lines(ours[1]), lines(theirs[1])
    tally.series += other.total()
    tally.same += (mine & other).total()
    for sign, left in (("-", other - mine), ("+", mine - other)):
        tally.different += [f"{what}: {sign} {name} {value}" for name, value in left]
    return set()


def flattened(path: Path) -> Modules:
    """The modules in the format of 0.21."""
    known: Modules = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for module in (known := known.get("modules", known)).values():
        module["metrics"] = [each for each in module["metrics"] if not _is_newer(each)]
    return known


def _is_newer(metric: dict[str, Any]) -> bool:
    lookups = [key for lookup in metric.get("lookups", ()) for key in lookup]
    return any(key in metric for key in NEWER) or any(key in lookups for key in ("enum_values", "display_hint"))


def chosen(known: Modules, devices: Path, only: str, most: int) -> Iterator[Pair]:
    """Recordings with the modules that have something to say of them."""
    counts: Counter[str] = Counter()
    for path in sorted(devices.glob(f"{only}*.snmprec")):
        below = prefixes(objects(path))
        for name, module in known.items():
            if counts[name] < most and fitting(module, below):
                counts[name] += 1
                yield path, name


def same(modules: Path, devices: Path, only: str, most: int) -> bool:
    """Prints the table by module; whether nothing differs."""
    known = flattened(modules)
    todo = {(path, name): known[name] for path, name in chosen(known, devices, only, most)}
    recordings, tallies = len({path for path, _ in todo}), {name: Tally() for name in known}
    while todo:
        todo = once(todo, tallies)
    report(tallies, recordings)
    return not any(tally.different for tally in tallies.values())


def once(todo: dict[Pair, dict[str, Any]], tallies: dict[str, Tally]) -> dict[Pair, dict[str, Any]]:
    """Scrapes each pair through both; what is to be scraped again, without what snmp_exporter stumbled over."""
    again = {}
    distinct = {id(module): (f"{name}-{number}", module) for number, ((_, name), module) in enumerate(todo.items())}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "snmp.yml"
        file.write_text(yaml.dump(dict(distinct.values()), Dumper=Plain))
        with sides(file, Path(folder)) as both:
            for pair, module in todo.items():
                (path, name), community = pair, module.get("auth", {}).get("community", "public")
                with SnmpAgent(objects(path), community) as device:
                    answers = [side.scrape(distinct[id(module)][0], f"127.0.0.1:{device.port}") for side in both]
                if found := compare(tallies[name], f"{path.stem} {name}", *answers):
                    left = [each for each in module["metrics"] if not found & {each["name"], each["name"] + "_info"}]
                    again[pair] = {**module, "metrics": left}
    return again


def report(tallies: dict[str, Tally], recorded: int) -> None:
    print(f"{recorded} recordings, {sum(each.pairs for each in tallies.values())} scrapes through both")
    print(f"{'module':20} {'recordings':>10} {'lines':>9} {'same':>9}  what snmp_exporter gives an error for")
    for name, tally in sorted(tallies.items()):
        if tally.pairs:
            faults = "; ".join(f"{count} {said}" for said, count in tally.faults.items())
            print(f"{name:20} {tally.pairs:10} {tally.series:9} {tally.same:9}  {faults}")
    total, alike = (sum(getattr(each, key) for each in tallies.values()) for key in ("series", "same"))
    print(f"same: {alike} of {total} lines, {100 * alike / max(total, 1):.3f} %")
    for tally in tallies.values():
        for said in tally.different:
            print(f"  {said}")


def cost(modules: Path, rounds: int) -> bool:
    """Prints the medians; whether the bound is held."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        peer = stack.enter_context(snmpd(folder, pairs=250))
        module = flattened(modules)["if_mib"]
        own = folder / "snmp.yml"
        own.write_text(yaml.safe_dump({"if_mib": {**module, "auth": {"community": peer.community}}}))
        both = stack.enter_context(sides(own, folder))
        target = f"{peer.host}:{peer.port}"
        series = {side.name: side.scrape("if_mib", target)[1].count("\n") for side in both}
        costs: dict[str, list[float]] = {side.name: [] for side in both}
        for _ in range(rounds):
            for side in both:
                before = cpu_seconds(side.pid)
                side.scrape("if_mib", target)
                costs[side.name].append(cpu_seconds(side.pid) - before)
    medians = {side: statistics.median(each) for side, each in costs.items()}
    print(f"if_mib of {2 * 250 + 1} interfaces, CPU of the whole process per scrape (median of {rounds}):")
    for side, each in medians.items():
        print(f"  {side:14} {1000 * each:7.1f} ms, {series[side]} lines")
    ratio = medians["ours"] / medians["snmp_exporter"]
    print(f"  ours is {ratio:.2f} of snmp_exporter's; bound 0.5: {'held' if ratio <= 0.5 else 'BROKEN'}")
    return ratio <= 0.5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", type=Path, default=MODULES)
    parser.add_argument("--devices", type=Path, default=DEVICES)
    parser.add_argument("--only", default="", help="the beginning of the recordings' names")
    parser.add_argument("--most", type=int, default=60, help="recordings per module at most")
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    if not given.modules.exists() or not given.devices.is_dir():
        print(f"needs {given.modules} and {given.devices}: name others with --modules and --devices")
        return 2
    held = [same(given.modules.resolve(), given.devices, given.only, given.most), cost(given.modules, given.rounds)]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
