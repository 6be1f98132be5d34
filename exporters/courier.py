"""Courier: brings one receiver what it must hear, in its own task, for as long as it takes."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from agent.core.aside import aside
from agent.core.delivery import Delivery, Word
from agent.core.incident import Incident
from agent.core.store import Store, Told

RENEW_SECONDS = 60.0  # a receiver that keeps alerts in memory only hears again of every open one this often
FIRST_RETRY, LAST_RETRY = (
    0.5,
    5.0,
)  # doubled from the one to the other; a receiver that is back is found within the last
REJECTED_RETRY = 60.0  # it answers, and does not want it: somebody must look at it
PAUSE = 0.2  # the least between two rounds, and between two tries at one that does not answer the first retry
POST_INCIDENTS = 100  # in one message


class Untaken(Exception):
    """The receiver did not take it; the text says why. `rejected`: it understood, and refuses the content."""

    def __init__(self, reason: str, rejected: bool = False) -> None:
        super().__init__(reason)
        self.rejected = rejected


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the receiver says of itself before it is told anything.

    `boot` names the start of its process, `hold` is how long (seconds) it must see an alert fire before that may end,
    `now` is its own clock (Unix seconds).
    """

    now: float
    hold: float
    boot: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One word about an incident, whose class is the one that the receiver knows the alert by. `first`: it has never
    taken this alert as firing. `ended` is when it ended, also where the firing has still to be told."""

    word: Word
    incident: Incident
    row: Delivery
    ended: float | None = None

    @property
    def first(self) -> bool:
        return self.row.fired is None

    @property
    def told(self) -> Told:
        return Told(self.row.key, self.word, self.row.incident, self.row.revision)


class Channel(Protocol):
    """A way to a receiver. `greet` and `post` raise Untaken."""

    @property
    def name(self) -> str: ...
    async def greet(self) -> Greeting: ...
    async def post(self, messages: Sequence[Message], greeting: Greeting) -> None: ...
    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What to say now, and in how many seconds something else becomes due."""

    messages: tuple[Message, ...] = ()
    wait: float = RENEW_SECONDS


def plan(
    deliveries: Iterable[tuple[Delivery, Incident]], now: float, hold: float, renew: bool, resolve_after: float = 0.0
) -> Plan:
    """What is due: news, and with `renew` everything that fires. An end is told `resolve_after` seconds after it came.

    What a receiver has never taken as firing comes first: Alertmanager notifies a new group at once when an alert in it
    is old, and what follows waits for the group's next turn (five minutes by default).
    """
    messages, wait = [], RENEW_SECONDS
    for row, incident in deliveries:
        word, left = _next(row, now, hold, resolve_after)
        if left == 0 or (renew and word == "firing"):
            known = incident if incident.class_ == row.class_ else replace(incident, class_=row.class_)
            messages.append(Message(word, known, row, row.ended))
        elif left is not None:
            wait = min(wait, left)
    fresh = {message.incident.id for message in messages if message.first and message.word == "firing"}
    messages.sort(key=lambda message: (message.incident.id not in fresh, message.incident.id, message.word))
    return Plan(tuple(messages), wait)


def _next(row: Delivery, now: float, hold: float, resolve_after: float) -> tuple[Word, float | None]:
    """The word that this receiver must hear next, and in how many seconds; None: never, as things are."""
    if row.word == "firing":
        return "firing", 0 if row.waiting else None
    if not row.waiting:
        return "resolved", None
    if row.overtaken:
        return "resolved", 0
    if row.fired is None:
        return "firing", 0  # an alert that arrives already ended is ignored: it fires first
    left = max(_left(hold, row.fired, now), _left(resolve_after, row.ended, now))
    return ("firing", left) if left > 0 else ("resolved", 0)


def _left(span: float, since: float | None, now: float) -> float:
    """How much of a span is left; nothing where the clock was set back before its beginning."""
    return span - (now - since) if since is not None and since <= now else 0.0


@dataclass(frozen=True, slots=True)
class ReceiverState:
    """For page and metrics. `reachable` is None before the first try, and so since `since`; `last_ok` and
    `failing_since` are Unix seconds; `waiting` counts alerts that it has still to take."""

    name: str
    reachable: bool | None = None
    since: float | None = None
    last_ok: float | None = None
    waiting: int = 0
    error: str = ""

    @property
    def failing_since(self) -> float | None:
        return self.since if self.reachable is False else None


