"""/probe beside the real blackbox_exporter: each target through both, and whether the series and values are the same.

The targets, good and bad, are those of the tests, asked one after the other; durations differ from run to run
and stand apart.
`python -m benchmarks.probe_modules`
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.probes import PATH
from tests.exporters.probe_cases import Case
from tests.exporters.probe_sides import Said, compared, differences

PEER = "prometheus-blackbox-exporter"
LEAST = 60  # targets


def seconds(said: Said) -> float:
    return said.series.get("probe_duration_seconds", 0.0)


def outcome(said: Said) -> str:
    if said.status != 200:
        return str(said.status)
    return "up" if said.series["probe_success"] else "down"


def row(case: Case, mine: Said, theirs: Said) -> list[str]:
    """One line of the table, and a line for each difference."""
    found = differences(mine, theirs)
    verdict = "same" if not found else f"{len(found)} differ"
    times = f"{1000 * seconds(mine):8.1f} {1000 * seconds(theirs):8.1f}"
    line = f"{case.module:20} {case.name:28} {outcome(theirs):8} {len(theirs.series):6} {times}  {verdict}"
    return [line, *(f"    {each}" for each in found)]


def main() -> int:
    if shutil.which(PEER, path=PATH) is None:
        print(f"needs {PEER} (apt-get install {PEER})")
        return 2
    with tempfile.TemporaryDirectory() as name:
        found = asyncio.run(compared(Path(name), at_once=1))
    print(f"{'module':20} {'target':28} {'outcome':8} {'series':>6} {'ms here':>8} {'ms there':>8}")
    for each in found:
        print("\n".join(row(*each)))
    alike = sum(not differences(mine, theirs) for _, mine, theirs in found)
    series = sum(len(theirs.series) for _, _, theirs in found)
    print(f"\n{alike} of {len(found)} targets the same, {series} series; bound: all of at least {LEAST}")
    for prober in ("http", "tcp", "dns", "icmp"):
        tried = [each for each in found if each[0].module.startswith(prober)]
        good = sum(theirs.series.get("probe_success") == 1 for _, _, theirs in tried)
        here = statistics.median(1000 * seconds(mine) for _, mine, _ in tried)
        there = statistics.median(1000 * seconds(theirs) for _, _, theirs in tried)
        print(f"  {prober:5} {len(tried):4} targets, {good:3} up; median {here:.1f} ms here, {there:.1f} ms there")
    return 0 if alike == len(found) >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
