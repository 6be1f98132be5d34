"""One question: what was sent of it so far, and where the answer arrives, whichever of its tries it answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import NamedTuple

from agent.core.reach import ReachError
from agent.transports.snmp import pdu


@dataclass(slots=True)
class Tries:
    """What was sent so far of one question: how often, since when, in which shape at last, with which request-ids."""

    question: pdu.Question
    shape: pdu.Question = field(init=False)
    ids: list[int] = field(default_factory=list)
    count: int = 0
    began: float = 0.0

    def __post_init__(self) -> None:
        self.shape = self.question


class Answer(NamedTuple):
    """What came, and what was asked by it."""

    question: pdu.Question
    outcome: pdu.Response | ReachError


class Reply:
    """The first answer counts; later ones are `taken` for nothing."""

    __slots__ = ("_waiter", "answer")

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self._waiter: asyncio.Future[None] | None = None

    def take(self, question: pdu.Question, outcome: pdu.Response | ReachError) -> bool:
        """Whether this is the first."""
        if self.answer is not None:
            return False
        self.answer = Answer(question, outcome)
        if self._waiter is not None:
            _wake(self._waiter)
        return True

    async def within(self, seconds: float) -> Answer | None:
        """The answer; None if it does not come in time. One timer, which nothing that arrives can move; `asyncio.wait`
        would do the same for a third round of the event loop per packet."""
        if self.answer is None and seconds > 0:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = loop.call_later(seconds, _wake, self._waiter)
            try:
                await self._waiter
            finally:
                timer.cancel()
        return self.answer


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
