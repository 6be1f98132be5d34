"""`shouwang assets`: the list of assets against what the agent has seen in the network."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.assets import read_assets, told
from agent.cli.common import DEFAULT, Config, leave, out, out_json, out_rich, say, site_of, store_of, table_of
from agent.cli.spreadsheet import BOM, csv_text
from agent.control import NotRunning, Refused, ask
from agent.core.assets import Asset, Assets
from agent.core.inventory import Inventory, Sighting, findable, read, without_owner
from agent.core.site import Site
from agent.core.text import Language, Text, spoken
from agent.core.units import moment
from agent.inventory import FACT

if TYPE_CHECKING:
    from rich.table import Table

NO_LIST = Text(
    "agent.yaml 里没有 assets:;写上资产清单的文件名", "agent.yaml names no list of assets: write assets: FILE"
)
NEVER_LOOKED = Text(
    "还没有和网络比对过:要有交换机能用 SNMP 读到,并运行 shouwang run",
    "not compared with the network yet: it takes a switch that SNMP can read, and `shouwang run`",
)
TITLE = Text("资产清单与网络比对,截至 {at},一致率 {ratio}", "assets against the network at {at}, matching {ratio}")
TOO_EARLY = Text("(观察未满一天)", "(observed for less than a day)")
STRANGERS = Text("清单里没有的设备:查明后登记或断开", "devices that are not listed: find out, then register or unplug")
COLUMNS = (
    Text("资产", "asset"),
    Text("名称", "name"),
    Text("位置", "place"),
    Text("责任人", "owner"),
    Text("最近见到", "last seen"),
    Text("何处", "where"),
    Text("问题", "to do"),
)
STRANGER_COLUMNS = (
    Text("MAC 地址", "MAC address"),
    Text("地址", "address"),
    Text("何处", "where"),
    Text("VLAN", "VLAN"),
)
REMARKS = {
    "missing": Text("30 天未见到,查明去向", "not seen in 30 days: find it"),
    "never": Text("从未见到,核对 MAC 和地址", "never seen: check MAC and address"),
    "unfindable": Text("没有 MAC、地址或序列号,无法核对", "no MAC, address or serial number to find it by"),
    "moved": Text("地址是 {address},清单写 {listed}", "has address {address}, the list says {listed}"),
    "owner": Text("没有责任人", "nobody is responsible"),
    "expired": Text("保修已于 {day} 到期", "warranty ended on {day}"),
    "expiring": Text("保修 {day} 到期,还有 {left} 天", "warranty ends on {day}, in {left} days"),
    "old": Text("软件已 {years} 年未更新({day})", "software is {years} years old ({day})"),
}
EXPIRING_DAYS, OLD_DAYS, YEAR = 90, 3 * 365, 365.25


class Form(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Line:
    """An asset, where it was seen last, and what somebody should do about it: words of REMARKS with their facts."""

    asset: Asset
    last: Sighting | None
    remarks: tuple[tuple[str, Text], ...]


def assets(
    config: Config = DEFAULT,
    form: Annotated[Form, typer.Option("--format")] = Form.TABLE,
    todo: Annotated[bool, typer.Option("--todo", help="only those that somebody must see to")] = False,
) -> None:
    """资产清单与网络比对 / The list of assets against the network.

    Where each is plugged in and when it was last seen, whose warranty ends, and which devices are not listed. Exit 0, 1
    if the list cannot be read, 2 if agent.yaml names none.
    """
    site = site_of(config)
    path = site.sections["assets"]
    if path is None:
        leave(NO_LIST[site.language], 2)
    listed = read_assets(path)
    stale = _stale(site)
    if listed.failure:
        leave(stale or spoken(listed.failure, site.language))
    for flaw in told(listed):
        say(spoken(flaw, site.language))
    if stale:
        say(stale)
    found = read(store_of(site).recall(FACT))
    lines = [each for each in _lines(site, listed, found) if each.remarks or not todo]
    if form is Form.JSON:
        out_json(_json(listed, found, lines))
    elif form is Form.CSV:
        heading = list(_facts(Line(Asset(), None, ()), "zh"))
        out(BOM + csv_text(heading, (_facts(each, site.language) for each in lines)))
    else:
        for table in _tables(site, listed, found, lines):
            out_rich(table)


def _stale(site: Site) -> str:
    """Has the running agent write down what it saw; why it works with an earlier list than the file has, if it does."""
    with contextlib.suppress(NotRunning, Refused, OSError):
        stale: str = (ask(site.state, "inventory").get("stale") or {}).get(site.language, "")
        return stale
    return ""


def _lines(site: Site, listed: Assets, found: Inventory) -> list[Line]:
    ownerless = set(without_owner(listed, site.targets))
    today = site.calendar.local(time.time()).date()
    return [
        Line(
            each,
            found.seen.get(each.label),
            (*_of_place(each, found), *_of_register(each, each in ownerless), *_of_age(each, today)),
        )
        for each in listed.listed
    ]


def _of_place(asset: Asset, found: Inventory) -> Iterator[tuple[str, Text]]:
    last = found.seen.get(asset.label)
    if not findable(asset):
        yield "unfindable", REMARKS["unfindable"]
    elif found.proven and found.missing(asset):
        word = "never" if last is None else "missing"
        yield word, REMARKS[word]
    if last is not None and asset.address and last.address not in ("", asset.address):
        yield "moved", REMARKS["moved"].format(address=last.address, listed=asset.address)


def _of_register(asset: Asset, ownerless: bool) -> Iterator[tuple[str, Text]]:
    if ownerless:
        yield "owner", REMARKS["owner"]


def _of_age(asset: Asset, today: date) -> Iterator[tuple[str, Text]]:
    if asset.warranty is not None:
        left = (asset.warranty - today).days
        word = "expired" if left < 0 else "expiring"
        if left <= EXPIRING_DAYS:
            yield word, REMARKS[word].format(day=asset.warranty, left=left)
    if asset.software is not None and (age := (today - asset.software).days) >= OLD_DAYS:
        yield "old", REMARKS["old"].format(years=f"{age / YEAR:.1f}", day=asset.software)


def _json(listed: Assets, found: Inventory, lines: Sequence[Line]) -> dict[str, Any]:
    """Times are Unix seconds."""
    return {
        "at": found.at or None,
        "since": found.began,
        "match_ratio": found.match_ratio(listed),
        "assets": [_facts(each, "en") | {"to_do": [word for word, _ in each.remarks]} for each in lines],
        "strangers": [{"mac": mac, **_where(each)} for mac, each in sorted(found.strangers.items())],
    }


def _facts(line: Line, language: Language) -> dict[str, Any]:
    asset = line.asset
    facts = {name: getattr(asset, name) for name in ("name", "owner", "place", "network", "serial", "importance")}
    days = {name: str(day) if (day := getattr(asset, name)) else "" for name in ("warranty", "software")}
    where = _where(line.last or Sighting(0.0))
    remarks = "; ".join(text[language] for _, text in line.remarks)
    listed = {"asset": asset.label, **facts, "listed_address": asset.address, "mac": " ".join(asset.macs), **days}
    return {**listed, "last_seen": line.last.at if line.last else None, **where, "to_do": remarks}


def _where(each: Sighting) -> dict[str, str]:
    return {"target": each.target, "interface": each.interface, "vlan": each.vlan, "address": each.address}


def _tables(site: Site, listed: Assets, found: Inventory, lines: Sequence[Line]) -> Iterator[Table | str]:
    language = site.language
    if found.began is None:
        yield NEVER_LOOKED[language]
    ratio = found.match_ratio(listed)
    said = TOO_EARLY[language] if ratio is None else f"{ratio:.1%}"
    at = moment(site.calendar, found.at) if found.at else "–"
    table = table_of(COLUMNS, language, TITLE.format(at=at, ratio=said)[language])
    for each in lines:
        asset, last = each.asset, each.last
        remarks = "\n".join(text[language] for _, text in each.remarks)
        seen = moment(site.calendar, last.at) if last else "–"
        table.add_row(asset.label, asset.name, asset.place, asset.owner or "–", seen, _there(last), remarks)
    yield table
    if found.strangers:
        table = table_of(STRANGER_COLUMNS, language, STRANGERS[language])
        for mac, there in sorted(found.strangers.items()):
            table.add_row(mac, there.address or "–", _there(there), there.vlan or "–")
        yield table


def _there(last: Sighting | None) -> str:
    return " ".join(part for part in (last.target, last.interface) if part) if last else "–"
