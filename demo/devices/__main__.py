"""Serves one of each device on loopback and prints an agent.yaml that watches them; ends with Ctrl-C.

`python -m demo.devices > demo.yaml`, and in another window `shouwang run -c demo.yaml`. A third one changes what is
so: `python -m demo.devices set ups-1 mains=off`, `set access-1 port.GigabitEthernet0/0/7=down`,
`set room-1 celsius.inlet=35 contact.water=on`; a word that there is not tells those that there are.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from functools import partial

from demo.control import ask, controlled
from demo.devices.configuration import agent_yaml
from demo.devices.control import answer, place_of_socket
from demo.devices.one_of_each import NETWORK, PORT, places
from demo.devices.place import Clockwork, Place, User
from demo.devices.serving import Engine, serving


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.devices", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help=f"the UDP port of each (default {PORT})")
    parser.add_argument("--engine", choices=("pysnmp", "codec"), default="pysnmp", help="who answers versions 1 and 2c")
    parser.add_argument("--v3", action="store_true", help="version 3, signed and encrypted, instead of 2c")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times as fast their time passes")
    parser.add_argument("words", nargs="*", metavar="set DEVICE WHAT=VALUE", help="change a device that is served")
    given = parser.parse_args()
    if given.words:
        return tell(given.words, given.port)
    mine = places(Clockwork(speed=given.speed), given.port, User() if given.v3 else None)
    try:
        asyncio.run(serve(mine, given.engine, given.port))
    except OSError as error:
        sys.stderr.write(f"cannot serve at {NETWORK}.x port {given.port}: {error}; take another --port\n")
        return 1
    return 0


def tell(words: list[str], port: int) -> int:
    """Has the process that serves at this port change a device."""
    if words[0] != "set" or len(words) < 3:
        sys.stderr.write("expected: set DEVICE WHAT=VALUE …, as in: set ups-1 mains=off\n")
        return 2
    try:
        refused = ask(place_of_socket(port), words[1:])
    except ConnectionAbortedError as error:
        refused = str(error)
    except OSError as error:
        sys.stderr.write(f"no devices are served at port {port}: {error}; start them, or name their --port\n")
        return 1
    if refused:
        sys.stderr.write(f"{refused}\n")
    return 2 if refused else 0


async def serve(mine: list[Place], engine: Engine, port: int) -> None:
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    async with serving(mine, engine), controlled(place_of_socket(port), partial(answer, mine)):
        sys.stdout.write(agent_yaml(mine))
        sys.stdout.flush()
        await end.wait()


if __name__ == "__main__":
    sys.exit(main())
