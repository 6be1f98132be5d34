"""The list of assets (`assets:` in agent.yaml): a CSV file that people keep in a spreadsheet. Columns are found by
their headings, in Chinese or English; agent.discovery.assets has the table of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from agent.asset_rows import Row
from agent.core.assets import Asset, Assets
from agent.core.text import Said, Text, clean
from agent.discovery.assets import decoded, headed, named, separator

LARGEST = 8 * 2**20  # bytes; a line has about 150
MOST_FLAWS = 20
MOST_LINES = 20  # of one cell
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # "Unicode text" of a spreadsheet
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # ZIP, OLE
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
WORKBOOK = Text(
    "{path}:这是 Excel 工作簿,不是 CSV;请在 Excel/WPS 里另存为“CSV UTF-8(逗号分隔)”",
    "{path}: a workbook (.xlsx, .xls), not CSV; save its sheet as CSV UTF-8 (comma delimited)",
)
AT = Text("{path}:{line}:{flaw}", "{path}:{line}: {flaw}")
MORE = Text("{path}:还有 {count} 处这样的问题", "{path}: {count} more such flaws")
ID_TWICE = Text(
    "编号 {id} 第 {first} 行已用过;两台设备会被当成一台",
    "id {id} is that of line {first} as well; both count as one device",
)
MAC_TWICE = Text("{mac} 前面已登记过;以前面那行为准", "{mac} is there twice; the first line counts")
UNCLOSED = Text(
    "{path}:{line}:引号没有配对,后面的行都读不到;请补上或删去这个引号",
    "{path}:{line}: a quote that is not closed takes in the lines behind it; close it or take it out",
)


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
    if raw.startswith(WORKBOOKS):
        return Assets(failure=WORKBOOK.format(path=path))
    try:
        return _listed(path, _text(raw))
    except csv.Error as error:
        return Assets(failure=NO_CSV.format(path=path, error=error))


def _text(raw: bytes) -> str:
    return raw.decode("utf-16", "replace") if raw.startswith(UTF_16) else decoded(raw)[0]


def _listed(path: Path, text: str) -> Assets:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = csv.reader(io.StringIO(text), delimiter=separator(text))
    header, above = headed(lines)
    if header is not None:
        return _rows(path, list(map(named, header)), lines)
    found = ", ".join(clean(each, 20) for each in next(filter(any, above), [])[:8])
    return Assets(failure=NO_MAC.format(path=path, found=found))


def _rows(path: Path, columns: Sequence[str], lines: _Lines) -> Assets:
    by_mac: dict[str, Asset] = {}
    listed: list[Asset] = []
    flaws: list[Text] = []
    lines_by_id: dict[str, int] = {}
    begins = lines.line_num + 1
    for cells in lines:
        if any(cell.count("\n") > MOST_LINES for cell in cells):
            return Assets(failure=UNCLOSED.format(path=path, line=begins))
        begins = lines.line_num + 1
        row = Row(columns, cells)
        asset = row.asset
        found = list(row.flaws)
        if asset.label:
            listed.append(asset)
        if asset.id and (first := lines_by_id.setdefault(asset.id, lines.line_num)) != lines.line_num:
            found.append(ID_TWICE.format(id=asset.id, first=first))
        found += [MAC_TWICE.format(mac=mac) for mac in asset.macs if by_mac.setdefault(mac, asset) is not asset]
        flaws += [AT.format(path=path, line=lines.line_num, flaw=flaw) for flaw in found]
    more = [MORE.format(path=path, count=len(flaws) - MOST_FLAWS)] if len(flaws) > MOST_FLAWS else []
    return Assets(by_mac, flaws=(*flaws[:MOST_FLAWS], *more), listed=tuple(listed))
