"""The register of changes: what was done to the watched things on purpose, by whom. Each is a record of the ledger.

So far only the taking in of a device is entered; it covers nothing else and is over as soon as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.core.store import Store
from agent.core.text import clean
from agent.core.write import of_fact, of_record

REGISTER = "changes"  # remembered: the latest, the oldest first
TEXT = 500  # characters
KEPT = 500  # beside the ledger, which keeps all


def enter(store: Store, what: Mapping[str, Any], at: float) -> str:
    """Writes it down; gives its number. `what`: action, target, who, text, and what else is worth keeping."""
    what = {name: clean(str(value), TEXT) for name, value in what.items()}
    known = list(store.recall(REGISTER) or [])
    number = int(known[-1]["id"].removeprefix("CHG-")) + 1 if known else 1
    change = {**what, "id": f"CHG-{number:04d}", "opened": at, "closed": at}
    store.write([of_record(f"change.{what['action']}", change, at), of_fact(REGISTER, [*known, change][-KEPT:])])
    return str(change["id"])
