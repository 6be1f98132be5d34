"""/metrics: CPU of one warm rendering, every value new, and the longest turn it takes from the event loop.

Bounds: 20,000 samples under 40 ms, 100,000 under 200 ms, no slice over 10 ms. Peer: prometheus_client.generate_latest
over the same samples, interleaved in one run. `python -m benchmarks.exposition`
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from agent.core.model import Metric, Reading, Target
from agent.core.snapshot import Snapshot
from exporters.prometheus import Exposition

PORTS = 50
METRICS = tuple(
    [Metric(f"interface_{word}_total", "counter", "packets", ("interface",), "A counter") for word in "abcdefghij"]
    + [Metric(f"interface_{word}_ratio", "gauge", "ratio", ("interface",), "A ratio") for word in "klmnopqrst"]
)
ROUNDS = {20_000: 15, 100_000: 7}


def poll(snapshot: Snapshot, switches: list[Target]) -> None:
    """A new reading of every switch, all values different from before."""
    for switch in switches:
        samples = tuple(
            metric.sample(
                random.randrange(10**12) if metric.type == "counter" else random.random(), interface=f"Gi1/0/{n}"
            )
            for n in range(PORTS)
            for metric in METRICS
        )
        snapshot.put(Reading(switch, "switch", time.time(), 0.2, samples))


class Library:
    """The snapshot told to prometheus_client, family by family; the telling is not measured."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._families = [self._family(metric, snapshot) for metric in METRICS]

    def _family(self, metric: Metric, snapshot: Snapshot) -> CounterMetricFamily | GaugeMetricFamily:
        kind = CounterMetricFamily if metric.type == "counter" else GaugeMetricFamily
        family = kind(metric.name.removesuffix("_total"), metric.help, labels=["kind", "target", "interface"])
        for reading, sample in snapshot.series(metric.name):
            assert reading.target is not None
            family.add_metric(["switch", reading.target.id, sample.labels[0]], sample.value)
        return family

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        yield from self._families


def theirs(snapshot: Snapshot) -> float:
    registry = CollectorRegistry()
    registry.register(Library(snapshot))  # type: ignore[arg-type]
    began = time.process_time()
    generate_latest(registry)
    return time.process_time() - began


async def longest_turn(exposition: Exposition) -> float:
    """The longest time for which nothing else ran while a body was rendered."""
    longest, rendering = 0.0, asyncio.create_task(exposition.render_in_slices())
    while not rendering.done():
        began = time.thread_time()
        await asyncio.sleep(0)
        longest = max(longest, time.thread_time() - began)
    return longest


def measure(size: int) -> None:
    switches = [Target("switch", f"switch-{n}", f"交换机{n}") for n in range(size // (PORTS * len(METRICS)))]
    snapshot = Snapshot()
    exposition = Exposition(snapshot)
    poll(snapshot, switches)
    began = time.process_time()
    exposition.render()
    cold = time.process_time() - began
    ours, peer, turns = [], [], []
    for _ in range(ROUNDS[size]):
        poll(snapshot, switches)
        began = time.process_time()
        text = exposition.render()
        ours.append(time.process_time() - began)
        peer.append(theirs(snapshot))
        poll(snapshot, switches)
        turns.append(asyncio.run(longest_turn(exposition)))
    mine, other = statistics.median(ours) * 1e3, statistics.median(peer) * 1e3
    print(
        f"{size} samples, {len(text) / 1e6:.1f} MB: {mine:.1f} ms CPU warm (worst {max(ours) * 1e3:.1f},"
        f" cold {cold * 1e3:.0f}); prometheus_client {other:.0f} ms; ratio {mine / other:.2f};"
        f" longest slice {max(turns) * 1e3:.1f} ms"
    )


def main() -> None:
    for size in ROUNDS:
        measure(size)


if __name__ == "__main__":
    main()
