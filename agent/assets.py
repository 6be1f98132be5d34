"""The list of assets (`assets:` in agent.yaml): a CSV file that people keep in a spreadsheet. Columns are found by
their headings, in Chinese or English; agent.discovery.assets has the table of them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from agent.core.assets import NETWORKS, Asset, Assets, day_of, mac_of, of_one_station
from agent.core.text import Said, Text, clean
from agent.discovery.assets import decoded, named

LARGEST = 8 * 2**20  # bytes; a line has about 150
MOST_FLAWS = 20
TITLES = 10  # lines in which the headings are looked for
MOST_LINES = 20  # of one cell
LIMIT = 80  # characters of a name, a place
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # "Unicode text" of a spreadsheet
SEPARATORS = ",;\t"
NO_FILE = Text(
    "{path}:没有这个文件;请把资产清单放在那里,或去掉 assets",
    "{path}: no such file; write the list of assets there, or take assets: out",
)
UNREADABLE = Text(
    "{path}:{error};要让程序能读资产清单", "{path}: {error}; the agent must be able to read the list of assets"
)
TOO_LARGE = Text(
    "{path}:超过 {most} MiB;资产清单应是一台设备一行",
    "{path}: larger than {most} MiB; a list of assets has a line for each device",
)
NO_CSV = Text(
    "{path}:不是 CSV 文件({error});请重新另存为 CSV", "{path}: not a CSV file ({error}); save it as CSV again"
)
NO_MAC = Text(
    "{path}:表头里没有 mac 一列({found});请把 MAC 地址那一列命名为 mac",
    "{path}: no column mac among its headings ({found}); name the hardware addresses' mac",
)
UNCLOSED = Text(
    "{path}:{line}:引号没有配对,后面的行都读不到;请补上或删去这个引号",
    "{path}:{line}: a quote that is not closed takes in the lines behind it; close it or take it out",
)
BETWEEN = re.compile(r"[,;/|\u3001\uff0c\uff1b\s]+")  # several addresses in one cell
WORDS = {"管理": "management", "业务": "business", "公共": "public", "公众": "public", "访客": "public"}


class _Lines(Protocol):
    """What csv.reader makes."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


def told(assets: Assets) -> tuple[Said, ...]:
    """What people should put right."""
    return (assets.failure, *assets.flaws) if assets.failure else assets.flaws


def read_assets(path: Path) -> Assets:
    """Every line that has an address that can be read; what is wrong is told, not guessed."""
    try:
        if not path.is_file():
            return Assets(failure=NO_FILE.format(path=path))
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        return Assets(failure=UNREADABLE.format(path=path, error=error.strerror))
    if len(raw) > LARGEST:
        return Assets(failure=TOO_LARGE.format(path=path, most=LARGEST >> 20))
    try:
        return _listed(path, _text(raw))
    except csv.Error as error:
        return Assets(failure=NO_CSV.format(path=path, error=error))


def _text(raw: bytes) -> str:
    return raw.decode("utf-16", "replace") if raw.startswith(UTF_16) else decoded(raw)[0]


def _listed(path: Path, text: str) -> Assets:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    top = "\n".join(text.split("\n", TITLES)[:TITLES])
    lines = csv.reader(io.StringIO(text), delimiter=max(SEPARATORS, key=top.count))
    # People write what the list is, of which day and by whom, above its headings.
    above: list[list[str]] = []
    for cells in lines:
        columns = list(map(_column, cells))
        if "mac" in columns:
            return _rows(path, columns, lines)
        above.append(cells)
        if len(above) == TITLES:
            break
    found = ", ".join(clean(each, 20) for each in next(filter(any, above), [])[:8])
    return Assets(failure=NO_MAC.format(path=path, found=found))


def _rows(path: Path, columns: Sequence[str], lines: _Lines) -> Assets:
    by_mac: dict[str, Asset] = {}
    listed: list[Asset] = []
    flaws: list[str] = []
    begins = lines.line_num + 1
    for cells in lines:
        if any(cell.count("\n") > MOST_LINES for cell in cells):
            return Assets(failure=UNCLOSED.format(path=path, line=begins))
        begins = lines.line_num + 1
        row = _Row(columns, cells)
        asset, where = row.asset, f"{path}:{lines.line_num}"
        flaws += [f"{where}: {flaw}" for flaw in row.flaws]
        if asset.label:
            listed.append(asset)
        flaws += [
            f"{where}: {mac} is there twice; the first line counts"
            for mac in asset.macs
            if by_mac.setdefault(mac, asset) is not asset
        ]
    more = [f"{path}: {len(flaws) - MOST_FLAWS} more such lines"] if len(flaws) > MOST_FLAWS else []
    return Assets(by_mac, flaws=(*flaws[:MOST_FLAWS], *more), listed=tuple(listed))


def _column(heading: str) -> str:
    return named(clean(heading, LIMIT))


class _Row:
    """One line by its columns; cells that are missing are empty."""

    def __init__(self, columns: Sequence[str], cells: Sequence[str]) -> None:
        # Spreadsheets mark a text that looks like a formula with an apostrophe.
        self._cells = {name: cell.strip().removeprefix("'") for name, cell in zip(columns, cells, strict=False) if name}

    def text(self, name: str) -> str:
        return clean(self._cells.get(name, ""), LIMIT)

    @property
    def asset(self) -> Asset:
        text = self.text
        macs = dict.fromkeys(mac for written in self._macs if of_one_station(mac := mac_of(written)))
        return Asset(
            id=text("id"),
            name=text("name"),
            address=text("address"),
            owner=text("owner"),
            place=text("place"),
            network=self._network,
            serial=text("serial"),
            importance=text("importance"),
            warranty=day_of(text("warranty")),
            software=day_of(text("software")),
            macs=tuple(macs),
        )

    @property
    def flaws(self) -> Iterator[str]:
        """What in it was not understood."""
        if (said := self.text("network")) and not self._network:
            yield f"network {said}: allowed: {', '.join(NETWORKS)}"
        for written in self._macs:
            if not of_one_station(mac_of(written)):
                yield f"{clean(written, 40)} is not a device's hardware address, like 00e0-fc12-3456"
        for name in ("warranty", "software"):
            if (said := self.text(name)) and day_of(said) is None:
                yield f"{name} {said} is not a day, like 2027-06-30"

    @property
    def _network(self) -> str:
        said = self.text("network").lower()
        return said if said in NETWORKS else next((word for zh, word in WORDS.items() if said.startswith(zh)), "")

    @property
    def _macs(self) -> Iterator[str]:
        return (each for each in BETWEEN.split(self._cells.get("mac", "")[:1000]) if each)
