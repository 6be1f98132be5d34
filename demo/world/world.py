"""The world: its parts, joined, and the faults that befall them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from demo.backups.copies import Backups
from demo.backups.jobs import jobs_of
from demo.centre.plan import Centre
from demo.hosts.model import Host, role_of
from demo.hosts.windows.model import terminals
from demo.network.way import Way
from demo.world.active import Active
from demo.world.alerts import Alerts
from demo.world.chosen import Chosen
from demo.world.feeding import Feeding, Machine
from demo.world.on_disk import OnDisk
from demo.world.own import Own
from demo.world.pages import pages
from demo.world.power import Power
from demo.world.printing import Printing
from demo.world.reach import Reach
from demo.world.room import Room
from demo.world.switching import Switching
from demo.world.uploads import HOST, Uploads

STEP = 5.0  # seconds of the world that are taken at once at most


class Part(Protocol):
    def advance(self, seconds: float) -> None: ...


class World:
    """`seconds`: how long it has existed, in its own time; `wall` tells the right time, in Unix seconds; `tree` holds
    the files that hosts really have, in a folder for each: without it they have none. `logins`: whom somebody logged
    in to over SSH, in order."""

    def __init__(self, centre: Centre, wall: Callable[[], float] = time.time, tree: Path | None = None) -> None:
        self.wall = wall
        self.centre = centre
        self.seconds = 0.0
        self.active = Active()
        self.chosen = Chosen()
        self.own: Own | None = None
        self.alerts = Alerts(wall)
        self.logins: list[str] = []
        self.power = Power(self.active)
        self.room = Room(self.active)
        self.switching = Switching(centre, self.active, self.power)
        self.printing = Printing(centre, self.active, self.power)
        self.hosts = {
            node.id: Host(node, role_of(node), self.active, wall, tree and tree / node.id) for node in centre.of("host")
        }
        self.terminals = terminals(centre, self.active, wall)
        machines: dict[str, Machine] = {**self.hosts, **self.terminals}
        self.reach = Reach(centre, self.active, self.power, self.switching, machines)
        feeding = Feeding(machines, self.active, self.power)
        self._parts: tuple[Part, ...] = (self.power, self.room, self.switching, feeding, *self.hosts.values())
        self._parts += (self.printing, *self.terminals.values())
        self.pages = pages(centre)
        self.backups = Backups(jobs_of(centre) if tree else (), self.active, wall, tree or Path())
        if tree is not None:
            self._parts += (OnDisk(self.backups),)
            self._parts += (OnDisk(Uploads(self.active, wall, tree)),) if HOST in centre.nodes else ()
        self._coming: list[tuple[float, Callable[[], object]]] = []
        self.advance(0.001)

    def advance(self, seconds: float) -> None:
        """Time passes, in steps small enough that one part sees what befell another."""
        while seconds > 0:
            step = min(seconds, STEP)
            self.seconds += step
            self._come()
            for part in self._parts:
                part.advance(step)
            self.chosen.advance(step)
            seconds -= step

    def later(self, seconds: float, event: Callable[[], object]) -> None:
        """Something comes after so many seconds of the world."""
        self._coming.append((self.seconds + seconds, event))

    def call_off(self) -> None:
        """Nothing that was to come comes."""
        self._coming = []

    def _come(self) -> None:
        due = [each for each in self._coming if each[0] <= self.seconds]
        self._coming = [each for each in self._coming if each[0] > self.seconds]
        for _, event in sorted(due, key=lambda each: each[0]):
            event()

    def way(self, address: str) -> Way | None:
        return self.reach.way(address)
