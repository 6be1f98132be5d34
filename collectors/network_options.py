"""Which VLANs of a switch are which network of the centre."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from agent.options import Options, Refused, shown

RANGE = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")
HIGHEST_VLAN = 4094


def vlans(value: Any) -> tuple[tuple[int, int], ...]:
    """First and last of each range, from `10`, `"30-39"` or a list of these."""
    return tuple(_range(each) for each in (value if isinstance(value, list | tuple) else [value]))


def _range(value: Any) -> tuple[int, int]:
    match = RANGE.fullmatch(str(value).strip()) if not isinstance(value, bool) else None
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= first <= last <= HIGHEST_VLAN:
        raise Refused(
            f"不是 VLAN:{shown(value)};可写 10 或 30-39,编号 1 到 {HIGHEST_VLAN}",
            f"not a VLAN: {shown(value)}; allowed: like 10 or 30-39, from 1 to {HIGHEST_VLAN}",
        )
    return first, last


Vlans = Annotated[
    tuple[tuple[int, int], ...],
    BeforeValidator(vlans),
    WithJsonSchema(
        {"type": ["string", "integer", "array"], "items": {"type": ["string", "integer"]}, "examples": ["30-39"]}
    ),
]


class NetworkOptions(Options):
    """A VLAN that is named nowhere belongs where the registered devices in it belong, else to business.

    `guests`: VLANs in which unregistered devices are expected, such as a public wireless network; nobody is looked for.
    """

    management: Vlans = ()
    business: Vlans = ()
    public: Vlans = ()
    guests: Vlans = ()

    @cached_property
    def by_vlan(self) -> dict[int, str]:
        """The network of each VLAN that is named; where two name it, the stricter one."""
        found: dict[int, str] = {}
        for network in ("guests", "public", "business", "management"):
            for first, last in getattr(self, network):
                found.update(dict.fromkeys(range(first, last + 1), network))
        return found
