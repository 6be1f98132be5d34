"""Alertmanager is away while incidents open, change and close: what its webhook sees after its return.

Bounds: each incident seen firing, each that closed seen resolved, no end twice; the first within 15 s + group_wait of
its return. Peer, measured elsewhere: Prometheus delivers 44 s after a return; what resolved meanwhile is never seen.
`python -m benchmarks.alertmanager_away [--full]` is 60 s away, or 600 s.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from agent.core.incident import Change, Incident, new_id
from agent.core.store import Store
from tests.core.made import closing, opening, raising
from tests.exporters.alertmanagers import Real, eventually, outbox, real

GROUP_WAIT = 10.0
FIRST_WITHIN = 15.0


class Centre:
    """Opens an incident on a new target about every second; two of three close, one of five changes its class."""

    def __init__(self) -> None:
        self.open: list[Incident] = []
        self.closed: list[Incident] = []

    def second(self) -> list[Change]:
        now = time.time()
        changes = [opening(Incident(new_id(now), "IR-04", "line", f"line-{random.randrange(10**9)}", "P3", now))]
        for each in random.sample(self.open, min(len(self.open), 1)):
            self.open.remove(each)
            chance = random.random()
            if chance < 0.67:
                changes.append(closing(each, now))
                self.closed.append(changes[-1].incident)
            elif each.class_ == "P3":
                changes.append(raising(each, "P2", now))
                self.open.append(changes[-1].incident)
        self.open.append(changes[0].incident)
        return changes


async def away(am: Real, store: Store, seconds: float) -> None:
    box, centre = outbox(store, am.url), Centre()
    am.start()
    await box.start()
    for _ in range(5):
        store.record(centre.second())
        box.wake()
        await asyncio.sleep(1)
    known = {each.target for each in centre.open} | {each.target for each in centre.closed}
    await eventually(lambda: {target for _, target, _ in am.sink.seen} >= known, "seen before", 60)
    am.kill()
    seen_before = len(am.sink.alerts)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        store.record(centre.second())
        box.wake()
        await asyncio.sleep(1)
    am.start()
    returned = time.time()
    everything = [*centre.open, *centre.closed]
    limit = time.monotonic() + 180
    while time.monotonic() < limit and missing(am, centre):
        await asyncio.sleep(0.1)
    await box.stop()
    first = am.sink.alerts[seen_before]["seen"] - returned
    last = am.sink.alerts[-1]["seen"] - returned
    news = [alert for alert in am.sink.alerts[seen_before:] if alert["labels"]["target"] not in known]
    # A notification names its whole group, so that a firing alert is in several; an end must be in one.
    ends = Counter(alert["fingerprint"] for alert in news if alert["status"] == "resolved")
    twice = [count for count in ends.values() if count > 1]
    print(
        f"| away | incidents | of them closed | not seen | ends said twice | first after return | bound | all after |\n"
        f"|---|---|---|---|---|---|---|---|\n"
        f"| {seconds:g} s | {len(everything)} | {len(centre.closed)} | {len(missing(am, centre))} | {len(twice)} "
        f"| {first:.1f} s | {FIRST_WITHIN:g} s + group_wait {GROUP_WAIT:g} s; Prometheus 44 s | {last:.1f} s |"
    )
    if missing(am, centre) or twice or first > FIRST_WITHIN + GROUP_WAIT:
        raise SystemExit("out of bounds")


def missing(am: Real, centre: Centre) -> list[str]:
    """Targets that are not seen as they must be by the people behind the webhook."""
    seen = set(am.sink.seen)
    return [
        each.target
        for each in [*centre.open, *centre.closed]
        if ("firing", each.target, each.class_) not in seen
        or (not each.open and ("resolved", each.target, each.class_) not in seen)
    ]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--full", action="store_true")
    seconds = 600.0 if options.parse_args().full else 60.0
    with tempfile.TemporaryDirectory() as place:
        store = Store.open(Path(place) / "var")
        waits = {"group_wait": f"{GROUP_WAIT:g}s", "group_interval": "10s"}
        with real(Path(place) / "am", **waits) as am:
            asyncio.run(away(am, store, seconds))
        store.close()


if __name__ == "__main__":
    main()
