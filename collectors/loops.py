"""Loops, as a switch says itself: by its own loop detection, and by addresses that go to and fro between its ports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import Poll
from agent.core.text import clean
from collectors import loop_words
from collectors.shown import by_console, patience, shown

DETECTED = Metric(
    "device_loop_detected", "gauge", "0/1", (), "A MAC-move or loop-detection record of the last 10 minutes"
)
WHERE = Metric(
    "device_loop_info", "gauge", "1", ("interface", "sign"), "Where; sign loop_detection or mac_move; at most 20"
)
LOOP, MOVE = "loop_detection", "mac_move"
MEMORY = 600.0  # seconds
# Of one address between two readings. A notebook that is carried to another port moves once, a telephone that roams
# now and then; in a loop an address moves many times a second.
MANY = 10
MOST = 20


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    found = await shown(target, options, ("loop_ports", "loop_vlans", "mac_moves"), options.loops, poll)
    if found is not None:
        family, answers = found
        poll.memory["ports"] = sorted(loop_words.ports(family, answers))
        moves = loop_words.moves(family, answers["mac_moves"]) if "mac_moves" in answers else None
        for port in moved(poll.memory.get("moves"), moves):
            poll.memory.setdefault("moved", {})[port] = poll.monotonic
        poll.memory["moves"] = moves
    for sample in _samples(poll):
        yield sample


def moved(before: Mapping[tuple[str, ...], int] | None, now: Mapping[tuple[str, ...], int] | None) -> Iterator[str]:
    """Ports between which an address went to and fro since the reading before; what was on record at the first one may
    be long over. Keys: address, VLAN, port, and what else tells records apart."""
    if before is None or now is None:
        return
    gained: dict[tuple[str, ...], int] = {}
    for key, count in now.items():
        # A count that is lower than it was began anew.
        had = before.get(key, 0)
        gained[key[:2]] = gained.get(key[:2], 0) + (count - had if count >= had else count)
    for key in now:
        if gained.get(key[:2], 0) >= MANY:
            yield key[2]


def _samples(poll: Poll) -> Iterator[Sample]:
    recent = {port: at for port, at in poll.memory.get("moved", {}).items() if poll.monotonic - at < MEMORY}
    poll.memory["moved"] = recent
    ports: list[str] = poll.memory["ports"]
    yield Sample(DETECTED, bool(ports or recent))
    signs = [*((port, LOOP) for port in ports), *((port, MOVE) for port in sorted(recent))]
    for labels in dict.fromkeys((clean(port, 64), sign) for port, sign in signs[:MOST]):
        yield Sample(WHERE, 1, labels)


COLLECTOR = Collector(
    "loops",
    ("switch",),
    (DETECTED, WHERE),
    collect,
    lambda target: by_console(target) and target.options.loops is not None,
    patience,
)
