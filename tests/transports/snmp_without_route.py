"""Run in a network with nothing but loopback: asks an address that no route leads to, and prints the failure."""

from __future__ import annotations

import asyncio

from agent.core.model import Target
from agent.core.reach import Login, ReachError, SnmpLogin
from agent.core.secrets import Secret
from agent.transports.snmp import SnmpWay


async def main() -> None:
    login = Login("room", SnmpLogin("2c", Secret("hunter2")))
    try:
        async with SnmpWay().session(Target("switch", "sw", "sw", address="10.99.0.1", login=login)) as session:
            await session.get(["1.3.6.1.2.1.1.1.0"])
    except ReachError as error:
        print(type(error).__name__, error.kind, error)  # its output is what the test reads


asyncio.run(main())