@dataclass
class Courier:
    """`run` until cancelled. One that hangs holds up nobody else."""

    channel: Channel
    store: Store
    clock: Callable[[], float] = time.time
    renew_seconds: float = RENEW_SECONDS
    resolve_after: float = 0.0
    state: ReceiverState = field(init=False)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    _failures: int = 0
    _renew_at: float = -1.0  # monotonic; the first round renews, for nobody knows what the receiver remembers

    def __post_init__(self) -> None:
        self.state = ReceiverState(self.channel.name)
        self._log = logging.getLogger(__name__)

    def wake(self) -> None:
        """Something is due."""
        self._idle.clear()
        self._woken.set()

    async def run(self) -> None:
        try:
            while True:
                self._woken.clear()
                pause = await self._round()
                if not self._woken.is_set():
                    self._idle.set()
                await asyncio.sleep(PAUSE)
                await self._sleep(pause - PAUSE)
        finally:
            await self.channel.close()

    @property
    def waiting(self) -> int:
        """Alerts that the receiver has still to take."""
        return self.store.waiting(self.channel.name)

    async def settle(self) -> None:
        """Until everything due is said, or cannot be said now."""
        if self.waiting and self.state.reachable is not False:
            self.wake()
            await self._idle.wait()

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(seconds, 0)):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _round(self) -> float:
        """One try to say everything due; gives the seconds until the next."""
        try:
            wait = await self._speak()
        except Untaken as error:
            return self._failed(str(error), REJECTED_RETRY if error.rejected else LAST_RETRY)
        except Exception as error:  # noqa: BLE001 - a defect in one alert's text must not end all alerts in silence
            self._log.exception("alerts to %s", self.channel.name)
            return self._failed(f"defect: {error!r}", LAST_RETRY)
        self._succeeded()
        return wait

    async def _speak(self) -> float:
        name, store = self.channel.name, self.store
        greeting = await self.channel.greet()
        if greeting.boot is not None and greeting.boot != store.boot(name):
            boot = greeting.boot
            await aside(lambda: store.booted(name, boot))
        renew = time.monotonic() >= self._renew_at
        due = plan(store.deliveries(name), self.clock(), greeting.hold, renew, self.resolve_after)
        for part in parts(due.messages):
            await self._post(part, greeting)
        if renew:
            self._renew_at = time.monotonic() + self.renew_seconds
        after = plan(store.deliveries(name), self.clock(), greeting.hold, False, self.resolve_after)
        return 0 if after.messages else min(after.wait, self._renew_at - time.monotonic())

    async def _post(self, messages: Sequence[Message], greeting: Greeting) -> None:
        """Said, and noted as said. A message that is rejected is said again incident by incident, so that one that the
        receiver does not want keeps no other from it."""
        try:
            await self._post_all(messages, greeting)
        except Untaken as error:
            groups = list(_by_incident(messages))
            if not error.rejected or len(groups) == 1:
                raise
            failure = None
            for group in groups:
                try:
                    await self._post_all(group, greeting)
                except Untaken as error:
                    if not error.rejected:
                        raise
                    failure = error
            if failure is not None:
                raise failure from None

    async def _post_all(self, messages: Sequence[Message], greeting: Greeting) -> None:
        current = self.store.trying([message.row for message in messages])
        messages = [message for message in messages if message.row.key in current]
        if not messages:
            return
        await self.channel.post(messages, greeting)
        told, at = [message.told for message in messages], self.clock()
        await aside(lambda: self.store.delivered(told, at))

    def _failed(self, reason: str, longest: float) -> float:
        if self.state.reachable is not False:
            self._log.warning("%s takes no alerts: %s", self.channel.name, reason)
            self.state = replace(self.state, reachable=False, since=self.clock())
        self.state = replace(self.state, error=reason)
        pause = min(FIRST_RETRY * 2**self._failures, LAST_RETRY) if longest == LAST_RETRY else longest
        self._failures = min(self._failures + 1, 10)
        return pause * random.uniform(0.9, 1)  # noqa: S311 - spreads tries, keeps no secret

    def _succeeded(self) -> None:
        now = self.clock()
        if self.state.reachable is not True:
            if self.state.reachable is False:
                self._log.warning("%s takes alerts again", self.channel.name)
            self.state = replace(self.state, reachable=True, since=now, error="")
        self.state = replace(self.state, last_ok=now)
        self._failures = 0


def _by_incident(messages: Sequence[Message]) -> Iterator[list[Message]]:
    for _, group in itertools.groupby(messages, lambda message: message.incident.id):
        yield list(group)


def parts(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """Messages of a size that a receiver takes; both classes of an incident whose class changes stay in one."""
    groups = list(_by_incident(messages))
    for first in range(0, len(groups), POST_INCIDENTS):
        yield list(itertools.chain.from_iterable(groups[first : first + POST_INCIDENTS]))
