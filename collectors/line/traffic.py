"""How much of a line's bandwidth is used, and which of a line and its backups carries the traffic. By the rates that
the collector of the switch's interfaces has computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.core.model import Target
from agent.core.others import Known
from collectors import interface_metrics as metrics
from collectors.line.metrics import LINE_UP
from collectors.line.options import Via
from collectors.line.port import value_of

DIRECTIONS = ("receive", "transmit")
QUIET = 500.0  # bytes per second: routing protocols and probes alone
CLEARLY = 2.0  # times as much traffic as on any other line of the group


def rates(via: Via | None, known: Known) -> Mapping[str, float]:
    """Bytes per second over 5 minutes through the port, by direction; empty where they are not known."""
    reading = None if via is None else known.reading(via.switch, metrics.UTILIZATION.name)
    if via is None or reading is None:
        return {}
    speed = value_of(reading, metrics.SPEED.name, via.port)
    ratios = {each: value_of(reading, metrics.UTILIZATION.name, via.port, each) for each in DIRECTIONS}
    return {each: ratio * speed for each, ratio in ratios.items() if ratio is not None and speed}


def serving(known: Known, identity: str) -> bool | None:
    """Whether this line serves; None where that is not known."""
    reading = known.reading(identity, LINE_UP.name)
    return None if reading is None else reading.by_metric[LINE_UP.name][-1].value == 1


def active(target: Target, up: bool, known: Known) -> bool | None:
    """Whether this is the line of its group that carries the traffic: the one whose port has clearly the most; where
    that decides nothing, the first that serves, the main line before its backups. None where that is not known."""
    if not up:
        return False
    serves = {each: up if each == target.id else serving(known, each) for each in target.group}
    loads = {each: _load(known, each) for each, works in serves.items() if works}
    busy = {each: load for each, load in loads.items() if load is not None}
    if len(busy) == len(loads):
        most = max(busy, key=lambda each: busy[each])
        rest = max((load for each, load in busy.items() if each != most), default=0.0)
        if busy[most] > QUIET and busy[most] > CLEARLY * rest:
            return most == target.id
    first = next(each for each in target.group if serves[each] is not False)
    return None if serves[first] is None else first == target.id


def _load(known: Known, identity: str) -> float | None:
    line = known.target(identity)
    found = rates(None if line is None else line.options.via, known)
    return sum(found.values()) if found else None


def covering(target: Target, known: Known) -> Sequence[str]:
    """Names of the other lines of its group that serve."""
    others = [known.target(each) for each in target.group if each != target.id]
    return [each.name for each in others if each is not None and serving(known, each.id)]
