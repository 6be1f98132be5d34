"""Sources: from which collectors an item hears of a target, whether they speak now, and since when they are silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from agent.core.checklist import Item
from agent.core.computed import Computed, OfAnother, part_of
from agent.core.model import Collector, Reading, Target
from agent.core.site import Site
from agent.core.snapshot import Snapshot
from checks.metrics import CENTER

CYCLES = 3
SHORTEST_PATIENCE = 900.0
# Of every collector of every target, also where it could not be read: an item that asks for it asks about the reading
# itself.
READ_AT = "shouwang_target_read_timestamp_seconds"
INFO = "1"  # the unit of a metric whose facts are its labels
OWN_EVERY = 60.0  # seconds between what the frame says of the centre as a whole


@dataclass(frozen=True)
class Source:
    """One collector of one target, for one item; of the centre, one part of what the frame says. `metrics`: what it can
    give. `last` is the end of the last reading that carried the item's metrics, Unix seconds; None if there never was
    one. `reading` is the newest, whether it carried them or not."""

    key: str
    metrics: frozenset[str]
    reading: Reading | None
    last: float | None
    fresh: bool


def patience(target: Target) -> float:
    """Seconds without a reading after which the last verdict no longer stands."""
    return max(CYCLES * target.every, SHORTEST_PATIENCE)


def kinds(item: Item, collectors: Mapping[str, Collector]) -> frozenset[str]:
    """The kinds of targets that an item is asked of."""
    if item.kinds:
        return frozenset(item.kinds)
    return frozenset(
        kind for each in collectors.values() if _carries(each, item) for kind in (*each.kinds, *each.others)
    )


def targets(item: Item, site: Site, collectors: Mapping[str, Collector]) -> tuple[Target, ...]:
    """Those of agent.yaml, and the centre as a whole where the item is asked of it, last."""
    wanted = kinds(item, collectors)
    own = (center(site),) if CENTER in wanted else ()
    return (*(target for target in site.targets if target.kind in wanted), *own)


def center(site: Site) -> Target:
    """The centre as a whole, as something that is judged."""
    return Target(CENTER, site.center.id, site.center.name, every=OWN_EVERY)


def of(
    item: Item,
    target: Target,
    collectors: Iterable[Collector],
    snapshot: Snapshot,
    connected: Mapping[str, float],
    now: float,
) -> tuple[Source, ...]:
    """The sources of an item about a target; none if no collector that has its metrics can read this target."""
    parts = _of_center(item, snapshot) if target.kind == CENTER else _of_target(item, target, collectors, snapshot)
    found = []
    for part, metrics, reading in parts:
        key = f"{item.id}/{target.kind}/{target.id}/{part}"
        speaks = reading is not None and (reading.up or READ_AT in item.metrics) and _tells(reading, item, target)
        last = reading.ended if speaks and reading else connected.get(key)
        if not speaks and target.kind == CENTER and reading is not None and reading.target is not None:
            continue  # that it is silent is found of the target itself
        fresh = speaks and last is not None and now - last <= patience(reading.target or target if reading else target)
        found.append(Source(key, metrics, reading, last, fresh))
    return tuple(found)


Part = tuple[str, frozenset[str], Reading | None]


def _of_target(item: Item, target: Target, collectors: Iterable[Collector], snapshot: Snapshot) -> Iterator[Part]:
    for collector in collectors:
        if _carries(collector, item):
            metrics = frozenset(metric.name for metric in collector.metrics) | (frozenset(item.metrics) & {READ_AT})
            yield from ((part, metrics, reading) for part, reading in _readings(collector, target, snapshot))
    for reading in snapshot.of(target.id):
        if type(reading) is Computed and (told := frozenset(item.metrics) & set(reading.by_metric)):
            yield reading.collector, told, reading


def _of_center(item: Item, snapshot: Snapshot) -> Iterator[Part]:
    """What the frame says of the centre; what collectors say of its targets, where the item is asked of those too."""
    for reading in snapshot.readings():
        told = reading.target.kind in item.kinds if reading.target else True
        if told and (metrics := frozenset(item.metrics) & set(reading.by_metric)):
            about = f"{reading.target.kind}/{reading.target.id}/" if reading.target else ""
            yield about + reading.collector, metrics, reading


def _readings(collector: Collector, target: Target, snapshot: Snapshot) -> Iterator[tuple[str, Reading | None]]:
    """What it read of the target, and what it was told of it by others that it asked, with what that is called."""
    if collector.applies(target):
        yield collector.name, snapshot.get(collector.name, target)
    for reading in snapshot.of(target.id) if target.kind in collector.others else ():
        if isinstance(reading, OfAnother) and reading.collector == part_of(collector.name, reading.by):
            yield reading.collector, reading


def wanted(
    item: Item,
    target: Target,
    heard: Iterable[Source],
    collectors: Iterable[Collector],
    connected: Mapping[str, float],
) -> tuple[Source, ...]:
    """The metrics of the item's rules that this kind of target can give, each as a source of its own: a pass without
    one of them would say more than is known. Where any target may tell, what it has is what can be asked, as with a
    rule that holds only `if_told`."""
    own = item.mode == "automatic" and item.kinds == (CENTER,)  # what the frame says of the centre, all of it
    if item.asked == "any" or (target.kind == CENTER and not own):
        return ()
    every = tuple(collectors)
    spared = {name for each in every if each.applies(target) for name in each.instead}
    telling = (each for each in every if target.kind in (*each.kinds, *each.others) and each.name not in spared)
    could = {metric.name for each in telling for metric in each.metrics if metric.unit != INFO}
    could |= set(item.metrics) if own else set()
    judged = {
        rule.condition.metric for rule in item.rules if rule.absent
    }  # that it is missing is an opinion of its own
    asked = {rule.condition.metric for rule in item.rules if not rule.if_told} - judged
    spoke = [source for source in heard if source.fresh and source.reading is not None]
    return tuple(_wanted(item, target, metric, spoke, connected) for metric in sorted(asked & could))


def _wanted(item: Item, target: Target, metric: str, spoke: Iterable[Source], connected: Mapping[str, float]) -> Source:
    key = f"{item.id}/{target.kind}/{target.id}/{metric}"
    told = [source.reading for source in spoke if source.reading and _gives(source.reading, metric)]
    last = max((reading.ended for reading in told), default=connected.get(key))
    return Source(key, frozenset([metric]), told[0] if told else None, last, bool(told))


def _gives(reading: Reading, metric: str) -> bool:
    return any(sample.value == sample.value for sample in reading.by_metric.get(metric, ()))


def _carries(collector: Collector, item: Item) -> bool:
    return READ_AT in item.metrics or any(metric.name in item.metrics for metric in collector.metrics)


def _tells(reading: Reading, item: Item, target: Target) -> bool:
    """Whether it has a series that the item speaks of: one that a rule names, or a metric that no rule does. What only
    says more of a metric that rules ask about, and stands for no measurement, is none."""
    conditions = [condition for rule in item.rules for condition in (rule.condition, *rule.and_also)]
    ruled = {condition.metric for condition in conditions}
    found = (sample for name in item.metrics for sample in reading.by_metric.get(name, ()))
    return any(
        (sample.metric.name not in ruled and not (ruled and sample.metric.unit == INFO))
        or any(condition.matches(sample, target) for condition in conditions)
        for sample in found
        if sample.value == sample.value  # NaN is no value
    )
