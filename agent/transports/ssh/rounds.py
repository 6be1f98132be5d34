"""Rounds: many commands in one exchange, and which part of what came back belongs to which."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.core.reach import CannotAsk
from agent.core.ssh import Answer, Command, Dialect
from agent.transports.ssh import posix, windows

MOST_COMMANDS = 200
MOST_OUTPUT = 8 * 2**20  # bytes of one round, of all its commands together
MOST_ERRORS = 128 * 1024  # bytes on standard error that are kept
SLACK = 64 * 1024  # what a login shell may say before the first command

Script = Callable[[Sequence[Command], str, float], bytes]
DIALECTS: Mapping[Dialect, tuple[str, Script]] = {
    "posix": (posix.LINE, posix.script),
    "windows": (windows.LINE, windows.script),
}


@dataclass(frozen=True, slots=True)
class Round:
    """What is sent, and how much may come. `line` is what the login shell is given, the same for every round; `heard`
    is what came on standard output and standard error so far."""

    commands: tuple[Command, ...]
    boundary: str
    line: str
    script: bytes
    heard: tuple[bytearray, bytearray] = field(default_factory=lambda: (bytearray(), bytearray()))

    @property
    def most(self) -> int:
        """Bytes on standard output that can come of it by right."""
        return sum(each.limit + 1 + len(self.boundary) + 16 for each in self.commands) + SLACK


def prepared(commands: Sequence[Command], dialect: Dialect, seconds: float) -> Round:
    """To be answered within `seconds`. CannotAsk if these commands cannot be put.

    The boundary cannot be guessed, so no output can hold it.
    """
    if not 0 < len(commands) <= MOST_COMMANDS or sum(each.limit for each in commands) > MOST_OUTPUT:
        raise CannotAsk(
            "missing", f"a round has 1 to {MOST_COMMANDS} commands and at most {MOST_OUTPUT} bytes of output"
        )
    boundary = secrets.token_hex(16)
    line, script = DIALECTS[dialect]
    return Round(tuple(commands), boundary, line, script(commands, boundary, seconds))


def answers(asked: Round, stdout: bytes, stderr: bytes) -> tuple[Answer, ...]:
    """An answer for each command that came to its end, in their order; fewer than asked where it broke off."""
    pieces = re.split(rb"\r?\n" + asked.boundary.encode() + rb" (-|-?\d{1,10})\r?\n", stdout)
    # [before the first command, "-", output, status, output, status, …, rest]
    outputs, statuses = pieces[2:-1:2], pieces[3::2]
    errors = re.split(rb"\r?\n" + asked.boundary.encode() + rb"\r?\n", stderr)[1:]
    errors += [b""] * len(asked.commands)
    return tuple(
        Answer(
            command, int(status) if status != b"-" else 0, _kept(command, output), error, len(output) > command.limit
        )
        for command, output, status, error in zip(asked.commands, outputs, statuses, errors, strict=False)
    )


def _kept(command: Command, output: bytes) -> bytes:
    return output[-command.limit :] if command.last else output[: command.limit]
