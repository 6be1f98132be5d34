"""kill -9 while incidents open and close as fast as they can: what was acknowledged is there afterwards.

A child process records a change, and writes its name to a pipe after record() returned. It is killed at a random moment
60 to 250 ms after its store is open. Bounds: 0 acknowledged changes lost, quick_check ok and the ledger sound each
time. The state directory is kept for ten rounds, so that recovery is recovered from too. A kill tests no power cut:
for that the store sets synchronous=FULL. `python -m benchmarks.durability [--rounds 200]`
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path

from agent.core.database import NAME
from agent.core.incident import Change, Incident, new_id
from agent.core.store import Store, Told

RECEIVER = "http://127.0.0.1:9093"
KEEP_ROUNDS = 10


def record_for_ever(directory: Path) -> None:
    """Opens and closes incidents; each change is named on standard output once it is acknowledged."""
    store = Store.open(directory)
    store.assign([RECEIVER])
    waiting = deque(store.open_incidents())
    os.write(1, b"ready\n")
    while True:
        now = time.time()
        opened = Incident(new_id(now), "IR-04", "line", f"line-{random.randrange(10**9)}", "P2", now)
        changes = [Change("opened", opened, now)]
        if len(waiting) > 5:
            old = waiting.popleft()
            changes.append(Change("closed", replace(old, closed=now, revision=old.revision + 1), now))
        store.record(changes)
        os.write(1, "".join(f"{each.incident.id} {each.kind}\n" for each in changes).encode())
        waiting.append(opened)
        [(row, _), *_] = store.deliveries(RECEIVER)
        store.delivered([Told(row.key, row.word, row.incident, row.revision)], now)


@dataclass
class Outcome:
    """Counted over rounds."""

    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    unacknowledged: int = 0  # on disk, killed before the pipe had it
    damaged: int = 0
    broken: int = 0  # ledgers

    def __str__(self) -> str:
        return (
            f"| rounds | acknowledged | lost | written, not yet acknowledged | quick_check not ok | ledger broken |\n"
            f"|---|---|---|---|---|---|\n"
            f"| {self.rounds} | {self.acknowledged} | {self.lost} | {self.unacknowledged} | {self.damaged} "
            f"| {self.broken} |"
        )


def kill_once(directory: Path, acknowledged: set[str], seconds: float) -> None:
    """Runs the child until it is killed; adds what it acknowledged."""
    argv = [sys.executable, "-m", "benchmarks.durability", "--child", str(directory)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(seconds)
        child.kill()
        acknowledged.update(line.strip() for line in child.stdout if line.endswith("\n"))


def recorded(directory: Path) -> tuple[set[str], bool]:
    """The changes on disk, and whether the file is sound."""
    with contextlib.closing(sqlite3.connect(directory / NAME)) as connection:
        sound = connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        found = connection.execute("SELECT incident, json_extract(body, '$.kind') FROM timeline")
        return {f"{identity} {kind}" for identity, kind in found}, sound


def run(rounds: int) -> Outcome:
    outcome = Outcome()
    while outcome.rounds < rounds:
        with tempfile.TemporaryDirectory() as place:
            directory, acknowledged, head = Path(place), set[str](), None
            for _ in range(min(KEEP_ROUNDS, rounds - outcome.rounds)):
                kill_once(directory, acknowledged, random.uniform(0.06, 0.25))
                found, sound = recorded(directory)
                store = Store.peek(directory)
                outcome.broken += store.verify(head) is not None
                head = store.head()
                store.close()
                outcome.rounds += 1
                outcome.damaged += not sound
                outcome.lost += len(acknowledged - found)
            outcome.acknowledged += len(acknowledged)
            outcome.unacknowledged += len(found - acknowledged)
    return outcome


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=200)
    options.add_argument("--child", type=Path)
    chosen = options.parse_args()
    if chosen.child:
        record_for_ever(chosen.child)
    outcome = run(chosen.rounds)
    print(outcome)
    if outcome.lost or outcome.damaged or outcome.broken:
        raise SystemExit("out of bounds: nothing may be lost, damaged or broken")


if __name__ == "__main__":
    main()
