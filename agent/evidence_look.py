"""Whether kept files of evidence are still there, and still what was handed in. All but the turn block."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent import evidence
from agent.core.aside import aside
from agent.core.attestations import File, Register
from agent.core.text import Text, clean
from agent.core.tickets import Ticket
from checks.options import evidence_of

if TYPE_CHECKING:
    from agent.app import Agent

EVERY = 86_400.0  # seconds

MISSING = Text("{id}:证据 {name} 不见了({sha256})", "{id}: the evidence {name} is gone ({sha256})")
CHANGED = Text("{id}:证据 {name} 被改过({sha256})", "{id}: the evidence {name} was changed ({sha256})")
SAID: Mapping[str, Text] = {"missing": MISSING, "changed": CHANGED}


def lost(register: Register, folder: Path) -> frozenset[str]:
    """The numbers of those that stand or wait, of which a file is gone or changed."""
    return frozenset(each for each, _, _ in _bad(_of_register(register), folder))


def told(register: Register, tickets: Iterable[Ticket], folder: Path) -> list[Text]:
    """The same in words, and of tickets that people closed with a file."""
    files = [*_of_register(register), *_of_tickets(tickets)]
    return [
        SAID[state].format(id=number, name=clean(file.name), sha256=clean(file.sha256)[:12])
        for number, file, state in _bad(files, folder)
    ]


def _of_register(register: Register) -> Iterator[tuple[str, File]]:
    for entry in (*register.standing.values(), *register.waiting):
        yield from ((entry.id, file) for file in entry.files)


def _of_tickets(tickets: Iterable[Ticket]) -> Iterator[tuple[str, File]]:
    for ticket in tickets:
        yield from ((ticket.id, _file(each)) for each in ticket.evidence if "sha256" in each)


def _file(said: Mapping[str, Any]) -> File:
    return File(str(said.get("name")), str(said["sha256"]), int(said.get("size") or 0))


def _bad(files: Iterable[tuple[str, File]], folder: Path) -> Iterator[tuple[str, File, str]]:
    states: dict[str, str] = {}  # one photograph may stand with many lines of a sheet
    for number, file in files:
        if file.sha256 not in states:
            states[file.sha256] = evidence.content(folder, file.sha256)[0]
        if states[file.sha256] != "kept":
            yield number, file, states[file.sha256]


class EvidenceLook:
    """Of a running agent: once a day, and after its start. A folder that hangs holds up nothing: none waits for it."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._at: float | None = None
        self._under_way: asyncio.Future[frozenset[str]] | None = None

    async def turn(self) -> None:
        """Begins the look of the day, or takes up what it found: the findings count with it at once."""
        agent, now = self._agent, self._agent.clock.now()
        if self._under_way is not None and self._under_way.done():
            found, self._under_way = self._under_way.result(), None
            if found != agent.registry.written.attestations.lost:
                await agent.journal.ask(lambda: agent.registry.reload(found))
                await agent.check()
        if self._under_way is None and (self._at is None or not 0 <= now - self._at < EVERY):
            self._at, register, folder = now, agent.registry.written.attestations, evidence_of(agent.site)
            self._under_way = aside(lambda: lost(register, folder))
