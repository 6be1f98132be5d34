"""A counter's computer: power, clock, processor, memory, disk, files, logins, and what becomes of them in time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from demo.centre.node import Node
from demo.centre.plan import Centre
from demo.hosts.windows.desk import ALWAYS, PERIPHERALS, Device
from demo.world.active import Active

HOUR, DAY, GIB = 3600.0, 86400.0, 2**30
SINCE_START = 3.0 * HOUR  # the centre opens in the morning, and its computers are started then
BUSY, SWING, WAVE = 0.14, 0.06, 47.0  # share of a processor's time, how far it swings, seconds
PROCESSORS = 4
DRIFT = 95.0  # seconds
STARTS_IN = 25.0  # seconds until a computer that has power again answers
GUESSES_EVERY, MOST_GUESSES = 0.5, 400  # seconds between two failed logins; how many are logged
CANARIES = ("C:\\Users\\Public\\Documents\\0-请勿改动.docx", "C:\\Users\\Public\\Documents\\Z-请勿改动.xlsx")
CONTENT = {path: f"canary {path}\n".encode() for path in CANARIES}
STRANGER = "10.30.3.66"
CLIENT, CLIENT_VERSION = "C:\\受理\\client.exe", "3.2.1.0"  # the program of the acceptance platform


class Event(NamedTuple):
    """Of the security log: 4624 is a login, 4625 one that failed. `kind` is LogonType."""

    number: int
    at: float
    user: str
    kind: int
    source: str


@dataclass
class Terminal:
    """`number` is that of its counter; `wall` tells the right time; faults are those of `active` that befall its id.
    `boot` is when it was last started, `seconds` for how long it ran since, `began` when the world was. `storage`:
    whether anybody may plug in a USB stick; `unplugged`: of PERIPHERALS; `client`: the version of CLIENT."""

    node: Node
    number: int
    active: Active
    wall: Callable[[], float] = time.time
    began: float = 0.0
    boot: float = 0.0
    seconds: float = 0.0
    guesses: list[float] = field(default_factory=list)
    silent_for: float = 0.0
    storage: bool = False
    unplugged: set[str] = field(default_factory=set)
    client: str = CLIENT_VERSION

    def __post_init__(self) -> None:
        self.began = self.wall()
        self.boot = self.began - SINCE_START - 40 * self.number

    @property
    def name(self) -> str:
        """As Windows calls it."""
        return f"CK-{self.number:02}"

    @property
    def clerk(self) -> str:
        return f"ck{self.number:02}"

    @property
    def clock(self) -> float:
        """What time it thinks it is, in Unix seconds."""
        return self.wall() + (DRIFT if self.on("clock-drift") else 0.0)

    @property
    def devices(self) -> Sequence[Device]:
        lost = self.unplugged | ({"card_reader"} if self.on("peripheral-lost") else set[str]())
        return (*ALWAYS, *(device for name, device in PERIPHERALS.items() if name not in lost))

    @property
    def idle(self) -> float:
        """Seconds for which each processor had nothing to do since the start: of what swings, the integral."""
        swung = math.cos(self.seconds / WAVE + self.number) - math.cos(self.number)
        return (1 - BUSY) * self.seconds + SWING * WAVE * swung

    @property
    def runs(self) -> bool:
        return self.silent_for <= 0

    def on(self, fault: str) -> bool:
        return self.active.on(fault, self.node.id)

    def feed(self, fed: bool) -> None:
        """Whether it has power now; without it is off, and with it starts anew."""
        if not fed:
            self.silent_for = math.inf
        elif self.silent_for == math.inf:
            self.silent_for, self.boot, self.seconds = STARTS_IN, self.wall(), 0.0

    def advance(self, seconds: float) -> None:
        self.silent_for = max(0.0, self.silent_for - seconds)
        self.seconds += seconds if self.runs else 0.0
        if self.on("brute-force") and (not self.guesses or self.wall() - self.guesses[-1] > GUESSES_EVERY):
            self.guesses = [*self.guesses[-MOST_GUESSES:], self.wall()]
        elif self.guesses and not self.on("brute-force"):
            self.guesses = []

    def file(self, path: str) -> bytes | None:
        """Its content, None if there is none of this name; Windows makes no difference between capitals and others."""
        found = next((content for each, content in CONTENT.items() if each.lower() == path.lower()), None)
        return found + b"\nencrypted" if found is not None and self.on("canary-file-changed") else found

    def events(self) -> Iterator[Event]:
        """The logins of the last hour, the newest first."""
        for at in reversed(self.guesses):
            yield Event(4625, at, "Administrator", 3, STRANGER)
        if self.wall() - self.boot < HOUR:
            yield Event(4624, self.boot + 60, self.clerk, 2, "127.0.0.1")


def terminals(centre: Centre, active: Active, wall: Callable[[], float]) -> Mapping[str, Terminal]:
    """By id."""
    return {node.id: Terminal(node, int(node.id.rpartition("-")[2]), active, wall) for node in centre.of("terminal")}
