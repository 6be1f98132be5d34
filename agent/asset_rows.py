"""One line of the list of assets as people write it: what it says, and what in it was not understood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from ipaddress import ip_address

from agent.core.assets import NETWORKS, Asset, day_of, mac_of, of_one_station
from agent.core.text import Text, clean

LIMIT = 80  # characters of a name, a place
MARKS = re.compile(r"[,;/|\u3001\r\n]+")  # between several addresses of one cell
BETWEEN = re.compile(r"[,;/|\u3001\s]+")
ROUNDED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
WORDS = {"管理": "management", "业务": "business", "公共": "public", "公众": "public", "访客": "public"}
NOTHING = ("", "无", "暂无", "没有", "不详", "-", "--", "/", "\\", "—", "n/a", "none")
ENDLESS = (*NOTHING, "长期", "永久", "终身", "长期有效")
BAD_NETWORK = Text("网络“{said}”:可用:{allowed}", "network {said}: allowed: {allowed}")
BAD_MAC = Text(
    "{said} 不是设备的 MAC 地址;应如 00e0-fc12-3456", "{said} is not a device's hardware address, like 00e0-fc12-3456"
)
ROUNDED_MAC = Text(
    "{said}:Excel 把 MAC 地址变成了数字,原值已丢;请把这一列设为文本,重新填写",
    "{said}: Excel has made a number of a hardware address, now lost; format the column as text and write it again",
)
DAYS = {"warranty": Text("保修到期", "warranty"), "software": Text("软件日期", "software")}
BAD_DAY = Text("{column} {said} 不是日期;应如 2027-06-30", "{column} {said} is not a day, like 2027-06-30")
BAD_ADDRESS = Text(
    "地址 {said} 不是一个 IP 地址,无法据此核对;应如 10.0.0.1,没有固定地址就留空",
    "address {said} is not an IP address, so nothing is found by it; write 10.0.0.1, or nothing if it is not fixed",
)
SEVERAL = Text("地址 {said}:一格只能有一个 IP 地址;只用 {first}", "address {said}: one in a cell; only {first} counts")


class Row:
    """One line by its columns; cells that are missing are empty."""

    def __init__(self, columns: Sequence[str], cells: Sequence[str]) -> None:
        self._cells: dict[str, str] = {}
        self._macs: list[str] = []
        for name, cell in zip(columns, cells, strict=False):
            # Spreadsheets mark a text that looks like a formula with an apostrophe.
            said = cell.strip().removeprefix("'")
            if name == "mac":
                self._macs += _apart(said)  # of a device with several interfaces each may have its column
            elif name and not self._cells.get(name):
                self._cells[name] = clean(said, LIMIT)

    def text(self, name: str) -> str:
        return self._cells.get(name, "")

    @property
    def asset(self) -> Asset:
        text = self.text
        macs = dict.fromkeys(mac for written in self._macs if of_one_station(mac := mac_of(written)))
        return Asset(
            id=text("id"),
            name=text("name"),
            address=next(iter(self._addresses), ""),
            owner=text("owner"),
            place=text("place"),
            network=self._network,
            serial=text("serial"),
            importance=text("importance"),
            warranty=self._day("warranty"),
            software=self._day("software"),
            macs=tuple(macs),
        )

    @property
    def flaws(self) -> Iterator[Text]:
        """What in it was not understood."""
        if (said := self.text("network")) and not self._network:
            yield BAD_NETWORK.format(said=said, allowed=", ".join(NETWORKS))
        for written in self._macs:
            if not of_one_station(mac_of(written)):
                yield (ROUNDED_MAC if ROUNDED.fullmatch(written) else BAD_MAC).format(said=clean(written, 40))
        for name, column in DAYS.items():
            if (said := self.text(name)).lower() not in ENDLESS and self._day(name) is None:
                yield BAD_DAY.format(column=column, said=said)
        said, found = self.text("address"), self._addresses
        if said.lower() not in NOTHING and not found:
            yield BAD_ADDRESS.format(said=said)
        elif len(found) > 1:
            yield SEVERAL.format(said=said, first=found[0])

    def _day(self, name: str) -> date | None:
        return day_of(self.text(name))

    @property
    def _network(self) -> str:
        said = self.text("network").lower()
        return said if said in NETWORKS else next((word for zh, word in WORDS.items() if said.startswith(zh)), "")

    @property
    def _addresses(self) -> list[str]:
        """None of them where a part is no address: 10.0.0.1/24 is a network's."""
        parts = [each for each in BETWEEN.split(_plain(self.text("address"))) if each]
        try:
            return [str(ip_address(each)) for each in parts]
        except ValueError:
            return []


def _plain(written: str) -> str:
    """Full width letters, digits and marks, as Chinese input has them, as ASCII."""
    return unicodedata.normalize("NFKC", written)


def _apart(cell: str) -> Iterator[str]:
    """The hardware addresses of a cell; one may have blanks within, or one digit for a small byte."""
    for part in MARKS.split(_plain(cell[:1000])):
        said = part.strip()
        if said.lower() in NOTHING:
            continue
        whole = re.sub(r"\s", "", said)
        small = [byte.zfill(2) for byte in re.split(r"[:-]", whole)]
        if len(small) == 6 and mac_of(":".join(small)):
            yield ":".join(small)
        elif mac_of(whole):
            yield whole
        else:
            yield from said.split()
