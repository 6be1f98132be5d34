"""Inventory: the list of assets against what was seen in the network. Pure.

A registered device is seen by its hardware address at a switch, by its network address in a table of ARP or as that of
a target that answers, or by the serial number that a target tells. Whoever else is seen is a stranger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agent.core.assets import Asset, Assets
from agent.core.computed import read_of_target
from agent.core.impact import self_down
from agent.core.model import Reading, Sample, Target

# Labels: asset, interface, vlan, attached
PLACE, AT_PORT = "device_asset_info", "port"
ADDRESS, UNKNOWN_ADDRESS = "device_asset_address_info", "device_unknown_station_address_info"
STRANGERS = "device_unknown_stations"
STRANGER = "device_unknown_station_info"  # labels: mac, interface, vlan
IDENTITY = "device_info"
DAY = 86_400.0
MISSING_AFTER = 30 * DAY  # a notebook in a drawer is not lost after a week
PROVEN_AFTER = DAY  # until then nobody is missing: not everything is on at one moment


@dataclass(frozen=True, slots=True)
class Sighting:
    """When and where something was seen last: by which target, at which of its ports, under which address."""

    at: float
    target: str = ""
    interface: str = ""
    vlan: str = ""
    address: str = ""


@dataclass(frozen=True)
class Inventory:
    """What was found: of registered devices the last sighting of each, by label; of strangers the current one, by
    hardware address. `began` is since when somebody looks, None for never."""

    began: float | None = None
    at: float = 0.0
    seen: Mapping[str, Sighting] = field(default_factory=dict)
    strangers: Mapping[str, Sighting] = field(default_factory=dict)

    @property
    def proven(self) -> bool:
        """Somebody has looked for long enough to call what was not seen missing."""
        return self.began is not None and self.at - self.began >= PROVEN_AFTER

    def missing(self, asset: Asset) -> bool:
        """It could be seen, and has not been for long."""
        last = self.seen.get(asset.label)
        return findable(asset) and (last is None or self.at - last.at > MISSING_AFTER)

    def match_ratio(self, assets: Assets) -> float | None:
        """Registered devices that were found, of all that are registered or were found; None while it is not known."""
        listed = {each.label: each for each in assets.listed if findable(each)}
        missing = sum(self.missing(each) for each in listed.values())
        whole = len(listed) + len(self.strangers)
        if self.began is None or not whole or (missing and not self.proven):
            return None
        return (len(listed) - missing) / whole

    def looked(self, assets: Assets, readings: Sequence[Reading], at: float) -> Inventory:
        """With what these readings show. Strangers stay unknown until a switch was asked for them. What the list has no
        more is remembered as long as a sighting counts: its line may be back in a minute."""
        labels = {each.label for each in assets.listed}
        known = {label: last for label, last in self.seen.items() if label in labels or at - last.at <= MISSING_AFTER}
        looking = any(STRANGERS in reading.by_metric for reading in readings)
        began = at if self.began is None and looking else self.began
        return Inventory(began, at, known | seen(assets, readings), strangers(readings))

    def moved(self, by: float) -> Inventory:
        """As it was, by a clock that was set."""
        seen = {label: replace(last, at=last.at + by) for label, last in self.seen.items()}
        return replace(self, began=self.began and self.began + by, at=self.at + by, seen=seen)


def findable(asset: Asset) -> bool:
    """Whether anything in the network could show it."""
    return bool(asset.macs or asset.address or asset.serial)


def key(asset: Asset, targets: Iterable[Target]) -> bool:
    """Whether somebody must answer for it: the list calls it important, or the centre's work hangs on it."""
    return asset.important or (bool(asset.address) and asset.address in {each.address for each in targets})


def without_owner(assets: Assets, targets: Sequence[Target]) -> list[Asset]:
    return [each for each in assets.listed if not each.owner and key(each, targets)]


def seen(assets: Assets, readings: Sequence[Reading]) -> dict[str, Sighting]:
    """Where these readings show registered devices, by label; the port where one is plugged in before all else."""
    found: dict[str, Sighting] = {}
    for _, label, sighting in sorted(_sightings(assets, readings), key=lambda each: each[0]):
        before = found.get(label, sighting)
        found[label] = replace(sighting, at=max(before.at, sighting.at), address=sighting.address or before.address)
    return found


def _sightings(assets: Assets, readings: Sequence[Reading]) -> Iterator[tuple[int, str, Sighting]]:
    """(rank, label, where): what has a higher rank says better where it is."""
    by_address = {each.address: each.label for each in assets.listed if each.address}
    by_serial = {each.serial: each.label for each in assets.listed if each.serial}
    for target, at, serials in _answering(readings):
        labels = [by_address.get(target.address or ""), *(by_serial.get(serial) for serial in serials)]
        yield from ((0, label, Sighting(at, target.id, address=target.address or "")) for label in labels if label)
    for reading, sample in _samples(readings, ADDRESS):
        label, address = sample.labels
        yield 1, label, Sighting(reading.ended, _of(reading), address=address)
    for reading, sample in _samples(readings, PLACE):
        label, interface, vlan, attached = sample.labels
        yield 2 + (attached == AT_PORT), label, Sighting(reading.ended, _of(reading), interface, vlan)


def _answering(readings: Sequence[Reading]) -> Iterator[tuple[Target, float, set[str]]]:
    """Targets that answer, when they last did, and the serial numbers that they tell."""
    by_target: dict[str, list[Reading]] = {}
    for reading in readings:
        if reading.target is not None and read_of_target(reading):
            by_target.setdefault(reading.target.id, []).append(reading)
    for group in by_target.values():
        target, answered = group[0].target, [each for each in group if each.up and each.samples]
        if target is not None and answered and not self_down(target, group):
            serials = {sample.label("serial") or "" for _, sample in _samples(group, IDENTITY)}
            yield target, max(each.ended for each in answered), serials - {""}


def strangers(readings: Sequence[Reading]) -> dict[str, Sighting]:
    """Who is there and not registered, by hardware address."""
    addresses = {sample.labels[0]: sample.labels[1] for _, sample in _samples(readings, UNKNOWN_ADDRESS)}
    return {
        mac: Sighting(reading.ended, _of(reading), interface, vlan, addresses.get(mac, ""))
        for reading, sample in _samples(readings, STRANGER)
        for mac, interface, vlan in [sample.labels]
    }


def _samples(readings: Iterable[Reading], metric: str) -> Iterator[tuple[Reading, Sample]]:
    for reading in readings:
        yield from ((reading, sample) for sample in reading.by_metric.get(metric, ()))


def _of(reading: Reading) -> str:
    return reading.target.id if reading.target else ""


def body_of(inventory: Inventory) -> dict[str, Any]:
    """As it stands on disk."""
    return {
        "began": inventory.began,
        "at": inventory.at,
        "seen": {label: _row(each) for label, each in inventory.seen.items()},
        "strangers": {mac: _row(each) for mac, each in inventory.strangers.items()},
    }


def read(body: Any) -> Inventory:
    """What `body_of` made; an empty one of anything else."""
    try:
        seen_, strangers_ = (
            {str(name): Sighting(*row) for name, row in body[part].items()} for part in ("seen", "strangers")
        )
        return Inventory(body["began"], float(body["at"]), seen_, strangers_)
    except (TypeError, KeyError, ValueError, AttributeError):
        return Inventory()


def _row(each: Sighting) -> list[Any]:
    return [each.at, each.target, each.interface, each.vlan, each.address]
