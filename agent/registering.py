"""What the centre has on record, as collectors see it: configurations, and the register of changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from agent.changes import REGISTER, planned, rows
from agent.configurations import Record
from agent.core.changes import Register
from agent.core.database import Damaged, Refused
from agent.core.registers import Registers
from agent.core.site import Site
from agent.core.store import Store
from agent.core.write import of_fact


def record_of(site: Callable[[], Site], writable: bool = True) -> Record:
    """The configurations of a site; its state directory stays, where the approved ones are may change."""
    return Record(site().state / "configurations", lambda: baselines_of(site()), writable)


def baselines_of(site: Site) -> Path:
    return site.sections["baselines"] or site.source.parent / "baselines"


class Registry:
    """Of a running agent. `reload` after the register of changes was written, in a thread."""

    def __init__(self, site: Callable[[], Site], store: Store) -> None:
        self._store = store
        self._rows = rows(store)
        self.configurations = record_of(site)
        self.changes = Register(planned(self._rows))
        store.carry.append(lambda: [of_fact(REGISTER, self._rows)] if self._rows else [])

    @property
    def registers(self) -> Registers:
        return Registers(self.configurations, self.changes)

    def reload(self) -> None:
        self._rows = rows(self._store)
        self.changes.adopt(planned(self._rows))


def registers_of(site: Site) -> Registers:
    """For one round, which looks and writes nothing."""
    try:
        register = Register(planned(rows(Store.peek(site.state))))
    except (Refused, Damaged):
        register = Register()
    return Registers(record_of(lambda: site, writable=False), register)
