"""From `shouwang run` with the shipped agent.yaml to the first answered /metrics, and what it weighs after a while.

Bounds: start under 1.5 s, resident under 80 MB after ten minutes, no growth in file descriptors.
`python -m benchmarks.start [--minutes 10] [--runs 5]`
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.process import agent, answers, cpu_seconds, descriptors, free_port, resident_bytes

SHIPPED = Path(__file__).parent.parent / "agent.yaml"


def configuration(directory: Path) -> tuple[Path, int]:
    """The shipped agent.yaml with a free port, in a directory of its own."""
    port = free_port()
    target = directory / "agent.yaml"
    target.write_text(
        re.sub(r"^listen:.*$", f"listen: 127.0.0.1:{port}", SHIPPED.read_text("utf-8"), flags=re.M), "utf-8"
    )
    return target, port


def start_once() -> float:
    with tempfile.TemporaryDirectory() as place:
        path, port = configuration(Path(place))
        began = time.monotonic()
        with agent(path, Path(place) / "log"):
            answers(f"http://127.0.0.1:{port}/metrics", 20)
            return time.monotonic() - began


def weigh(minutes: float) -> bool:
    """Prints; whether the bounds are held."""
    with tempfile.TemporaryDirectory() as place:
        path, port = configuration(Path(place))
        with agent(path, Path(place) / "log") as child:
            answers(f"http://127.0.0.1:{port}/metrics", 20)
            time.sleep(min(60, minutes * 60 / 2))
            first = descriptors(child.pid)
            end, cpu = time.monotonic() + minutes * 60, cpu_seconds(child.pid)
            began = time.monotonic()
            while time.monotonic() < end:
                answers(f"http://127.0.0.1:{port}/metrics", 20)
                time.sleep(15)
            spent = (cpu_seconds(child.pid) - cpu) / (time.monotonic() - began)
            weight, last = resident_bytes(child.pid) / 1e6, descriptors(child.pid)
            print(
                f"after {minutes:g} min: resident {weight:.1f} MB (bound 80), "
                f"descriptors {first} -> {last} (bound: no growth), CPU {spent:.2%} of a core"
            )
            return weight < 80 and last <= first


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--runs", type=int, default=5)
    chosen = options.parse_args()
    times = [start_once() for _ in range(chosen.runs)]
    print(f"start to first /metrics: median {statistics.median(times):.2f} s, worst {max(times):.2f} s (bound 1.5)")
    held = weigh(chosen.minutes)
    return 0 if held and statistics.median(times) < 1.5 else 1


if __name__ == "__main__":
    sys.exit(main())
