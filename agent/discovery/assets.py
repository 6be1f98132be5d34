"""A line for a new device in the list of assets, a CSV file that people keep in a spreadsheet.

The columns that the file has are filled by their names, in Chinese or English; the others stay empty for people.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Mapping

from agent.core.text import clean

# What a new file has, and under which other names a column is known.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("编号", "资产编号"),
    "name": ("名称", "设备名称", "资产名称"),
    "kind": ("类别", "类型", "设备类型"),
    "address": ("地址", "ip", "ip地址"),
    "mac": (
        "mac地址",
        "物理地址",
        "硬件地址",
        *(f"{of}mac{end}" for of in ("有线", "无线", "网卡") for end in ("", "地址")),
        *(f"mac{end}" for end in ("1", "2", "地址1", "地址2")),
    ),
    "vendor": ("厂商", "品牌"),
    "model": ("型号",),
    "serial": ("序列号", "sn", "sn号"),
    "version": ("版本", "软件版本"),
    "owner": ("责任人", "负责人"),
    "place": ("位置", "存放地点"),
    "network": ("网络", "所属网络"),
    "since": ("登记日期", "启用日期"),
    "importance": ("重要程度", "重要性", "重要等级"),
    "warranty": ("保修到期", "维保到期", "质保到期", "保修截止", "保修到期日", "保修截止日期", "维保截止日期"),
    "software": ("软件日期", "版本日期", "固件日期"),
}
FORMULA = ("=", "+", "-", "@")  # a cell that begins so is run by a spreadsheet
BOM = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # "Unicode text" of a spreadsheet
SEPARATORS = ",;\t"
TITLES = 10  # lines in which the headings are looked for
LONGEST = 80  # characters of a heading


def with_asset(raw: bytes | None, asset: Mapping[str, str]) -> bytes:
    """The file with one more line; None makes a new one, in UTF-8 with the mark by which spreadsheets know it."""
    text, encoding = decoded(raw) if raw else ("", "utf-8")
    lines, between = _lines(text)
    header = next(lines, None) if text.strip() else None
    break_ = "\r\n" if not text or "\r\n" in text else "\n"
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator=break_, delimiter=between)
    if header is None:
        header, text = list(COLUMNS), ""
        rows.writerow(header)
    columns = list(map(named, header))
    rows.writerow([_cell(asset.get(name, "")) if columns.index(name) == at else "" for at, name in enumerate(columns)])
    if text and not text.endswith("\n"):
        text += break_
    marked = raw is None or not raw or raw.startswith(BOM)
    return (BOM if marked else b"") + (text + out.getvalue()).encode(encoding, "replace")


def column(raw: bytes, name: str) -> list[str]:
    """What stands in this column, whatever the file calls it; empty where it has none."""
    text, _ = decoded(raw)
    lines, _ = _lines(text)
    called = list(map(named, next(lines, [])))
    at = called.index(name) if name in called else None
    return [row[at] for row in lines if at is not None and len(row) > at]


def headed(lines: Iterator[list[str]]) -> tuple[list[str] | None, list[list[str]]]:
    """The headings, known by their column of hardware addresses, and the lines above: people write there what the list
    is, of which day and by whom. None where no headings are in the first TITLES lines."""
    above: list[list[str]] = []
    for cells in itertools.islice(lines, TITLES):
        if "mac" in map(named, cells):
            return cells, above
        above.append(cells)
    return None, above


def separator(text: str) -> str:
    """What stands between the cells."""
    top = "\n".join(text.split("\n", TITLES)[:TITLES])
    return max(SEPARATORS, key=top.count)


def _lines(text: str) -> tuple[Iterator[list[str]], str]:
    """The headings and the lines below, and what is between cells; where no headings are known, all lines."""
    between = separator(text)
    lines = csv.reader(io.StringIO(text), delimiter=between)
    header, above = headed(lines)
    return itertools.chain(above if header is None else [header], lines), between


def named(called: str) -> str:
    """Which column a heading means; empty for one that is not known."""
    plain = re.sub(
        r"[(（\[【].*|[\s*＊:：]", "", clean(called, LONGEST).lower()
    )  # remarks in brackets, the mark of what must be filled in
    return next((name for name, others in COLUMNS.items() if plain == name or plain in others), "")


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) else value


def decoded(raw: bytes) -> tuple[str, str]:
    """The text without its mark, and what it is encoded in: spreadsheets here write UTF-8, GB18030 or UTF-16."""
    if raw.startswith(UTF_16):
        return raw.decode("utf-16", "replace"), "utf-16"
    try:
        return raw.removeprefix(BOM).decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace"), "gb18030"
