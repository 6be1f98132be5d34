"""What `discover`, `onboard` and `init` share: real ways in, the collectors' knowledge of devices, a progress bar."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from agent.cli.common import leave, say
from agent.core.reach import CannotAsk, Login, ReachError, SnmpSession
from agent.core.site import Site
from agent.core.text import Language, Text
from agent.discovery import kinds
from agent.discovery.entries import OIDS
from agent.discovery.networks import addresses
from agent.discovery.scan import Answer, Recognised, Scan
from agent.options import Refused
from agent.reaching import reaching

RATE = 50.0
LOOKUPS = 8  # names looked up at a time
STOPPED = Text("已停止", "stopped")
NO_LOGIN = Text(
    "--credentials {name}:没有这个名字的 SNMP 登录信息;已有:{known}",
    "--credentials {name}: no SNMP login of that name; known: {known}",
)
NO_PING = Text("不能 ping,只用 SNMP 查找:{why}", "cannot ping, looking by SNMP only: {why}")


async def recognise(snmp: SnmpSession, facts: Mapping[str, Any]) -> Recognised:
    """By the collectors' profiles, else by the standard MIBs and the vendor's number. What a device that has
    answered does not answer any more it has not said."""
    from collectors.device import identity_of
    from collectors.device_identity import identify
    from collectors.profiles.reading import recognised

    profile, known = None, identify(facts)
    with contextlib.suppress(ReachError):
        profile = await recognised(snmp, None, facts)
        known = await identity_of(snmp, profile, facts)
        if wanted := kinds.more(facts):
            facts = {**facts, **await snmp.get(wanted)}
    return Recognised(
        vendor=known.vendor,
        model=known.model,
        version=known.version,
        serial=known.serial,
        profile=profile.id if profile else "",
        kind=kinds.kind(facts, profile.kind if profile else None),
    )


def oids() -> tuple[str, ...]:
    from collectors.device_identity import IDENTITY_OIDS

    return tuple(dict.fromkeys((*OIDS, *IDENTITY_OIDS)))


def addresses_of(networks: Sequence[str], language: Language) -> list[str]:
    """What is to be asked; exit 2 with the reason where a network cannot be. This machine's own addresses are left out:
    it is watched as localhost."""
    import psutil

    try:
        wanted = addresses(networks)
    except Refused as error:
        leave(error.text[language], 2)
    own = [each for card in psutil.net_if_addrs().values() for each in card]
    # A network that is written larger than it is holds broadcast addresses inside.
    left_out = {each.address.partition("%")[0] for each in own} | {each.broadcast for each in own}
    return [each for each in wanted if each not in left_out]


def logins_of(site: Site, names: Sequence[str]) -> list[Login]:
    """The SNMP logins to try: those named, else all; exit 2 if one does not exist."""
    known = {name: login for name, login in site.logins.items() if login.snmp is not None}
    if strange := [name for name in names if name not in known]:
        facts = {"name": strange[0], "known": ", ".join(known) or "-"}
        leave(NO_LOGIN.format(**facts)[site.language], 2)
    return [known[name] for name in names] if names else list(known.values())


def scanned(wanted: Sequence[str], logins: Sequence[Login], rate: float, language: Language) -> list[Answer]:
    """Whoever answers; a bar shows how far it is, on a terminal."""

    async def main(told: Callable[[], None]) -> tuple[list[Answer], str]:
        async with reaching() as reach:
            scan = Scan(reach, logins, oids(), recognise, rate, told)
            return await scan.run(wanted), scan.cannot_ping

    try:
        with _bar(len(wanted)) as told:
            answers, why = asyncio.run(main(told))
    except KeyboardInterrupt:
        leave(STOPPED[language], 130)
    if why:
        say(NO_PING.format(why=why)[language])
    return answers


@contextlib.contextmanager
def _bar(total: int) -> Iterator[Callable[[], None]]:
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)


def taken_ids(site: Site) -> set[str]:
    """Ids that an entry may not have any more."""
    return {site.center.id, *(each.id for each in site.targets), *(each.id for each in site.counters)}


def known_addresses(site: Site) -> dict[str, str]:
    """Which target is at which address; names are looked up, as far as that goes in a few seconds."""
    return dict(_resolved((target.address, target.id) for target in site.targets if target.address))


def _resolved(places: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    from agent.transports.resolve import Resolver

    resolver, slots = Resolver(), asyncio.Semaphore(LOOKUPS)

    async def one(address: str, target: str) -> tuple[str, str]:
        with contextlib.suppress(CannotAsk):
            async with slots:
                return str((await resolver.find(address, 3.0)).address[0]), target
        return address, target

    async def main() -> list[tuple[str, str]]:
        return await asyncio.gather(*[one(*place) for place in places])

    yield from asyncio.run(main())
