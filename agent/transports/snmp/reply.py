"""The tries of one question, and where the answer arrives, whichever of them it answers."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from agent.core.reach import ReachError
from agent.transports.snmp import pdu


class Sending(NamedTuple):
    """One try: what of the question was sent, when by the event loop's clock, under which request-id."""

    question: pdu.Question
    at: float
    request_id: int


class Answer(NamedTuple):
    """What came, and to which try."""

    sending: Sending
    outcome: pdu.Response | ReachError


class Reply:
    """The first answer counts; later ones are `taken` for nothing."""

    __slots__ = ("_waiter", "answer")

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self._waiter: asyncio.Future[None] | None = None

    def take(self, sending: Sending, outcome: pdu.Response | ReachError) -> bool:
        """Whether this is the first."""
        if self.answer is not None:
            return False
        self.answer = Answer(sending, outcome)
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
