"""pysnmp as an agent: a second opinion on version 3 beside snmpd, with 3DES and both ways to lengthen a key.

Runs as a process of its own: `python tests/pysnmp_agent.py PORT` serves SNMPv2-MIB to USERS.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import cmdrsp, context

from tests.peers import free_port, running, until
from tests.snmp_users import users
from tests.snmp_v3_agent import AUTH_SERVICES, PRIVACY_SERVICES

SYS_DESCR = "1.3.6.1.2.1.1.1.0"


@dataclass(frozen=True)
class PysnmpAgent:
    port: int
    host: str = "127.0.0.1"
    community: str = "public"


USERS = users(AUTH_SERVICES, PRIVACY_SERVICES)


@contextmanager
def pysnmp_agent(folder: Path) -> Iterator[PysnmpAgent]:
    port, log = free_port(socket.SOCK_DGRAM), folder / "pysnmp.log"
    root = Path(__file__).resolve().parent.parent
    with running([sys.executable, __file__, str(port)], log, {"PYTHONPATH": str(root), "TMPDIR": str(folder)}):
        until(lambda: b"listening" in log.read_bytes(), why=f"pysnmp listens; its log is {log}")
        yield PysnmpAgent(port)


async def serve(port: int) -> None:
    engine = SnmpEngine()
    config.add_transport(engine, udp.DOMAIN_NAME, udp.UdpTransport().open_server_mode(("127.0.0.1", port)))
    config.add_v1_system(engine, "public", "public")
    for model in (1, 2):
        config.add_vacm_user(engine, model, "public", "noAuthNoPriv", (1, 3, 6))
    for each in USERS:
        level = "authPriv" if each.privacy else "authNoPriv" if each.auth else "noAuthNoPriv"
        config.add_v3_user(
            engine,
            each.name,
            AUTH_SERVICES.get(each.auth, config.USM_AUTH_NONE),
            each.auth_password or None,
            PRIVACY_SERVICES.get(each.privacy, config.USM_PRIV_NONE),
            each.privacy_password or None,
        )
        config.add_vacm_user(engine, 3, each.name, level, (1, 3, 6))
    served = context.SnmpContext(engine)
    for responder in (cmdrsp.GetCommandResponder, cmdrsp.NextCommandResponder, cmdrsp.BulkCommandResponder):
        responder(engine, served)
    engine.transport_dispatcher.job_started(1)
    print("listening", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
