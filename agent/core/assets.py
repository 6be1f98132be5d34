"""Assets: what may be on the network, by hardware address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

NETWORKS = ("management", "business", "public")
SPELLINGS = re.compile(
    r"[0-9a-f]{2}([:-][0-9a-f]{2}){5}|[0-9a-f]{4}([.-][0-9a-f]{4}){2}|[0-9a-f]{12}|[0-9a-f]{6}-[0-9a-f]{6}"
)


@dataclass(frozen=True, slots=True)
class Asset:
    """One device of the list, as people wrote it. `network` is one of NETWORKS; empty where the list does not say."""

    id: str = ""
    name: str = ""
    address: str = ""
    owner: str = ""
    place: str = ""
    network: str = ""


@dataclass(frozen=True)
class Assets:
    """`by_mac`: in the spelling of `mac_text`. `failure` says why there is no list to compare with, and what to do;
    `flaws` which lines of it were not understood."""

    by_mac: Mapping[str, Asset] = field(default_factory=dict)
    failure: str = ""
    flaws: tuple[str, ...] = ()


def mac_text(raw: bytes) -> str:
    """Six bytes as `00:e0:fc:12:34:56`; empty for any other number of them."""
    return raw.hex(":") if len(raw) == 6 else ""


def mac_of(written: str) -> str:
    """An address as people and devices write it (`00E0-FC12-3456`, `00:e0:fc:12:34:56`, `00e0fc123456`) in the one
    spelling; empty if it is none."""
    text = written.strip().lower()
    return mac_text(bytes.fromhex(re.sub(r"[:.-]", "", text))) if SPELLINGS.fullmatch(text) else ""


def of_one_station(mac: str) -> bool:
    """Not the address of a group, nor none at all."""
    return bool(mac) and not int(mac[:2], 16) & 1 and mac != "00:00:00:00:00:00"
