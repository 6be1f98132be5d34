"""Listening ports by TCP. Those from 49152 on are Windows' own for remote procedure calls: `listen` may allow them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.core.model import Sample
from collectors.host import words
from collectors.host.allowed import Listener, beyond, unexpected
from collectors.host.metrics import LISTENING
from collectors.host.subject import MINUTE, Turn
from collectors.host.windows.script import number, rows, script, subject, text

SCRIPT = script(
    "ports",
    """give @{tcp=@(Get-NetTCPConnection -State Listen|ForEach-Object{@{address=[string]$_.LocalAddress
port=[int]$_.LocalPort}})}""",
)


def told(turn: Turn, facts: Mapping[str, Any]) -> Iterator[Sample]:
    found = [
        Listener("tcp", text(each, "address").partition("%")[0], int(port))
        for each in rows(facts, "tcp")
        if (port := number(each, "port")) is not None
    ]
    if found:  # sshd at least listens
        yield from unexpected(found, turn.options.listen)
        turn.remarks.extend(beyond(found, turn.options.listen))


SUBJECT = subject("ports", words.PORTS, (LISTENING,), SCRIPT, told, every=5 * MINUTE)
