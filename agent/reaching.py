"""The real ways into devices, opened together and closed together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from agent.core.reach import Reach
from agent.core.site import Site
from agent.transports.console import ConsoleWay
from agent.transports.dns import DnsWay
from agent.transports.http import HttpWay
from agent.transports.icmp import Pinger
from agent.transports.modbus import ModbusWay
from agent.transports.ntp import NtpWay
from agent.transports.resolve import Resolver
from agent.transports.snmp import SnmpWay
from agent.transports.ssh import Manners, SshWay
from agent.transports.tcp_talk import TcpWay


@asynccontextmanager
async def reaching(
    engine: str | None = None,
    site: Callable[[], Site | None] = lambda: None,
    noticed: Callable[[str, bool], None] = lambda identity, known: None,
    manners: Manners | None = None,
) -> AsyncIterator[Reach]:
    """They share one resolver, so that a name is looked up once for all. `engine` (own, pysnmp) goes before what the
    SNMP logins say; `site` tells of jump hosts; `noticed` is told by id whether a host's SSH key is known;
    `manners` are those of SSH."""
    resolver = Resolver()
    pinger = Pinger(resolver)
    ssh = SshWay(resolver, site, noticed, manners)
    try:
        yield Reach(
            pinger,
            TcpWay(resolver),
            SnmpWay(resolver, engine=engine),
            ModbusWay(resolver),
            http=HttpWay(resolver),
            dns=DnsWay(resolver),
            ntp=NtpWay(resolver),
            ssh=ssh,
            console=ConsoleWay(ssh),
        )
    finally:
        await ssh.close()
        pinger.close()
