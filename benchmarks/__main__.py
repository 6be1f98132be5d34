"""Runs every benchmark, one after the other, and keeps what they printed.

`python -m benchmarks [NAME …]`: the named ones, or all. The output goes to the terminal and to
`benchmarks/results/NAME.txt`, headed by date, commit and machine, to be committed.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results"
NAMES = (
    "start",
    "probes",
    "http_probes",
    "probe_modules",
    "fping",
    "line_fleet",
    "line_faults",
    "exposition",
    "durability",
    "alertmanager_away",
    "many_incidents",
    "snmp_walk",
    "snmp_fleet",
    "snmp_soak",
    "snmp_fuzz",
    "switch_traffic",
    "ssh_rounds",
    "host_rounds",
    "backup_verdicts",
    "checklist_run",
)
# These need devices' recordings, or software, that stay out of the repository: by name only.
APART = ("lynis", "recordings", "snmp_modules", "snmpsim_polls")


def head() -> str:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{datetime.now(UTC):%Y-%m-%d} at commit {commit.stdout.strip() or 'unknown'}, {machine}"


def run(name: str) -> bool:
    print(f"== {name}", flush=True)
    measured = head()  # others may commit while it runs
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}"], capture_output=True, text=True, check=False, cwd=HERE.parent
    )
    print(done.stdout + done.stderr, flush=True)
    RESULTS.mkdir(exist_ok=True)
    held = "" if done.returncode == 0 else f"\nended with {done.returncode}: not every bound is held\n"
    (RESULTS / f"{name}.txt").write_text(f"{measured}\n\n{done.stdout}{held}", encoding="utf-8")
    return done.returncode == 0


def main() -> int:
    wanted = sys.argv[1:] or NAMES
    unknown = set(wanted) - {*NAMES, *APART}
    if unknown:
        print(f"no benchmark {', '.join(sorted(unknown))}; known: {', '.join((*NAMES, *APART))}", file=sys.stderr)
        return 2
    failed = [name for name in wanted if not run(name)]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
