"""What the centre has on record, as collectors see it: configurations, and the registers of changes and of restores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from agent import attestations, firmware, inspections, restores, tickets, waivers
from agent.changes import REGISTER, planned, rows
from agent.configurations import Record
from agent.core import attestations as attested
from agent.core import inspections as inspected
from agent.core import tickets as ticketed
from agent.core import waivers as waived
from agent.core.changes import Register
from agent.core.database import Damaged, Refused
from agent.core.registers import Registers
from agent.core.restores import Register as RestoreRegister
from agent.core.restores import body_of
from agent.core.site import Site
from agent.core.store import Store
from agent.core.write import Write, of_fact


def record_of(site: Callable[[], Site], writable: bool = True) -> Record:
    """The configurations of a site; its state directory stays, where the approved ones are may change."""
    return Record(site().state / "configurations", lambda: baselines_of(site()), writable)


def baselines_of(site: Site) -> Path:
    return site.sections["baselines"] or site.source.parent / "baselines"


class Registry:
    """Of a running agent. `reload` after one of its registers was written, in a thread."""

    def __init__(self, site: Callable[[], Site], store: Store) -> None:
        self._store = store
        self._rows = rows(store)
        self.configurations = record_of(site)
        self.firmware = firmware.Kept(lambda: baselines_of(site()))
        self.changes = Register(planned(self._rows))
        self._restored = restores.entries(store)
        self.restores = RestoreRegister(self._restored)
        self.attestations = attested.Register(attestations.entries(store))
        self.sheets = tuple(inspections.entries(store))
        self.waivers = waived.Register(waivers.entries(store))
        self.tickets = tuple(tickets.entries(store))
        store.carry.append(self._carry)

    @property
    def registers(self) -> Registers:
        return Registers(self.configurations, self.changes, self.restores, self.firmware)

    def reload(self) -> None:
        self._rows = rows(self._store)
        self.changes.adopt(planned(self._rows))
        self._restored = restores.entries(self._store)
        self.restores.adopt(self._restored)
        self.attestations = attested.Register(attestations.entries(self._store))
        self.sheets = tuple(inspections.entries(self._store))
        self.waivers = waived.Register(waivers.entries(self._store))
        self.tickets = tuple(tickets.entries(self._store))

    def _carry(self) -> list[Write]:
        """For a file that begins anew."""
        made = (
            (REGISTER, self._rows),
            (restores.REGISTER, [body_of(each) for each in self._restored]),
            (attestations.REGISTER, [attested.body_of(each) for each in self.attestations.entries]),
            (tickets.REGISTER, [ticketed.body_of(each) for each in self.tickets]),
            (waivers.REGISTER, [waived.body_of(each) for each in self.waivers.entries]),
            (inspections.REGISTER, [inspected.body_of(each) for each in self.sheets]),
        )
        return [of_fact(key, entries) for key, entries in made if entries]


def registers_of(site: Site) -> Registers:
    """For one round, which looks and writes nothing."""
    try:
        store = Store.peek(site.state)
        register, restored = Register(planned(rows(store))), RestoreRegister(restores.entries(store))
    except (Refused, Damaged):
        register, restored = Register(), RestoreRegister()
    listed = firmware.Kept(lambda: baselines_of(site))
    return Registers(record_of(lambda: site, writable=False), register, restored, listed)


def attested_of(site: Site) -> tuple[attested.Register, tuple[inspected.Inspection, ...]]:
    """What people said, and the sheets that they signed, for one round."""
    try:
        store = Store.peek(site.state)
        return attested.Register(attestations.entries(store)), tuple(inspections.entries(store))
    except (Refused, Damaged):
        return attested.NOTHING, ()


def waived_of(site: Site) -> waived.Register:
    """What is waived, for one round."""
    try:
        return waived.Register(waivers.entries(Store.peek(site.state)))
    except (Refused, Damaged):
        return waived.NOTHING


def tickets_of(site: Site) -> tuple[ticketed.Ticket, ...]:
    """The remediation tickets, for one round."""
    try:
        return tuple(tickets.entries(Store.peek(site.state)))
    except (Refused, Damaged):
        return ()
