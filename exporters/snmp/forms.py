"""What becomes of a value, by its metric's type. Each form takes a metric and gives what takes its values.

FORMS is the table of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent.options.pattern import expanded, search
from exporters.families import Families, Family, written
from exporters.snmp import moments
from exporters.snmp.index import SUBTYPES
from exporters.snmp.module import Metric, Oid
from exporters.snmp.scene import Labels, Texts, kind_by_subtype
from exporters.snmp.strings import WRAP, number, text, whole

LONGEST = 4096  # of a text that an expression is tried on: Python's can take long where Go's cannot

Pairs = Sequence[tuple[Oid, Any]]
Take = Callable[[Pairs], None]


class Scene:
    """What was found, where its series go, and the labels, which all metrics of one shape share."""

    def __init__(self, found: Mapping[Oid, Any], families: Families) -> None:
        self.found = found
        self.families = families
        self._labels: dict[str, Labels] = {}
        self._texts: dict[str, Texts] = {}

    def labels(self, metric: Metric) -> Labels:
        if metric.shape not in self._labels:
            self._labels[metric.shape] = Labels(metric, self.found)
        return self._labels[metric.shape]

    def texts(self, metric: Metric) -> Texts:
        if metric.shape not in self._texts:
            self._texts[metric.shape] = Texts(self.labels(metric))
        return self._texts[metric.shape]


def _plain(metric: Metric, scene: Scene) -> Take:
    """gauge, counter, Float, Double."""
    family = scene.families.of(metric.name, "counter" if metric.type == "counter" else "gauge", metric.help)
    texts, put = scene.texts(metric), family.series.setdefault
    scaled = _scaled(metric)

    def take(pairs: Pairs) -> None:
        for index, value in pairs:
            if scaled is None and isinstance(value, int) and value < WRAP:
                put(texts[index], value)
            else:
                family.add(texts[index], scaled(number(value)) if scaled else number(value))

    return take


def _scaled(metric: Metric) -> Callable[[float], float] | None:
    scale, offset = metric.scale or 1.0, metric.offset
    return (lambda value: value * scale + offset) if metric.scale or offset else None


def _moment(read: Callable[[Any, Metric], int | None]) -> Callable[[Metric, Scene], Take]:
    """DateAndTime and its like: what is no moment gives no series."""

    def form(metric: Metric, scene: Scene) -> Take:
        family = scene.families.of(metric.name, "gauge", metric.help)
        texts = scene.texts(metric)
        scaled = _scaled(metric)

        def take(pairs: Pairs) -> None:
            for index, value in pairs:
                seconds = read(value, metric)
                if seconds is not None:
                    family.add(texts[index], scaled(seconds) if scaled else seconds)

        return take

    return form


def _info(metric: Metric, scene: Scene) -> Take:
    """EnumAsInfo: the name of the state as a label."""
    family = scene.families.of(metric.name + "_info", "gauge", metric.help + " (EnumAsInfo)")
    labels, names = scene.labels(metric), metric.enum_values

    def take(pairs: Pairs) -> None:
        for index, value in pairs:
            state = whole(value)
            if metric.name not in labels[index]:
                family.add(written({**labels[index], metric.name: names.get(state, str(state))}), 1)

    return take


def _states(metric: Metric, scene: Scene) -> Take:
    """EnumAsStateSet: a series for each state, 1 on the one that holds."""
    family = scene.families.of(metric.name, "gauge", metric.help + " (EnumAsStateSet)")
    labels, names = scene.labels(metric), metric.enum_values

    def take(pairs: Pairs) -> None:
        for index, value in pairs:
            state = whole(value)
            holds = names.get(state, str(state))
            _set(family, metric, labels[index], {holds: 1, **{name: 0 for name in names.values() if name != holds}})

    return take


def _bits(metric: Metric, scene: Scene) -> Take:
    """BITS (RFC 2578 section 7.1.4): a series for each named bit, the highest of the first octet being bit 0."""
    family = scene.families.of(metric.name, "gauge", metric.help + " (Bits)")
    labels, names = scene.labels(metric), metric.enum_values

    def take(pairs: Pairs) -> None:
        for index, value in pairs:
            if type(value) is bytes:
                size = 8 * len(value)
                bits = int.from_bytes(value)
                states = {name: bits >> (size - 1 - bit) & 1 if bit < size else 0 for bit, name in names.items()}
                _set(family, metric, labels[index], states)

    return take


def _set(family: Family, metric: Metric, labels: Mapping[str, str], states: Mapping[str, int]) -> None:
    if metric.name not in labels:
        for state, value in states.items():
            family.add(written({**labels, metric.name: state}), value)


def _strings(metric: Metric, scene: Scene) -> Take:
    """The text as a label named like the metric, unless an index has that name; the value is 1."""
    if metric.regex_extracts:
        return _extracts(metric, scene)
    family = scene.families.of(metric.name, "gauge", metric.help)
    labels, scaled = scene.labels(metric), _scaled(metric)
    one = scaled(1) if scaled else 1

    def take(pairs: Pairs) -> None:
        for index, value in pairs:
            own = labels[index]
            if metric.name not in own:
                own = {**own, metric.name: _text(metric, scene, index, value)}
            family.add(written(own), one)

    return take


def _extracts(metric: Metric, scene: Scene) -> Take:
    """Numbers cut out of the text: of each list the first expression that matches and gives a number."""
    help = metric.help + " (regex extracted)"
    families = {name: scene.families.of(metric.name + name, "gauge", help) for name in metric.regex_extracts}
    texts, scaled = scene.texts(metric), _scaled(metric)

    def take(pairs: Pairs) -> None:
        for index, value in pairs:
            said = _text(metric, scene, index, value)[:LONGEST]
            for name, extracts in metric.regex_extracts.items():
                matches = ((each, search(each.regex, said)) for each in extracts)
                numbers = (_parsed(expanded(each.value, match)) for each, match in matches if match)
                found = next((each for each in numbers if each is not None), None)
                if found is not None:
                    families[name].add(texts[index], scaled(found) if scaled else found)

    return take


def _text(metric: Metric, scene: Scene, index: Oid, value: Any) -> str:
    kind = str(metric.type)
    if kind in SUBTYPES:
        kind = kind_by_subtype(scene.found, kind, metric.oid, index) or "OctetString"
    return text(value, kind, metric.display_hint)


def _parsed(said: str) -> float | None:
    try:
        return float(said) if said.isascii() and said == said.strip() and "_" not in said else None
    except ValueError:
        return None


FORMS: Mapping[str, Callable[[Metric, Scene], Take]] = {
    "gauge": _plain,
    "counter": _plain,
    "Float": _plain,
    "Double": _plain,
    "DateAndTime": _moment(lambda value, metric: moments.date_and_time(value)),
    "ParseDateAndTime": _moment(lambda value, metric: moments.by_pattern(text(value), metric.datetime_pattern)),
    "NTPTimeStamp": _moment(lambda value, metric: moments.ntp(value)),
    "EnumAsInfo": _info,
    "EnumAsStateSet": _states,
    "Bits": _bits,
    **dict.fromkeys(
        (
            "DisplayString", "OctetString", "PhysAddress48", "InetAddressIPv4", "InetAddressIPv6", "InetAddress",
            "InetAddressMissingSize", "LldpPortId", "Integer", "Integer32",
        ),
        _strings,
    ),
}  # fmt: skip
