"""Canary files, at each poll by SHA-256: nobody has a reason to change, rename or remove them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from agent.core.unchanged import MISSING
from collectors.host.files import canaries
from collectors.host.metrics import CANARY
from collectors.host.subject import Subject, Turn

DIGEST = re.compile(r"\\?([0-9a-f]{64}) [ *]")  # a backslash where the name holds one, or a newline


def ask(turn: Turn) -> Sequence[Command]:
    """A command each: a name may hold anything, so that no line could be told from another."""
    return [Command(("sha256sum", "--", path), limit=4096) for path in turn.options.canaries]


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    yield from canaries(
        turn, {path: hashed(answer) for path, answer in zip(turn.options.canaries, answers, strict=False)}
    )


def hashed(answer: Answer) -> str | None:
    """The SHA-256 of the file, MISSING if there is none, None if that is not known."""
    match = DIGEST.match(answer.text) if answer.ok else None
    if match is not None:
        return match[1]
    return MISSING if b"No such file" in answer.stderr else None


SUBJECT = Subject("canaries", (CANARY,), ask, read)
