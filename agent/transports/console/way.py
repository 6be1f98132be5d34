"""ConsoleWay: from a target and its login to the answers of its command line."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from agent.core.console import Family, Question
from agent.core.model import Target
from agent.transports.ssh import SshWay

if TYPE_CHECKING:
    from paramiko import Channel

SPARE = 0.3  # seconds: so that what a device did not do is told before its connection is ended
MOST = 3 * 2**20  # bytes of a whole conversation; the longest configurations of switches have half a megabyte
# On the wire, a line of a few characters that is sent alone takes several times as much; so that MOST is reached first.
WIRE = 8


class ConsoleWay:
    """Implements agent.core.console.Console, on the connections of SSH: its logins, jump hosts and host keys."""

    def __init__(self, ssh: SshWay) -> None:
        self._ssh = ssh

    async def ask(self, target: Target, family: Family, questions: Sequence[Question]) -> Mapping[Question, bytes]:
        end = time.monotonic() + target.timeout - min(0.5, target.timeout / 10) - min(SPARE, target.timeout / 20)

        def held(channel: Channel) -> Mapping[Question, bytes]:
            # Loads netmiko, in this thread: it takes a moment.
            from agent.transports.console.conversation import Conversation

            return Conversation(channel, family, session.place, end, MOST).answers(questions)

        async with self._ssh.session(target) as session:
            return await session.talk(held, WIRE * MOST)
