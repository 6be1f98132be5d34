"""Names to socket addresses: literals at once, names through the system's resolver, kept a minute, never past a
deadline."""

from __future__ import annotations

import asyncio
import math
import socket
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from agent.core.aside import aside
from agent.core.dns import NoSuchName
from agent.core.reach import CannotAsk

KEEP = 60.0  # seconds a found address serves
FRESH = 1.0  # seconds, where every question should see it changed, and measures the lookup
KEEP_FAILURE = 5.0  # seconds a failure is repeated without asking again
NAMES = 1024  # remembered at most
ADDRESSES = 32  # of one name at most
# RFC 3493 section 6.1 has EAI_NONAME for both; glibc still tells a name without addresses by EAI_NODATA.
NOWHERE = (socket.EAI_NONAME, socket.EAI_NODATA)
ASKING = 16  # lookups under way at most, the others wait: a resolver that hangs holds a thread for each

SocketAddress = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A family (AF_INET or AF_INET6) and the socket address of port 0 in it."""

    family: socket.AddressFamily
    address: SocketAddress

    @property
    def text(self) -> str:
        """With its zone, where it has one (RFC 4007 section 11)."""
        zone = self.address[3] if self.family == socket.AF_INET6 else 0
        return f"{self.address[0]}%{zone}" if zone else str(self.address[0])

    def port(self, number: int) -> SocketAddress:
        return (self.address[0], number, *self.address[2:])


def literal(text: str) -> Found | None:
    """The address that the text is itself; None if it is a name, or has a zone (fe80::1%eth0) to be looked up."""
    try:
        socket.inet_pton(socket.AF_INET, text)
        return Found(socket.AF_INET, (text, 0))
    except OSError:
        pass
    try:
        # In the kernel's own spelling, so that it compares with the source address of what comes back.
        spelled = socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, text))
        return Found(socket.AF_INET6, (spelled, 0, 0, 0))
    except OSError:
        return None


def own(source: str, to: Found) -> Found:
    """The address to send from; CannotAsk if it is not an address of this machine, or of another family."""
    ours = literal(source)
    if ours is None or ours.family != to.family:
        raise CannotAsk("missing", f"source {source} is not an address of the same family as {to.address[0]}")
    with socket.socket(ours.family, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind(ours.address)
        except OSError:
            raise CannotAsk(
                "missing", f"source {source} is not an address of this machine; take one that `ip address` shows"
            ) from None
    return ours


Addresses = tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why a name has no address. `nowhere`: the name servers say that it has none."""

    why: str
    nowhere: bool = False


NOTHING = Unresolved("not asked yet")


@dataclass
class Resolver:
    """One for the agent: askers of the same name share one lookup."""

    _known: dict[str, tuple[float, Addresses | Unresolved]] = field(default_factory=dict)
    _asking: dict[str, asyncio.Future[Addresses]] = field(default_factory=dict)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(ASKING))

    async def find(self, name: str, timeout: float) -> Found:
        """CannotAsk(resolve) if the name has no address (NoSuchName) or none was told within `timeout` seconds."""
        return (await self.every(name, timeout))[0]

    async def every(self, name: str, timeout: float, *, age: float = KEEP) -> Addresses:
        """All addresses in the system's order, looked up again if they are known for longer than `age` seconds."""
        if (found := literal(name)) is not None:
            return (found,)
        since, answer = self._known.get(name, (-math.inf, NOTHING))
        if monotonic() - since > (KEEP_FAILURE if isinstance(answer, Unresolved) else age):
            answer = await self._ask(name, timeout)
        if isinstance(answer, Unresolved):
            kind = NoSuchName if answer.nowhere else CannotAsk
            raise kind("resolve", f"{name}: {answer.why}; check the name, /etc/hosts and /etc/resolv.conf")
        return answer

    async def _ask(self, name: str, timeout: float) -> Addresses | Unresolved:
        began = monotonic()
        if name not in self._asking:
            try:
                async with asyncio.timeout(timeout):
                    await self._turns.acquire()
            except TimeoutError:
                return Unresolved(f"the resolver does not answer: {ASKING} lookups are still waiting")
            since, answer = self._known.get(name, (-math.inf, NOTHING))
            if since >= began or name in self._asking:  # another who waited has asked meanwhile
                self._turns.release()
            if since >= began:
                return answer
        future = self._asking.get(name) or self._begin(name)
        done, _ = await asyncio.wait({future}, timeout=max(0.0, began + timeout - monotonic()))
        return _answer(future) if done else Unresolved(f"the resolver did not answer within {timeout:g} s")

    def _begin(self, name: str) -> asyncio.Future[Addresses]:
        """A turn was taken for it."""
        future = self._asking[name] = aside(lambda: _look_up(name))
        future.add_done_callback(lambda done: self._keep(name, done))
        return future

    def _keep(self, name: str, done: asyncio.Future[Addresses]) -> None:
        del self._asking[name]
        self._turns.release()
        if done.cancelled():
            return
        self._known.pop(name, None)
        if len(self._known) >= NAMES:
            del self._known[next(iter(self._known))]
        self._known[name] = (monotonic(), _answer(done))


def _look_up(name: str) -> Addresses:
    listed = socket.getaddrinfo(name, 0, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(Found(family, address) for family, _, _, _, address in listed))[:ADDRESSES]


def _answer(future: asyncio.Future[Addresses]) -> Addresses | Unresolved:
    error = future.exception()
    if error is None:
        return future.result()
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    nowhere = isinstance(error, socket.gaierror) and error.errno in NOWHERE
    return Unresolved(f"no address for this name ({reason})", nowhere)
