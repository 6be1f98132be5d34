"""Line fleet: 500 lines, each pinged at its gateway and connected to at its far end every 10 seconds, as agent.yaml has
them by default: ten echoes and one connect a poll. Bound: less than 30 % of a core, frame included.

`python -m benchmarks.line_fleet [--seconds N]`
"""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks.probes import SERVER, address, in_room, process, watching
from benchmarks.process import cpu_seconds, free_port, resident_bytes

LINES, EVERY, BOUND = 500, 10.0, 0.30


def entry(place: int, port: int) -> str:
    near, far = address(place), address(place + LINES)
    probes = f"{{layer: gateway, icmp: {near}}}, {{layer: application, tcp: '{far}:{port}'}}"
    return f"- {{id: line-{place}, every: {EVERY}, probes: [{probes}]}}\n"


def measure(seconds: float) -> bool:
    port = free_port()
    held = True
    with process([sys.executable, "-c", SERVER, str(port)]):
        for part in ("frame", "agent"):
            with watching(part, [entry(place, port) for place in range(LINES)]) as child:
                time.sleep(EVERY + 5)
                child.lags()
                before = cpu_seconds(child.pid)
                time.sleep(seconds)
                share = (cpu_seconds(child.pid) - before) / seconds
                polls, memory = len(child.lags()), resident_bytes(child.pid) / 2**20
            held &= share < BOUND
            verdict = "held" if share < BOUND else "BROKEN"
            print(
                f"{LINES} lines every {EVERY:g} s, {part}: {polls} polls in {seconds:g} s, {share:.1%} of a core, "
                f"{memory:.0f} MB; bound {BOUND:.0%}: {verdict}",
                flush=True,
            )
    return held


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        sys.exit(0 if measure(options.seconds) else 1)
    sys.exit(in_room("line_fleet", "--seconds", str(options.seconds)))


if __name__ == "__main__":
    main()
