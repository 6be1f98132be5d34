"""Serves one of each device on loopback and prints an agent.yaml that watches them; ends with Ctrl-C.

`python -m demo.devices > demo.yaml`, and in another window `shouwang run -c demo.yaml`.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from demo.devices.configuration import agent_yaml
from demo.devices.one_of_each import NETWORK, PORT, places
from demo.devices.place import Clockwork, Place, User
from demo.devices.serving import Engine, serving


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.devices", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help=f"the UDP port of each (default {PORT})")
    parser.add_argument("--engine", choices=("pysnmp", "codec"), default="pysnmp", help="who answers versions 1 and 2c")
    parser.add_argument("--v3", action="store_true", help="version 3, signed and encrypted, instead of 2c")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times as fast their time passes")
    given = parser.parse_args()
    mine = places(Clockwork(speed=given.speed), given.port, User() if given.v3 else None)
    try:
        asyncio.run(serve(mine, given.engine))
    except OSError as error:
        sys.stderr.write(f"cannot serve at {NETWORK}.x port {given.port}: {error}; take another --port\n")
        return 1
    return 0


async def serve(mine: list[Place], engine: Engine) -> None:
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    async with serving(mine, engine):
        sys.stdout.write(agent_yaml(mine))
        sys.stdout.flush()
        await end.wait()


if __name__ == "__main__":
    sys.exit(main())
