"""200 switches of 48 ports, polled every 60 s by one agent: its CPU, how late its polls start, its memory.

The switches are simulated, with traffic, in processes of their own; each has four uplinks besides, and tells the health
of its parts. The agent is the whole of `shouwang run`: all collectors that a switch has, triggers, checklist, page.
Bounds: under 25 % of one core, lateness p99 under 100 ms, resident under 220 MB. `python -m benchmarks.snmp_fleet`
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.probes import Watching
from benchmarks.process import cpu_seconds, descriptors, free_port, resident_bytes
from demo.devices.place import Clockwork, Place
from demo.devices.serving import serving
from demo.devices.switch import access_switch
from demo.devices.traffic import busy

PORT, EVERY = 11261, 60
CORE, LATE, MEMORY = 0.25, 0.1, 220e6
PERIOD = 2.0  # seconds for which a device tells the same counters, as many real ones do


def address(number: int) -> str:
    return f"127.78.{number // 250}.{number % 250 + 1}"


async def serve(first: int, count: int) -> None:
    """The switches from this number on, until standard input ends."""
    places, moment = [], Clockwork()
    for number in range(first, first + count):
        switch = access_switch(f"switch-{number}", number)
        busy(switch, share=1 + number % 5)
        places.append(Place(switch, address(number), PORT, before=moment, refresh=PERIOD))
    async with serving(places, "codec"):
        print("serving", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextlib.contextmanager
def switches(count: int, processes: int) -> Iterator[list[int]]:
    """The ids of the processes that serve them."""
    with contextlib.ExitStack() as stack:
        children = []
        for part in range(processes):
            first, end = part * count // processes, (part + 1) * count // processes
            argv = [sys.executable, "-m", "benchmarks.snmp_fleet", "--serve", str(first), str(end - first)]
            child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            children.append(stack.enter_context(child))
            stack.callback(child.kill)
        for child in children:
            assert child.stdout is not None
            if child.stdout.readline() != "serving\n":
                raise SystemExit("the simulated switches cannot be served; is another run under way?")
        yield [child.pid for child in children]


def configuration(folder: Path, count: int, http: int) -> Path:
    path = folder / "agent.yaml"
    lines = [f"center: {{id: bench}}\nlisten: 127.0.0.1:{http}\n"]
    lines.append(f"credentials: {{room: {{snmp: {{version: 2c, community: public, port: {PORT}}}}}}}\nswitches:\n")
    lines += [
        f"- {{id: switch-{n}, address: {address(n)}, credentials: room, every: {EVERY}, tier: access}}\n"
        for n in range(count)
    ]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def verdict(held: bool) -> str:
    return "held" if held else "BROKEN"


def measure(agent: Watching, devices: list[int], rounds: int, count: int) -> None:
    pid, before, theirs = agent.pid, cpu_seconds(agent.pid), sum(map(cpu_seconds, devices))
    began, first = time.monotonic(), resident_bytes(pid)
    files = descriptors(pid)
    agent.lags()
    time.sleep(rounds * EVERY)
    lags = agent.lags()
    seconds = time.monotonic() - began
    share, memory = (cpu_seconds(pid) - before) / seconds, resident_bytes(pid)
    late = lags[int(len(lags) * 0.99)]
    print(f"{count} switches of 48 ports and 4 uplinks every {EVERY} s, {rounds} rounds, {len(lags)} polls:")
    print(f"  CPU {share:.1%} of one core (bound {CORE:.0%}): {verdict(share < CORE)}")
    print(f"  {1000 * share * seconds / rounds / count:.1f} ms a switch and round, all collectors")
    print(
        f"  lateness p50 {1000 * lags[len(lags) // 2]:.1f} ms, p99 {1000 * late:.1f} ms, max {1000 * lags[-1]:.1f} ms",
        end="",
    )
    print(f" (bound {1000 * LATE:.0f}): {verdict(late < LATE)}")
    print(
        f"  resident {first / 1e6:.0f} -> {memory / 1e6:.0f} MB (bound {MEMORY / 1e6:.0f}): {verdict(memory < MEMORY)}"
    )
    print(f"  descriptors {files} -> {descriptors(pid)}")
    spent = (sum(map(cpu_seconds, devices)) - theirs) / seconds
    print(f"  the simulated switches themselves: {spent:.1%} of one core in {len(devices)} processes")


def series(http: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{http}/metrics", timeout=60) as reply:
        lines = reply.read().decode().splitlines()
    up = [line for line in lines if line.startswith("shouwang_target_up{")]
    good = sum(float(line.rpartition(" ")[2]) == 1 for line in up)
    ours = sum(not line.startswith("#") for line in lines)
    return f"{ours} series; {good} of {len(up)} readings are good"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--switches", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=6, help="five fill the windows of all ports")
    parser.add_argument("--part", choices=("agent", "frame"), default="agent", help="frame: without triggers and page")
    parser.add_argument("--serve", type=int, nargs=2, metavar=("FIRST", "COUNT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve(*given.serve))
        return
    with tempfile.TemporaryDirectory() as name, switches(given.switches, 2) as devices:
        folder, http = Path(name), free_port()
        agent = Watching(given.part, configuration(folder, given.switches, http), folder / "log")
        try:
            time.sleep(EVERY + 15)  # every switch once, the start paid for, five minutes' windows begun
            measure(agent, devices, given.rounds, given.switches)
            if given.part == "agent":
                print(f"  {series(http)}")
        finally:
            agent.end()


if __name__ == "__main__":
    main()
