"""fping: the agent's bursts beside fping's on 200 targets, of which every fourth loses packets at random (nft, in a
network namespace): is loss the same, and the round trip within what fping itself gives from one run to the next? The
round trip is compared here, where it is nearly nothing, and over a way of 20 milliseconds (a TUN device).

The losses are random, so two runs of fping differ too: each side has several runs, in turns, and what differs between
the sides is held against what differs between the runs of fping alone. `python -m benchmarks.fping [--runs N]`
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from agent.transports.icmp import Pinger
from benchmarks import slow_way
from benchmarks.probes import PATH, address, in_room

# Seconds that the two may be apart: fping's times last until it is woken and reads the answer, the agent's until the
# kernel has it. On a line, where milliseconds pass, nothing of this shows; among 127.0.x.y it is half of everything.
WAKING = 50e-6
TARGETS, COUNT, INTERVAL, WAIT = 200, 30, 0.1, 1.0
LOSS = {1: 3, 2: 10, 3: 30}  # percent, of the targets whose place leaves this rest when divided by 8
ROUND_TRIPS = re.compile(r"^(\S+)\s*: (.*)$")

Side = Mapping[str, Sequence[float | None]]


def lossy() -> None:
    rules = [
        f"ip daddr {address(place)} icmp type echo-request numgen random mod 100 < {LOSS[place % 8]} drop"
        for place in range(TARGETS)
        if place % 8 in LOSS
    ]
    table = f"table inet b {{ chain c {{ type filter hook input priority 0; {'; '.join(rules)}; }}; }}"
    subprocess.run(["nft", "-f", "-"], input=table, text=True, check=True, env={"PATH": PATH})


def by_fping(peer: str, targets: Sequence[str]) -> Side:
    pace = ["-C", str(COUNT), "-p", f"{INTERVAL * 1000:g}", "-i", "1", "-t", f"{WAIT * 1000:g}", "-q"]
    done = subprocess.run([peer, *pace, *targets], capture_output=True, text=True, check=False)
    found = {}
    for line in done.stderr.splitlines():
        if match := ROUND_TRIPS.match(line):
            found[match[1]] = [None if each == "-" else float(each) / 1000 for each in match[2].split()]
    return found


async def by_agent(targets: Sequence[str]) -> Side:
    pinger = Pinger()
    try:
        asked = [pinger.burst(each, count=COUNT, interval=INTERVAL, timeout=WAIT) for each in targets]
        return dict(zip(targets, [burst.round_trips for burst in await asyncio.gather(*asked)], strict=True))
    finally:
        pinger.close()


def loss(side: Side, rest: int) -> float:
    some = [trips for place, trips in enumerate(side.values()) if place % 8 == rest]
    return sum(each is None for trips in some for each in trips) / sum(map(len, some))


def middle(side: Side) -> float:
    return statistics.median(each for trips in side.values() for each in trips if each is not None)


def spread(values: Sequence[float]) -> float:
    return max(values) - min(values)


def measure(peer: str, runs: int) -> bool:
    targets = [address(place) for place in range(TARGETS)]
    lossy()
    theirs, ours = [], []
    for _ in range(runs):
        theirs.append(by_fping(peer, targets))
        ours.append(asyncio.run(by_agent(targets)))
    held = all(len(side) == TARGETS for side in (*theirs, *ours))
    print(f"{TARGETS} targets, {COUNT} echoes each {INTERVAL:g} s apart, {runs} runs of each side")
    for rest, percent in {0: 0, **LOSS}.items():
        peers, mine = [loss(side, rest) for side in theirs], [loss(side, rest) for side in ours]
        packets = runs * COUNT * TARGETS / 8
        # Three standard deviations of the difference of two such counts, at least what fping's own runs differ by.
        chance = 3 * (2 * percent / 100 * (1 - percent / 100) / packets) ** 0.5
        differs, allowed = abs(statistics.mean(mine) - statistics.mean(peers)), max(spread(peers), chance)
        held &= differs <= allowed
        print(
            f"  {percent:>2} % lost on the way: fping {statistics.mean(peers):.2%} (its runs differ by "
            f"{spread(peers):.2%}), agent {statistics.mean(mine):.2%}: {'same' if differs <= allowed else 'DIFFERS'}"
        )
    held &= compared("here", theirs, ours, WAKING)
    with slow() as way:
        if way:
            far = [slow_way.address(place) for place in range(TARGETS)]
            theirs = [by_fping(peer, far) for _ in range(2)]
            ours = [asyncio.run(by_agent(far)) for _ in range(2)]
            held &= compared("over a way of 20 ms", theirs, ours, 0.0)
        else:
            print("  round trip over a way of 20 ms: not measured, /dev/net/tun cannot be opened here")
    print("held" if held else "BROKEN")
    return held


def compared(where: str, theirs: Sequence[Side], ours: Sequence[Side], apart: float) -> bool:
    """Whether the agent's median lies within nine tenths of fping's round trips, or `apart` seconds from theirs."""
    trips = sorted(each for side in theirs for some in side.values() for each in some if each is not None)
    low, high = trips[len(trips) // 20], trips[-len(trips) // 20]
    usual, mine = statistics.median(trips), statistics.median(middle(side) for side in ours)
    inside = low <= mine <= high
    near = inside or abs(mine - usual) < apart
    beside = "" if inside or not apart else f", {'less' if near else 'MORE'} than {1e6 * apart:.0f} µs apart"
    print(
        f"  round trip {where}: fping's median {1e6 * usual:.0f} µs, nine tenths of its own between {1e6 * low:.0f} "
        f"and {1e6 * high:.0f}; agent's median {1e6 * mine:.0f} µs: {'' if inside else 'not '}within that{beside}"
    )
    return near


@contextmanager
def slow() -> Iterator[bool]:
    """The way of some milliseconds; False where this machine has none to offer."""
    words = [sys.executable, "-m", "benchmarks.slow_way"]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            yield child.stdout.readline() == "ready\n"
        finally:
            with suppress(BrokenPipeError):
                child.stdin.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    peer = shutil.which("fping", path=PATH)
    if peer is None:
        sys.exit("no fping to compare with (apt-get install fping)")
    if options.inside:
        sys.exit(0 if measure(peer, options.runs) else 1)
    sys.exit(in_room("fping", "--runs", str(options.runs)))


if __name__ == "__main__":
    main()
