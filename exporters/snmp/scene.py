"""What a device said, by OID, and the labels that a metric's indexes and lookups make of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exporters.families import written
from exporters.snmp import index as indexes
from exporters.snmp.module import Lookup, Metric, Oid
from exporters.snmp.strings import text, whole


def kind_by_subtype(found: Mapping[Oid, Any], kind: str, column: Oid, index: Oid) -> str | None:
    """What a value of a kind with subtypes is, by the column before it, which says so; None if it does not."""
    value = found.get((*column[:-1], column[-1] - 1, *index))
    return indexes.SUBTYPES[kind].get(whole(value))


class Labels(dict[Oid, Mapping[str, str]]):
    """Labels by index, of all metrics of one shape; made when first asked for."""

    def __init__(self, metric: Metric, found: Mapping[Oid, Any]) -> None:
        super().__init__()
        self._indexes = metric.indexes
        self._lookups = metric.lookups
        self._found = found

    def __missing__(self, index: Oid) -> Mapping[str, str]:
        labels: dict[str, str] = {}
        taken: dict[str, Oid] = {}
        rest = index
        for each in self._indexes:
            said, used, rest = indexes.read(rest, each.type, each.fixed_size, each.implied, each.enum_values)
            labels[each.labelname], taken[each.labelname] = said, used
        for lookup in self._lookups:
            if lookup.labels:
                self._look_up(lookup, labels, taken)
            else:
                labels.pop(lookup.labelname, None)
        self[index] = labels
        return labels

    def _look_up(self, lookup: Lookup, labels: dict[str, str], taken: dict[str, Oid]) -> None:
        index = sum([taken.get(name, ()) for name in lookup.labels], ())
        name = (*lookup.oid, *index)
        if name not in self._found:
            labels[lookup.labelname] = ""
            return
        value, kind = self._found[name], str(lookup.type)
        if kind in indexes.SUBTYPES:
            kind = kind_by_subtype(self._found, kind, lookup.oid, index) or kind
        # Another lookup may start from what this one found.
        at = whole(value) if isinstance(value, int) else 0
        taken[lookup.labelname] = (at,)
        if kind == "EnumAsInfo" and lookup.enum_values:
            labels[lookup.labelname] = lookup.enum_values.get(at, str(at))
        else:
            labels[lookup.labelname] = text(value, kind, lookup.display_hint)


class Texts(dict[Oid, str]):
    """The same as they stand behind a metric's name, sorted by name as snmp_exporter does."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self._labels = labels

    def __missing__(self, index: Oid) -> str:
        text = self[index] = written(self._labels[index])
        return text

    @property
    def apart(self) -> bool:
        """Whether no two indexes have the same labels."""
        return len(set(self.values())) == len(self)
