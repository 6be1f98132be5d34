"""What one part of the check of an application gave, and when trouble began."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.core.http import HttpAnswer
from agent.core.model import Diagnosis, Sample, Target
from agent.core.reach import CannotAsk, Poll
from agent.core.text import Text
from collectors.application import words

ASKING = 0.8  # share of the deadline that asking may take
IN_ALL = 0.95
LEAST = 0.2  # seconds for a question that is put when the others have used up the time


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an application is not as it should be. With `since` (Unix seconds) the text is a whole sentence."""

    said: Text
    since: float | None = None


@dataclass(frozen=True)
class Part:
    """`up` is None where this says nothing of it; `closed` why it could not be asked; `diagnoses` what is wrong beside
    that it is down."""

    samples: tuple[Sample, ...] = ()
    up: bool | None = None
    fault: Fault | None = None
    closed: CannotAsk | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    answer: HttpAnswer | None = field(default=None, repr=False)


def seconds_in_all(target: Target) -> float:
    """For all that is asked one after the other; what is left then is for the rest of the run."""
    return IN_ALL * min(target.timeout, target.every)


def seconds_to_ask(target: Target) -> float:
    return ASKING * min(target.timeout, target.every)


async def opened(part: Coroutine[Any, Any, Part]) -> Part:
    """The part, or why it could not be asked."""
    try:
        return await part
    except CannotAsk as error:
        return Part(closed=error)


async def together(parts: Iterable[Coroutine[Any, Any, Part]]) -> Sequence[Part]:
    """At once; a single one needs no task of its own."""
    asked = [opened(each) for each in parts]
    return await asyncio.gather(*asked) if len(asked) > 1 else [await each for each in asked]


def since(poll: Poll, key: str, wrong: bool) -> float | None:
    """When what `key` stands for began to be wrong, in Unix seconds; None while it is not."""
    began: dict[str, float] = poll.memory.setdefault("since", {})
    if not wrong:
        began.pop(key, None)
        return None
    return poll.now - (poll.monotonic - began.setdefault(key, poll.monotonic))


def diagnosis(fault: Fault, began: float | None, template: Text = words.DOWN) -> Diagnosis:
    """The sentence for people."""
    if fault.since is not None:
        return Diagnosis(fault.said, fault.since)
    return Diagnosis(_with(template, lambda each: {"reason": each}, fault.said), began or 0.0)


def _with(template: Text, facts: Callable[[str], Mapping[str, str]], said: Text) -> Text:
    zh, en = template.format(**facts(said.zh)).zh, template.format(**facts(said.en)).en
    return Text(zh, en)
