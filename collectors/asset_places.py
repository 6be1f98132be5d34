"""Where the registered devices are: at which port a switch sees each, and under which address they answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from agent.core.assets import Assets
from agent.core.model import Metric, Sample
from collectors.attachment import Attachment
from collectors.mac_table import Station

AT_PORT, AT_UPLINK = "port", "uplink"
PLACE = Metric(
    "device_asset_info",
    "gauge",
    "1",
    ("asset", "interface", "vlan", "attached"),
    "Where a device of the asset list is seen by its hardware address; attached port, or uplink: somewhere behind it",
)
ADDRESS = Metric(
    "device_asset_address_info",
    "gauge",
    "1",
    ("asset", "address"),
    "The network address under which a device of the asset list answers ARP or neighbour discovery",
)
UNKNOWN_ADDRESS = Metric(
    "device_unknown_station_address_info",
    "gauge",
    "1",
    ("mac", "address"),
    "The network address of a device that is not in the asset list; at most 200 of a device",
)
MOST_PLACES, MOST_UNKNOWN = 2000, 200


def places(learnt: Iterable[Station], attached: Attachment, assets: Assets) -> Iterator[Sample]:
    """Each registered device once, at the port where it is plugged in rather than at an uplink that leads to it."""
    found: dict[str, tuple[str, str, str]] = {}
    for each in learnt:
        asset = assets.by_mac.get(each.mac)
        if asset is None:
            continue
        beyond = each.port is not None and each.port.index in attached.beyond
        place = each.interface, str(each.vlan or ""), AT_UPLINK if beyond else AT_PORT
        if asset.label not in found or (found[asset.label][-1], place[-1]) == (AT_UPLINK, AT_PORT):
            found[asset.label] = place
    for bridge in attached.bridges:
        if bridge.mac in assets.by_mac:
            found[assets.by_mac[bridge.mac].label] = bridge.interface, "", AT_PORT
    for label in sorted(found)[:MOST_PLACES]:
        yield Sample(PLACE, 1, (label, *found[label]))


def addresses(mac_by_address: Mapping[str, str], assets: Assets) -> Iterator[Sample]:
    """What a table of addresses says of devices that the list has, and of those that it does not have."""
    known: list[tuple[str, str]] = []
    unknown: list[tuple[str, str]] = []
    for address, mac in sorted(mac_by_address.items()):
        asset = assets.by_mac.get(mac)
        (unknown if asset is None else known).append((mac if asset is None else asset.label, address))
    for labels in dict.fromkeys(known[:MOST_PLACES]):
        yield Sample(ADDRESS, 1, labels)
    for labels in unknown[:MOST_UNKNOWN]:
        yield Sample(UNKNOWN_ADDRESS, 1, labels)
