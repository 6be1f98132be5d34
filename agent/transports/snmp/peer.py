"""What all who ask one agent share: whose turn it is, how long an answer takes, how much fits into one."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections import OrderedDict
from collections.abc import Callable
from weakref import WeakValueDictionary

from agent.transports.resolve import SocketAddress
from agent.transports.snmp import pdu
from agent.transports.snmp.limit import Limit

# Agents of which something is remembered while nobody asks them. The one asked the longest ago goes first.
REMEMBERED = 4096
# Seconds that the first answer of an agent may take until the next has its turn, and the least that a known one may.
UNKNOWN, LEAST = 1.0, 0.1

Rank = float


class Turn:
    """One question at a time is put to an agent: most work on one after the other, and what waits longer in such an
    agent than until it is sent again makes only more work. The lowest `rank` is next; of equals, the first."""

    def __init__(self) -> None:
        self._taken = False
        self._numbers = itertools.count()
        self._waiting: list[tuple[Rank, int, asyncio.Future[bool]]] = []

    async def take(self, rank: Rank, seconds: float) -> bool:
        """Whether the turn came within this time. Who has it gives it on."""
        if not self._taken:
            self._taken = True
            return True
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[bool] = loop.create_future()
        heapq.heappush(self._waiting, (rank, next(self._numbers), mine))
        timer = loop.call_later(seconds, _settle, mine, False)
        try:
            return await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled() and mine.result():
                self.give_on()
            raise
        finally:
            timer.cancel()

    def give_on(self) -> None:
        """To whoever is next when this step is over: who walks a table has asked for its next turn by then."""
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._give)
        else:
            self._taken = False

    def _give(self) -> None:
        while self._waiting:
            if _settle(heapq.heappop(self._waiting)[2], True):
                return
        self._taken = False


def _settle(future: asyncio.Future[bool], mine: bool) -> bool:
    if future.done():
        return False
    future.set_result(mine)
    return True


class Peer:
    """One agent, at an address and port."""

    __slots__ = ("__weakref__", "_smoothed", "_variation", "heard", "limits", "turn")

    def __init__(self, clock: Callable[[], float]) -> None:
        self.turn = Turn()
        self.heard = -math.inf  # when it last answered anybody, by the event loop's clock
        self.limits = {kind: Limit(clock) for kind in pdu.KINDS}
        self._smoothed: float | None = None
        self._variation = 0.0

    def answered(self, seconds: float) -> None:
        """An answer took this long (RFC 6298 section 2). Karn's rule is not needed: tries have numbers of their own."""
        if self._smoothed is None:
            self._smoothed, self._variation = seconds, seconds / 2
        else:
            self._variation += (abs(self._smoothed - seconds) - self._variation) / 4
            self._smoothed += (seconds - self._smoothed) / 8

    @property
    def patience(self) -> float | None:
        """Seconds within which an answer comes as a rule; None before the first."""
        if self._smoothed is None:
            return None
        return self._smoothed + max(4 * self._variation, self._smoothed, LEAST)


class Peers:
    """Peer by address and port. What is asked at present is always remembered."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._alive: WeakValueDictionary[SocketAddress, Peer] = WeakValueDictionary()
        self._latest: OrderedDict[SocketAddress, Peer] = OrderedDict()

    def __len__(self) -> int:
        return len(self._alive)

    def at(self, address: SocketAddress) -> Peer:
        peer = self._latest[address] = self._alive.setdefault(address, Peer(self._clock))
        self._latest.move_to_end(address)
        if len(self._latest) > REMEMBERED:
            self._latest.popitem(last=False)
        return peer
