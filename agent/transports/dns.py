"""DNS by UDP, TCP and TLS: one socket per question.

The sockets are ours and not dnspython's: its exchange by TCP takes the first message that comes for the answer, and
neither of its ways tells a refused connection from a silent one, nor binds the time that hostile bytes cost.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from agent.core.dns import PORTS, DnsAnswer, DnsTransport, Question
from agent.core.reach import CannotAsk, ReachError, Unanswered
from agent.core.tls import Handshake, Tls
from agent.transports.datagram import exchange
from agent.transports.dns_message import Asked, NoMessage, asked, flags_of, rcode_of, sections, truncated
from agent.transports.resolve import FRESH, Found, Resolver, literal
from agent.transports.stream import Stream, stream
from agent.transports.tls import refused

RESOLV_CONF = Path("/etc/resolv.conf")
SERVERS = 3  # of resolv.conf, as the C library takes them
ELSEWHERE = ("SERVFAIL", "NOTIMP", "REFUSED")  # answers after which the C library asks the next of the resolvers
AT_ONCE = 128  # questions under way, each with a socket
MESSAGES = 20  # that are no answer, read from one TCP connection


@dataclass(frozen=True, slots=True)
class _Way:
    """Where and until when (perf_counter) one server is asked. `resolve`: seconds that its name took."""

    found: Found
    port: int
    server: str
    end: float
    source: str | None
    resolve: float

    @property
    def place(self) -> str:
        return f"DNS server {self.server} port {self.port}"


class DnsWay:
    """Implements agent.core.dns.Dns."""

    def __init__(self, resolver: Resolver | None = None, resolv_conf: Path = RESOLV_CONF) -> None:
        self._resolver = resolver or Resolver()
        self._resolv_conf = resolv_conf
        self._turns = asyncio.Semaphore(AT_ONCE)

    def resolvers(self) -> tuple[str, ...]:
        """The machine's own, by address; none if the file has none or cannot be read."""
        try:
            lines = self._resolv_conf.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ()
        named = [words[1] for line in lines if len(words := line.split()) > 1 and words[0] == "nameserver"]
        return tuple(dict.fromkeys(each for each in named if _address(each)))[:SERVERS]

    async def addresses(self, name: str, *, timeout: float) -> tuple[str, ...]:
        """As agent.core.dns.Dns has it."""
        return tuple(each.text for each in await self._resolver.every(name, timeout, age=FRESH))

    async def ask(
        self,
        question: Question,
        *,
        timeout: float,
        server: str | None = None,
        port: int | None = None,
        source: str | None = None,
        tls: Tls | None = None,
    ) -> DnsAnswer:
        """As agent.core.dns.Dns has it. Without a server each resolver has its share of what is left of `timeout`."""
        made = asked(question)
        servers = (server,) if server is not None else self.resolvers()
        if not servers:
            raise CannotAsk("missing", f"no name server in {self._resolv_conf}; write a `nameserver` line, or a server")
        end = perf_counter() + timeout
        for left in range(len(servers), 0, -1):
            share = perf_counter() + (end - perf_counter()) / left
            try:
                way = await self._way(servers[-left], port or PORTS[question.transport], share, source)
                async with self._turn(share):
                    answer = await _ask(made, way, question, tls)
            except ReachError:
                if left == 1:
                    raise
                continue
            if left == 1 or answer.rcode not in ELSEWHERE:
                return answer
        raise AssertionError("the last server returns or raises")

    async def _way(self, server: str, port: int, end: float, source: str | None) -> _Way:
        began = perf_counter()
        found = literal(server) or await self._resolver.find(server, end - began)
        return _Way(found, port, server, end, source, perf_counter() - began)

    @asynccontextmanager
    async def _turn(self, end: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(max(0.0, end - perf_counter())):
                await self._turns.acquire()
        except TimeoutError:
            raise CannotAsk(
                "missing", f"{AT_ONCE} DNS questions still wait for answers; ask fewer names and servers, or less often"
            ) from None
        try:
            yield
        finally:
            self._turns.release()


def _address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Came:
    wire: bytes
    connect: float
    request: float
    handshake: Handshake | None = None


async def _ask(made: Asked, way: _Way, question: Question, tls: Tls | None) -> DnsAnswer:
    if question.transport != "udp":
        wanted = (tls or Tls()) if question.transport == "tls" else None
        return _answer(await _by_stream(made, way, wanted), way, question.transport)
    came = await _by_datagram(made, way)
    if truncated(came.wire) and question.whole:
        return replace(_answer(await _by_stream(made, way, None), way, "tcp"), truncated=True)
    return _answer(came, way, "udp")


def _answer(came: _Came, way: _Way, transport: DnsTransport) -> DnsAnswer:
    try:
        answer, authority, additional = sections(came.wire)
    except NoMessage as error:
        raise Unanswered("protocol", f"{way.place}: its answer cannot be read: {error}") from None
    return DnsAnswer(
        rcode=rcode_of(came.wire),
        flags=flags_of(came.wire),
        answer=answer,
        authority=authority,
        additional=additional,
        server=str(way.found.address[0]),
        transport=transport,
        truncated=truncated(came.wire),
        resolve=way.resolve,
        connect=came.connect,
        request=came.request,
        handshake=came.handshake,
    )


async def _by_datagram(made: Asked, way: _Way) -> _Came:
    began = perf_counter()

    def accept(wire: bytes, _arrived: float) -> _Came | None:
        return _Came(wire, 0.0, perf_counter() - began) if made.answered_by(wire) else None

    return await exchange(
        way.found, way.port, lambda: made.wire, accept, end=way.end, place=way.place, source=way.source
    )


async def _by_stream(made: Asked, way: _Way, tls: Tls | None) -> _Came:
    began = perf_counter()
    try:
        async with (
            asyncio.timeout(way.end - began),
            stream(way.found, way.port, end=way.end, place=way.place, source=way.source) as opened,
        ):
            if tls is not None:
                await opened.secure(tls, way.server)
            asking = perf_counter()
            wire = await _conversation(made, opened, way.place)
            return _Came(wire, asking - began, perf_counter() - asking, opened.handshake)
    except TimeoutError:
        raise Unanswered("timeout", f"{way.place}: no answer by TCP within {way.end - began:.1f} s") from None
    except asyncio.IncompleteReadError:
        raise Unanswered("refused", f"{way.place} closed the TCP connection without an answer") from None
    except ssl.SSLError as error:
        raise refused(error, way.place) from None
    except OSError:
        raise Unanswered("refused", f"{way.place}: the TCP connection broke") from None


async def _conversation(made: Asked, opened: Stream, place: str) -> bytes:
    """By TCP each message has its length before it (RFC 1035 section 4.2.2)."""
    opened.writer.write(len(made.wire).to_bytes(2, "big") + made.wire)
    for _ in range(MESSAGES):
        length = int.from_bytes(await opened.reader.readexactly(2), "big")
        wire = await opened.reader.readexactly(length)
        if made.answered_by(wire):
            return wire
    raise Unanswered("protocol", f"{place}: {MESSAGES} messages came by TCP and none is an answer to the question")
