"""What the centre has on record, as collectors see it: configurations, and the registers of changes and of restores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent import attestations, changes, firmware, inspections, restores, tickets, waivers
from agent.changes import Row, planned
from agent.configurations import Record
from agent.core import attestations as attested
from agent.core import inspections as inspected
from agent.core import tickets as ticketed
from agent.core import waivers as waived
from agent.core.changes import Register
from agent.core.database import Damaged, Refused
from agent.core.registers import Registers
from agent.core.restores import Register as RestoreRegister
from agent.core.restores import Restore
from agent.core.site import Site
from agent.core.store import Store
from agent.core.write import Write
from agent.numbered import Remembered


def record_of(site: Callable[[], Site], writable: bool = True) -> Record:
    """The configurations of a site; its state directory stays, where the approved ones are may change."""
    return Record(site().state / "configurations", lambda: baselines_of(site()), writable)


def baselines_of(site: Site) -> Path:
    return site.sections["baselines"] or site.source.parent / "baselines"


@dataclass(frozen=True)
class Written:
    """What people wrote down, as it stands."""

    changes: Sequence[Row] = ()
    restores: Sequence[Restore] = ()
    attestations: attested.Register = attested.NOTHING
    sheets: tuple[inspected.Inspection, ...] = ()
    waivers: waived.Register = waived.NOTHING
    tickets: tuple[ticketed.Ticket, ...] = ()

    @classmethod
    def of(cls, store: Store, lost: frozenset[str] = frozenset()) -> Written:
        """Refused or Damaged for one who peeks. `lost`: attestations whose evidence is."""
        return cls(
            changes.REGISTER.entries(store),
            restores.REGISTER.entries(store),
            attested.Register(attestations.REGISTER.entries(store), lost),
            tuple(inspections.REGISTER.entries(store)),
            waived.Register(waivers.REGISTER.entries(store)),
            tuple(tickets.REGISTER.entries(store)),
        )

    def facts(self) -> list[Write]:
        """For a file that begins anew."""
        made: tuple[tuple[Remembered[Any], Sequence[Any]], ...] = (
            (changes.REGISTER, self.changes),
            (restores.REGISTER, self.restores),
            (attestations.REGISTER, self.attestations.entries),
            (inspections.REGISTER, self.sheets),
            (waivers.REGISTER, self.waivers.entries),
            (tickets.REGISTER, self.tickets),
        )
        return [register.whole(entries) for register, entries in made if entries]


def written(site: Site) -> Written:
    """For one round, which looks and writes nothing; empty where nothing was written yet or it cannot be read."""
    try:
        return Written.of(Store.peek(site.state))
    except (Refused, Damaged):
        return Written()


class Registry:
    """Of a running agent. `reload` after one of its registers was written, in a thread."""

    def __init__(self, site: Callable[[], Site], store: Store) -> None:
        self._store = store
        self.configurations = record_of(site)
        self.firmware = firmware.Kept(lambda: baselines_of(site()))
        self.written = Written.of(store)
        self.changes = Register(planned(self.written.changes))
        self.restores = RestoreRegister(self.written.restores)
        store.carry.append(self._carry)

    @property
    def registers(self) -> Registers:
        return Registers(self.configurations, self.changes, self.restores, self.firmware)

    def _carry(self) -> list[Write]:
        return self.written.facts()

    def reload(self, lost: frozenset[str] | None = None) -> None:
        """`lost`: the attestations whose evidence is; None: the same as before."""
        known = self.written.attestations.lost if lost is None else lost
        self.written = Written.of(self._store, known)
        self.changes.adopt(planned(self.written.changes))
        self.restores.adopt(self.written.restores)


def registers_of(site: Site) -> Registers:
    """For one round, which looks and writes nothing."""
    found = written(site)
    register, restored = Register(planned(found.changes)), RestoreRegister(found.restores)
    listed = firmware.Kept(lambda: baselines_of(site))
    return Registers(record_of(lambda: site, writable=False), register, restored, listed)
