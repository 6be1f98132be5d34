"""Assets: what the centre owns, and so what may be on the network."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from agent.core.text import Said

NETWORKS = ("management", "business", "public")
SPELLINGS = re.compile(
    r"[0-9a-f]{2}([:-][0-9a-f]{2}){5}|[0-9a-f]{4}([.-][0-9a-f]{4}){2}|[0-9a-f]{12}|[0-9a-f]{6}-[0-9a-f]{6}"
)
DAY = re.compile(r"(\d{4})([-/.年]?)(\d{1,2})[-/.月]?(\d{1,2})日?")
MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")
COUNTED = re.compile(r"[3-6]\d{4}")  # of the years 1982 to 2091
EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets, for days after February 1900
IMPORTANT = ("关键", "重要", "核心", "高", "一级", "key", "critical", "high", "important")


@dataclass(frozen=True, slots=True)
class Asset:
    """One device of the list, as people wrote it. `network` is one of NETWORKS; empty where the list does not say.

    `importance` is how much hangs on it; `warranty` the last day of its warranty, `software` the day that the software
    on it is from; `macs` in the spelling of `mac_text`.
    """

    id: str = ""
    name: str = ""
    address: str = ""
    owner: str = ""
    place: str = ""
    network: str = ""
    serial: str = ""
    importance: str = ""
    warranty: date | None = None
    software: date | None = None
    macs: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What tells it from the others: its id where the list has them, else its name with its address."""
        address = self.address or next(iter(self.macs), "")
        return self.id or " ".join(part for part in (self.name, address) if part) or self.serial

    @property
    def important(self) -> bool:
        return self.importance.lower().startswith(IMPORTANT)


@dataclass(frozen=True)
class Assets:
    """`by_mac`: in the spelling of `mac_text`. `listed`: every line, in the order of the list. `failure` says why there
    is no list to compare with, and what to do; `flaws` which lines of it were not understood; `stale` why this is an
    earlier list than the file has now, empty if it is not."""

    by_mac: Mapping[str, Asset] = field(default_factory=dict)
    failure: Said = ""
    flaws: tuple[Said, ...] = ()
    listed: tuple[Asset, ...] = ()
    stale: Said = ""


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


def day_of(written: str) -> date | None:
    """A day as people write it (2027-06-30, 2027/6/30, 2027年6月30日, 20270630), the last of a month (2027年6月), or as
    a spreadsheet counts it (46568); None if it is none."""
    text = written.strip().partition(" ")[0]
    try:
        if COUNTED.fullmatch(text):
            return EPOCH + timedelta(int(text))
        if month := MONTH.fullmatch(text):
            year, number = int(month[1]), int(month[2])
            return date(year, number, monthrange(year, number)[1])
        found = DAY.fullmatch(text)
        if found is None or (not found[2] and len(written.strip()) != len("20270630")):
            return None
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None
