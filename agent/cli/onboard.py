"""`shouwang onboard`: takes one new device in, in one step: its entry, asset, baseline and a line in the register."""

from __future__ import annotations

import asyncio
import getpass
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from agent.cli.common import DEFAULT, Config, leave, out, say, site_of
from agent.cli.registering import registered
from agent.cli.scanning import RATE, addresses_of, known_addresses, logins_of, scanned, taken_ids
from agent.cli.taking import shown, taken_in, write
from agent.core.reach import Login, ReachError, SnmpLogin
from agent.core.site import Site
from agent.core.text import Language, Text, clean
from agent.discovery.baseline import Port
from agent.discovery.entries import NAME_LIMIT, SECTIONS, entry
from agent.discovery.scan import Answer

DUPLEX = "1.3.6.1.2.1.10.7.2.1.19"  # dot3StatsDuplexStatus: 2 half, 3 full
PORTS_TIMEOUT = 30.0
NO_SECTION = Text("--section {section}:可用:{allowed}", "--section {section}: allowed: {allowed}")
NO_NAME = Text(
    "--name {name}:应为一行可显示的文字,最多 {most} 个字符",
    "--name {name}: expected one line of printable text, at most {most} characters",
)
ONE_ADDRESS = Text(
    "{address}:应为一台设备的地址,且不是本机", "{address}: expected the address of one device, and not of this machine"
)
KNOWN = Text("{address} 已登记为 {id}", "{address} is {id} already")
SILENT = Text(
    "{address} 不应答 ping,也不应答 SNMP;什么也没有写", "{address} answers neither ping nor SNMP; nothing was written"
)
NO_SNMP = Text(
    "应答 ping,但用登录信息 {credentials} 不应答 SNMP:请核对团体名或用户、端口和设备上的访问限制;"
    "若确实没有 SNMP,用 --ping-only",
    "answers ping, but no SNMP with credentials {credentials}: check community or user, port, and whom the device lets "
    "ask; if it has no SNMP, use --ping-only",
)
NO_LOGINS = Text(
    "应答 ping,但 agent.yaml 里没有 SNMP 登录信息:请先写进 credentials;若确实没有 SNMP,用 --ping-only",
    "answers ping, but agent.yaml names no SNMP credentials: write them first; if it has no SNMP, use --ping-only",
)
ONE_WAY = Text("--credentials 和 --ping-only 不能同时用", "--credentials and --ping-only cannot be used together")
NO_SERIAL = Text(
    "{id} 不报告序列号;请手工填进资产清单和基线,否则换了设备看不出来",
    "{id} does not tell its serial number; write it into assets and baseline, or an exchanged device is not seen",
)


def onboard(  # noqa: PLR0913, PLR0917 - each is an option of the command
    address: Annotated[str, typer.Argument(help="of the new device")],
    config: Config = DEFAULT,
    credentials: Annotated[str, typer.Option("--credentials", help="SNMP credentials; default: all are tried")] = "",
    ping_only: Annotated[bool, typer.Option("--ping-only", help="it has no SNMP: watch only if it answers")] = False,
    id_: Annotated[str, typer.Option("--id", help="default: from the device's own name")] = "",
    name: Annotated[str, typer.Option("--name", help="what people call it")] = "",
    section: Annotated[str, typer.Option("--section", help="machine_room, switches, hosts; default: recognised")] = "",
    who: Annotated[str, typer.Option("--who", help="person's id in agent.yaml; default: this login")] = "",
    note: Annotated[str, typer.Option("--note", help="for the register: why, on whose order")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="print everything, write nothing")] = False,
) -> None:
    """登记一台新设备 / Take one new device in.

    Writes its entry in agent.yaml, its asset and baseline, and a line in the register of changes.
    """
    site = site_of(config)
    _fitting(site, name, section, credentials if ping_only else "")
    logins = [] if ping_only else logins_of(site, [credentials] if credentials else [])
    answer = _answering(site, address, logins, ping_only)
    login = next((each for each in logins if each.name == answer.login), None)
    found = entry(answer, taken_ids(site))
    chosen = {"id": id_, "name": name}
    found = replace(found, options={**found.options, **{key: value for key, value in chosen.items() if value}})
    found = replace(found, section=section or found.section)
    taking = taken_in(site, found, _ports(answer, login, site.language))
    if dry_run:
        out(shown(taking))
        return
    with registered(site, found, who or getpass.getuser(), note) as register:
        write(site, taking)
        if login is not None and not found.recognised.serial:
            say(NO_SERIAL.format(id=found.id)[site.language])
        register()


def _fitting(site: Site, name: str, section: str, credentials: str) -> None:
    """Exit 2 where what was said does not fit: a name of several lines, a section that there is not, or `credentials`
    beside --ping-only."""
    if clean(name, NAME_LIMIT) != " ".join(part for part in name.split(" ") if part):
        leave(NO_NAME.format(name=json.dumps(name, ensure_ascii=False), most=NAME_LIMIT)[site.language], 2)
    if section not in ("", *SECTIONS):
        leave(NO_SECTION.format(section=section, allowed=", ".join(SECTIONS))[site.language], 2)
    if credentials:
        leave(ONE_WAY[site.language], 2)


def _answering(site: Site, address: str, logins: Sequence[Login], ping_only: bool) -> Answer:
    """What the device says; exit where it is known already, silent, or does not answer SNMP and should."""
    (where, *more) = addresses_of([address], site.language) or [""]
    if more or not where:
        leave(ONE_ADDRESS.format(address=address)[site.language], 2)
    if (known := known_addresses(site).get(where)) is not None:
        leave(KNOWN.format(address=where, id=known)[site.language], 2)
    answers = scanned([where], logins, RATE, site.language)
    if not answers:
        leave(SILENT.format(address=where)[site.language])
    (answer,) = answers
    if answer.login is None and not ping_only:
        names = ", ".join(each.name for each in logins)
        why = NO_SNMP.format(credentials=names) if names else NO_LOGINS
        why = Text(answer.note, answer.note) if answer.note else why
        leave(Text(f"{where}:{why.zh};什么也没有写", f"{where}: {why.en}; nothing was written")[site.language])
    return answer


def _ports(answer: Answer, login: Login | None, language: Language) -> list[Port]:
    """Its interfaces; none where they cannot be read, which is said."""
    if login is None or login.snmp is None:
        return []
    try:
        return asyncio.run(_read_ports(answer.address, login.name, login.snmp))
    except ReachError as error:
        say(Text(f"{error};基线里没有端口", f"{error}; the baseline has no interfaces")[language])
        return []


async def _read_ports(address: str, name: str, login: SnmpLogin) -> list[Port]:
    from agent.reaching import reaching
    from collectors.if_mib import described

    async with (
        reaching() as reach,
        reach.snmp.open(address, login, PORTS_TIMEOUT, f"credentials {name}") as session,
    ):
        rows = await described(session)
        duplex = {index: row.get(DUPLEX) async for index, row in session.columns([DUPLEX])}
    words = {2: "half", 3: "full"}
    return [
        Port(
            name=row.name,
            admin_up=row.admin_up,
            up=row.up,
            speed=None if row.speed is None else round(row.speed * 8),
            duplex=words.get(duplex.get(row.index) or 0, ""),
            description=row.alias,
        )
        for row in rows
    ]
