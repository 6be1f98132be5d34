"""Console as collectors see it: the command line of a network device, of which only what is in a table can be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from agent.core.model import Target

# Kinds of command line, by the names that netmiko gives them.
Family = Literal["huawei_vrp", "hp_comware", "ruijie_os", "cisco_ios"]
Question = Literal[
    "running",
    "saved",
    "loop_ports",
    "loop_vlans",
    "mac_moves",
    "ips_signatures",
    "antivirus_signatures",
    "application_signatures",
    "licences",
]


class Console(Protocol):
    async def ask(self, target: Target, family: Family, questions: Sequence[Question]) -> Mapping[Question, bytes]:
        """The whole answer to each question, as the device shows it, without echo, prompt and page breaks; empty where
        the device says that it has no saved configuration, and where it has nothing to tell; a question other than
        `running` that the account may not ask, or the device does not know, has no answer.

        CannotAsk: no login, the host key, no right to read it, a password that wants to be changed. Unanswered: the
        device hangs, goes away, floods, or does not end. No answer is ever a part of one.
        """
        ...
