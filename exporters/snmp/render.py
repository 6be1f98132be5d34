"""From a device's values to series, as snmp_exporter makes them of a module's metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exporters.families import Families
from exporters.snmp.forms import FORMS, Scene
from exporters.snmp.module import Module, Oid

PIECE = 250  # values between two looks at the clock


def render(module: Module, found: Mapping[Oid, Any], families: Families) -> Iterator[None]:
    """Adds a module's series to `families`, in small pieces of work."""
    groups: dict[Oid, list[tuple[Oid, Any]]] = {}
    yield from _group(module, found, groups)
    scene = Scene(found, families)
    for oid, pairs in groups.items():
        metric = module.by_oid[oid]
        take = FORMS[metric.type](metric, scene)
        for start in range(0, len(pairs), PIECE):
            take(pairs[start : start + PIECE])
            yield


def _group(module: Module, found: Mapping[Oid, Any], groups: dict[Oid, list[tuple[Oid, Any]]]) -> Iterator[None]:
    """Index and value by their metric's OID: of the metrics that a value lies below, the highest holds."""
    by_oid, sizes = module.by_oid, module.sizes
    column: Oid = ()
    size = 0
    pairs: list[tuple[Oid, Any]] = []
    for place, (oid, value) in enumerate(found.items()):
        # A walk comes column by column, so the last one is tried first.
        if not size or oid[:size] != column:
            size = next((each for each in sizes if oid[:each] in by_oid), 0)
            column = oid[:size]
            pairs = groups.setdefault(column, []) if size else []
        pairs.append((oid[size:], value))
        if place % (4 * PIECE) == 0:
            yield
