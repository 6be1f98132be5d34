"""How each backup stands, as an administrator wants to see all of them at once: a document of its latest readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent.core.facts import diagnosis_of
from agent.core.model import Reading, Target
from agent.core.registers import Restores
from agent.core.restores import body_of
from agent.core.site import Site
from agent.core.text import both

PREFIX = "backup_"


def document(site: Site, target: Target, readings: Sequence[Reading], restores: Restores) -> Mapping[str, Any]:
    """Values by metric without its prefix, what is wrong in both languages, why what was not read, restore tests."""
    samples = [sample for reading in readings for sample in reading.samples if sample.metric.name.startswith(PREFIX)]
    known = [sample for sample in samples if not sample.labels]
    about = {name: sample.label(name) for sample in samples for name in sample.metric.labels}
    restored, offline = restores.last(target.id, "restored"), restores.last(target.id, "offline")
    every = target.options.restore_test_every
    return {
        "id": target.id,
        "name": target.name,
        "host": str(target.options.host or ""),
        "path": target.options.path,
        "metrics": {sample.metric.name.removeprefix(PREFIX): sample.value for sample in known},
        **about,
        "wrong": {"zh": diagnosis_of(site, readings, "zh"), "en": diagnosis_of(site, readings, "en")},
        "unread": list(dict.fromkeys(each.failure.message for each in readings if each.failure is not None)),
        "remarks": [both(each) for reading in readings for each in reading.remarks],
        "restored": None if restored is None else body_of(restored),
        "restore_due": None if restored is None else restored.at + every,
        "offline": None if offline is None else body_of(offline),
    }
