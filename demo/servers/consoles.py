"""The command lines of switches, for a session of SSH: they show configurations."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import paramiko

from demo.consoles.terminal import Terminal
from demo.consoles.texts import family, shown
from demo.world.world import World

IDLE = 600.0  # seconds after which a session is ended, as devices do
Shell = Callable[[paramiko.Channel], None]


def shell(world: World, name: str, user: str) -> Shell | None:
    """What runs at the other end of a session with this node; None for what has no such command line."""
    switch = world.switching.switches.get(name)
    if switch is None:
        return None

    def run(channel: paramiko.Channel) -> None:
        with suppress(OSError, EOFError):
            channel.settimeout(IDLE)
            style = family(switch).style
            Terminal(channel, style, switch.name, lambda what: shown(switch, what, world.centre, user)).run()
        with suppress(OSError, EOFError):  # who asked may be gone already
            channel.close()

    return run
