"""The register of inspection sheets (巡检单). Each that is signed is a record of the ledger. All block."""

from __future__ import annotations

from agent.core.inspections import Inspection, read
from agent.core.store import Store

REGISTER = "inspections"  # remembered: the latest, the oldest first
KEPT = 400  # beside the ledger, which keeps all


def entries(store: Store) -> list[Inspection]:
    """Every sheet, the oldest first. Refused or Damaged for one who peeks."""
    return [read(body) for body in store.recall(REGISTER) or []]
