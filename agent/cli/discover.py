"""`shouwang discover`: what answers in a network, as entries that agent.yaml can take."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from agent.cli.common import DEFAULT, Config, leave, out, out_json, out_rich, say, site_of
from agent.cli.scanning import (
    RATE,
    addresses_of,
    known_addresses,
    logins_of,
    scanned,
    taken_ids,
)
from agent.core.text import Language, Text
from agent.discovery.entries import Entry, entries, rendered
from agent.discovery.scan import Answer

HEADS = {
    "zh": ("地址", "ping", "登录信息", "编号", "名称", "设备", "配置段"),
    "en": ("address", "ping", "credentials", "id", "name", "device", "section"),
}
SUMMARY = Text(
    "问了 {asked} 个地址,{answered} 个有应答,其中 {known} 个已在 agent.yaml 里,{new} 个是新的",
    "asked {asked} addresses: {answered} answered, {known} of them are in agent.yaml already, {new} are new",
)
PING_ONLY = Text(
    "agent.yaml 里没有 SNMP 登录信息:只用 ping 查找", "agent.yaml names no SNMP credentials: looking by ping only"
)

NOBODY = Text("没有可问的地址", "no address to ask")


class Form(StrEnum):
    YAML = "yaml"
    TABLE = "table"
    JSON = "json"


def discover(
    networks: Annotated[list[str], typer.Argument(help="like 10.0.0.0/24; at most a /20")],
    config: Config = DEFAULT,
    credentials: Annotated[
        list[str] | None, typer.Option("--credentials", help="SNMP credentials to try; default: all of agent.yaml")
    ] = None,
    rate: Annotated[float, typer.Option("--rate", min=1, max=1000, help="packets a second at most")] = RATE,
    form: Annotated[Form, typer.Option("--format", help="yaml, table, json")] = Form.YAML,
) -> None:
    """查找网段里的设备 / Look for devices, and print their entries.

    Asks by ping and SNMP; the entries are for agent.yaml.
    """
    site = site_of(config)
    logins = logins_of(site, credentials or [])
    wanted = addresses_of(networks, site.language)
    if not wanted:
        leave(NOBODY[site.language], 2)
    if not logins:
        say(PING_ONLY[site.language])
    answers = scanned(wanted, logins, rate, site.language)
    known = known_addresses(site)
    fresh = [each for each in answers if each.address not in known]
    found = entries(fresh, taken_ids(site))
    _show(answers, found, known, form, site.language)
    for each in answers:
        if each.note:
            say(f"{each.address}: {each.note}")
    counts = {"asked": len(wanted), "answered": len(answers), "known": len(answers) - len(fresh), "new": len(fresh)}
    say(SUMMARY.format(**counts)[site.language])


def _show(
    answers: Sequence[Answer], found: Sequence[Entry], known: dict[str, str], form: Form, language: Language
) -> None:
    if form is Form.JSON:
        out_json([_document(answer, found, known) for answer in answers])
    elif form is Form.TABLE:
        out_rich(_table(answers, found, known, language))
    elif found:
        out(rendered(found))


def _at(address: str, found: Sequence[Entry]) -> Entry | None:
    return next((each for each in found if each.options["address"] == address), None)


def _document(answer: Answer, found: Sequence[Entry], known: dict[str, str]) -> dict[str, Any]:
    said = {"address": answer.address, "ping": answer.ping, "credentials": answer.login, "note": answer.note}
    entry = _at(answer.address, found)
    if entry is None:
        return {**said, "known_as": known[answer.address]}
    about = entry.recognised
    device = {"vendor": about.vendor, "model": about.model, "version": about.version, "serial": about.serial}
    device |= {"profile": about.profile, "kind": about.kind or ""}
    return {**said, "known_as": None, "section": entry.section, "device": device, "entry": dict(entry.options)}


def _table(answers: Sequence[Answer], found: Sequence[Entry], known: dict[str, str], language: Language) -> Any:
    from rich.table import Table

    table = Table(*HEADS[language])
    for answer in answers:
        entry = _at(answer.address, found)
        cells = [answer.address, {True: "✓", False: "✗", None: "?"}[answer.ping], answer.login or ""]
        if entry is None:
            cells += [known[answer.address], "", "", "agent.yaml"]
        else:
            cells += [entry.id, entry.options["name"], entry.remark, entry.section]
        table.add_row(*cells)
    return table
