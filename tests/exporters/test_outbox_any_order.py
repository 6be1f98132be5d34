"""Whatever happens in whatever order, in the end a receiver shows exactly what is open, each in its class."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.incident import Class, Incident
from agent.core.store import Store
from exporters.courier import plan
from tests.core.made import NOON, closing, incident, opening, raising

RECEIVER = "http://am"
HOLD = 32.0
TARGETS = ("a", "b")
CLASSES: tuple[Class, ...] = ("P1", "P2", "P3")
STEPS = ("open", "open", "close", "class", "deliver", "lose answer", "lose post", "wait", "receiver", "agent", "renew")


@dataclass
class World:
    """A store, and a receiver that knows what fires."""

    place: Path
    now: float = NOON
    firing: set[tuple[str, str]] = field(default_factory=set)
    boots: int = 0
    renew: bool = True

    def __post_init__(self) -> None:
        self.store = Store.open(self.place)
        self.store.assign([RECEIVER])

    def do(self, step: str, chance: random.Random) -> None:
        self.now += chance.choice((0.1, 5, 40))
        current = {each.target: each for each in self.store.open_incidents()}
        target = chance.choice(TARGETS)
        found = current.get(target)
        match step:
            case "open" if found is None:
                self.store.record([opening(incident(target, chance.choice(CLASSES), self.now))])
            case "close" if found:
                self.store.record([closing(found, self.now)])
            case "class" if found:
                self.store.record([raising(found, self._other(found, chance), self.now)])
            case "deliver":
                self.deliver(meanwhile=lambda: self.do(chance.choice(("open", "close", "class", "wait")), chance))
            case "lose answer":
                self.deliver(answered=False)
            case "lose post":
                self.deliver(arrives=False, answered=False)
            case "wait":
                self.now += 1000
            case "receiver":
                self.firing.clear()
                self.boots += 1
            case "agent":
                self.store.close()
                self.store = Store.open(self.place)
                self.store.assign([RECEIVER])
                self.renew = True
            case "renew":
                self.renew = True

    def deliver(
        self, arrives: bool = True, answered: bool = True, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        """One round of a courier, in as many posts as there are messages; `meanwhile` comes between post and answer."""
        self.store.booted(RECEIVER, str(self.boots))
        messages = plan(self.store.deliveries(RECEIVER), self.now, HOLD, self.renew).messages
        for message in messages:
            if not self.store.trying([message.row]):
                continue
            if arrives:
                alert = (message.incident.target, message.incident.class_)
                (self.firing.add if message.word == "firing" else self.firing.discard)(alert)
            meanwhile()
            if answered:
                self.renew = False
                self.store.delivered([message.told], self.now)

    def settle(self) -> None:
        for _ in range(6):
            self.deliver()
            self.now += HOLD + 1

    def _other(self, found: Incident, chance: random.Random) -> Class:
        return chance.choice([each for each in CLASSES if each != found.class_])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(STEPS), min_size=5, max_size=25), st.integers(0, 2**32))
def test_in_the_end_a_receiver_shows_exactly_what_is_open(steps: list[str], seed: int) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as place:
        world = World(Path(place))
        try:
            for step in steps:
                world.do(step, chance)
            world.settle()
            assert world.firing == {(each.target, each.class_) for each in world.store.open_incidents()}
            assert not any(row.waiting for row, _ in world.store.deliveries(RECEIVER))
            assert world.store.verify(world.store.head()) is None
        finally:
            world.store.close()
