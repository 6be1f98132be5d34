"""Program files that agent.yaml names, by SHA-256: which copy this host has. Linux keeps no version in a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from agent.core.text import clean
from agent.core.unchanged import MISSING
from collectors.host import words
from collectors.host.linux.watched import hashes
from collectors.host.metrics import SOFTWARE
from collectors.host.subject import HOUR, Subject, Turn

LONG = 8.0  # seconds: for some hundred megabytes


def ask(turn: Turn) -> Sequence[Command]:
    return [Command(("sha256sum", "--", path), limit=4096, seconds=LONG) for path in turn.options.software]


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    for path, answer in zip(turn.options.software, answers, strict=False):
        found = hashes(answer.text).get(path, "")
        if not found and b"No such file" in answer.stderr:
            found = MISSING
        if found:
            yield Sample(SOFTWARE, 1.0, (clean(path, 120), found, ""))
        else:
            turn.remarks.append(words.NOT_WHOLE.format(path=clean(path, 80), why=clean(answer.stderr, 120)))


SUBJECT = Subject("software", (SOFTWARE,), ask, read, every=HOUR, heavy=True)
