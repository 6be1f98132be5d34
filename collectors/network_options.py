"""Which VLANs of a switch are which network of the centre."""

from __future__ import annotations

from functools import cached_property

from pydantic import Field

from agent.options import Options, Vlans

TABLES_EVERY = 300.0  # seconds between two readings of long tables; between, only whether the device answers is asked


class NetworkOptions(Options):
    """A VLAN that is named nowhere belongs where the registered devices in it belong, else to business."""

    management: Vlans = ()
    business: Vlans = ()
    public: Vlans = ()
    guests: Vlans = Field((), description="unregistered devices are expected there, as in a public wireless network")

    @cached_property
    def by_vlan(self) -> dict[int, str]:
        """The network of each VLAN that is named; where two name it, the stricter one."""
        found: dict[int, str] = {}
        for network in ("guests", "public", "business", "management"):
            for first, last in getattr(self, network):
                found.update(dict.fromkeys(range(first, last + 1), network))
        return found
