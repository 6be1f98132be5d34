"""A disk that hangs is told after a while, and from then on nobody waits for it; what it takes late is settled then."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from agent.core.hand import Hand, Hangs
from agent.core.store import Store
from tests.hanging_disk import HangingDisk, on_a_disk_that_may_hang
from tests.peers import until

CHILD = """
import sys
from pathlib import Path
from agent.core.store import Store
from tests.core.made import incident, noting, opening
store = Store.open(Path(sys.argv[1]), hang=0.5)
store.assign(["http://am"])
made = []
for line in sys.stdin:
    word = line.strip()
    if word == "open":
        made.append(incident(f"line-{len(made)}"))
        store.record([opening(made[-1])])
    elif word == "note":
        store.record([noting(made[0], "same", made[0].opened)])
    elif word == "retry":
        store.retry()
    elif word == "close":
        store.hasten(0.2)
        store.close()
        break
    found = store.open_incidents()
    unrecorded = sum(not each.recorded for each in found)
    told = sum(len(store.timeline(each.id)) for each in made)
    print(store.writable, len(found), unrecorded, len(store.deliveries("http://am")), told, flush=True)
"""


class Child:
    """A store in a process whose fsync may hang. Answers: writable, open, unrecorded, deliveries, changes told."""

    def __init__(self, process: subprocess.Popen[str], disk: HangingDisk) -> None:
        self.process, self.disk = process, disk

    def does(self, word: str) -> tuple[bool, int, int, int, int]:
        stdin: IO[str] = self.process.stdin  # type: ignore[assignment]  # a pipe
        stdout: IO[str] = self.process.stdout  # type: ignore[assignment]  # a pipe
        stdin.write(word + "\n")
        stdin.flush()
        writable, opened, unrecorded, deliveries, changes = stdout.readline().split()
        return writable == "True", int(opened), int(unrecorded), int(deliveries), int(changes)

    def recovered(self) -> bool:
        return self.does("retry")[0]


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Child]:
    argv = [sys.executable, "-c", CHILD, str(tmp_path / "var")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with on_a_disk_that_may_hang(argv, tmp_path, **pipes) as (process, disk):
        yield Child(process, disk)


def test_each_acknowledged_change_was_synced(child: Child) -> None:
    assert child.does("retry") == (True, 0, 0, 0, 0)
    before = child.disk.syncs
    for count in range(1, 6):
        child.does("open")
        assert child.disk.syncs >= before + count


def test_a_change_that_hangs_is_in_memory_and_marked(child: Child) -> None:
    assert child.does("open") == (True, 1, 0, 1, 1)
    child.disk.hang()
    assert child.does("open") == (False, 2, 1, 2, 2)
    assert child.does("open") == (False, 3, 2, 3, 3)
    assert child.disk.held == 1


def test_what_hung_is_settled_when_the_disk_comes_back(child: Child, tmp_path: Path) -> None:
    assert child.does("retry")[0]
    child.disk.hang()
    child.does("open")
    assert child.does("note") == (False, 1, 1, 1, 2)
    child.disk.let_go()
    until(child.recovered, why="the disk takes writes again")
    assert child.does("retry") == (True, 1, 0, 1, 2)
    found = Store.peek(tmp_path / "var")
    [opened] = found.open_incidents()
    assert [change.kind for change in found.timeline(opened.id)] == ["opened", "note"]
    assert found.verify() is None


def test_a_store_on_a_disk_that_hangs_closes_all_the_same(child: Child) -> None:
    child.does("open")
    child.disk.hang()
    child.does("open")
    assert child.process.stdin is not None
    child.process.stdin.write("close\n")
    child.process.stdin.flush()
    assert child.process.wait(20) == 0
    assert child.disk.held == 1


def answers(hand: Hand, call: Callable[[], object] = bool) -> bool:
    try:
        hand.ask(call)
    except Hangs:
        return False
    return True


def test_an_asker_waits_no_longer_than_said_and_later_ones_not_at_all() -> None:
    hand, gate = Hand("test", 0.1), threading.Event()
    with pytest.raises(Hangs):
        hand.ask(gate.wait)
    called: list[int] = []
    with pytest.raises(Hangs):
        hand.ask(lambda: called.append(1))
    gate.set()
    until(lambda: answers(hand), why="it works again")
    assert called == []  # who was told that it hangs must not see it done afterwards
    hand.close()


def test_a_call_that_was_not_begun_in_time_is_never_made() -> None:
    hand, begun, gate = Hand("test", 0.3), threading.Event(), threading.Event()
    first = threading.Thread(target=lambda: answers(hand, lambda: begun.set() or gate.wait()))
    first.start()
    assert begun.wait(20)
    called: list[int] = []
    with pytest.raises(Hangs):
        hand.ask(lambda: called.append(1))
    gate.set()
    until(lambda: answers(hand), why="it works again")
    assert called == []
    first.join()
    hand.close()


def test_who_waits_already_is_hastened_too() -> None:
    hand, gate = Hand("test", 600), threading.Event()
    waiting = threading.Thread(target=lambda: answers(hand, gate.wait))
    waiting.start()
    hand.patience = 0.05
    waiting.join(60)
    assert not waiting.is_alive()
    gate.set()
    hand.close()


def test_what_a_call_raises_reaches_the_asker() -> None:
    hand = Hand("test", 5)
    with pytest.raises(ZeroDivisionError):
        hand.ask(lambda: 1 // 0)
    hand.close()
