"""Conversations by TCP: line by line as the tcp module of blackbox_exporter has them, in plain or by TLS, bounded in
time and in what is read."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import perf_counter

from agent.core.model import Failure
from agent.core.reach import ReachError
from agent.core.tcp import Script, Step, Talk
from agent.core.text import clean
from agent.core.tls import Handshake
from agent.options.pattern import Match, expanded, search
from agent.transports.resolve import Found, literal
from agent.transports.stream import Stream, stream
from agent.transports.tcp import Connector
from agent.transports.tls import HELD, context, inspect, refused

MOST = 2**20  # bytes read in one conversation
MOST_LINES = 10_000
TOGETHER = 100  # lines that are there already which are looked at before others get their turn
MOST_RAW = 4096  # bytes read in one step without lines: whenever some come, all are tried again
LATIN = "latin-1"  # bytes as the characters U+0000 to U+00FF


class TcpWay(Connector):
    """Implements agent.core.tcp.Tcp."""

    async def talk(self, address: str, port: int, script: Script, *, timeout: float, source: str | None = None) -> Talk:
        """As agent.core.tcp.Tcp has it."""
        began = perf_counter()
        if script.secure or any(step.starttls for step in script.steps):
            context(script.tls)  # tells of a file that cannot be used before anybody is asked
        found = literal(address) or await self._resolver.find(address, timeout)
        return await _Talking(script, address, found, port, began, began + timeout, source).run()


@dataclass(frozen=True, slots=True)
class _Talking:
    """One conversation until `end` (perf_counter); `name` is what the certificate should be for."""

    script: Script
    name: str
    found: Found
    port: int
    began: float
    end: float
    source: str | None

    @property
    def place(self) -> str:
        return f"{self.name} port {self.port}"

    async def run(self) -> Talk:
        resolved = perf_counter()
        async with self._connected() as opened:
            course = _Course(self.script, self.name, opened)
            error = await self._error(course)
        shown = opened.handshake
        if isinstance(error, ssl.SSLCertVerificationError):
            shown = await self._inspected(error)
        return Talk(
            resolve=resolved - self.began,
            connect=opened.connect,
            seconds=perf_counter() - self.began,
            handshake=shown,
            matched=tuple(course.matched),
            failure=None if error is None else self._failure(error, course),
            step=None if error is None else course.step,
            unmet=isinstance(error, _Unmet),
        )

    def _connected(self) -> AbstractAsyncContextManager[Stream]:
        return stream(self.found, self.port, end=self.end, place=self.place, source=self.source)

    def _rest(self) -> asyncio.Timeout:
        return asyncio.timeout(max(0.0, self.end - perf_counter()))

    async def _error(self, course: _Course) -> Exception | None:
        try:
            async with self._rest():
                await course.run()
        except (_Stopped, OSError) as error:  # the latter has TimeoutError and ssl.SSLError in it
            return error
        return None

    async def _inspected(self, error: ssl.SSLCertVerificationError) -> Handshake | None:
        with suppress(TimeoutError, ReachError):
            async with self._rest():
                return await inspect(self._before_tls, self.script.tls, self.name, error)
        return None

    @asynccontextmanager
    async def _before_tls(self) -> AsyncIterator[asyncio.StreamWriter]:
        """Once more as far as it went without TLS. OSError if the server says something else this time."""
        async with self._connected() as opened:
            try:
                await _Course(self.script, self.name, opened).run(until_tls=True)
            except _Stopped as error:
                raise ConnectionAbortedError(str(error)) from None
            yield opened.writer

    def _failure(self, error: Exception, course: _Course) -> Failure:
        where = self.place if course.step is None else f"{self.place}, step {course.step + 1}"
        heard = f"; the last line was: {clean(course.last)}" if course.last else ""
        match error:
            case TimeoutError():
                return Failure("timeout", f"{where}: not done within {self.end - self.began:.1f} s{heard}")
            case ssl.SSLError():
                return refused(error, where).failure
            case OSError():
                return Failure("refused", f"{where}: the server broke off the connection{heard}")
        return Failure("protocol", f"{where}: {error}{heard}")


class _Stopped(Exception):
    """What the server says is not what was expected, or too much."""


class _Unmet(_Stopped):
    """The server closed without what was expected."""


@dataclass
class _Course:
    """How far one connection got: the index of the step, what met each expectation, the last line that was heard."""

    script: Script
    name: str
    opened: Stream
    step: int | None = None
    matched: list[str] = field(default_factory=list)
    last: str = ""
    heard: int = 0  # bytes
    lines: int = 0

    async def run(self, *, until_tls: bool = False) -> None:
        if self.script.secure:
            if until_tls:
                return
            await self.opened.secure(self.script.tls, self.name)
        for self.step, step in enumerate(self.script.steps):  # noqa: B020 - where it stands is told afterwards
            await self._take(step)
            if step.starttls:
                if until_tls:
                    return
                await self.opened.secure(self.script.tls, self.name)

    async def _take(self, step: Step) -> None:
        said = step.send
        if step.expect:
            match = await (self._bytes(step.expect) if step.raw else self._line(step.expect))
            self.matched.append(clean(match[0]))
            said = expanded(said, match)
        if said:
            self.opened.writer.write(said.encode(LATIN, "replace") if step.raw else f"{said}\n".encode())
            await self.opened.writer.drain()

    async def _line(self, expression: str) -> Match:
        """The first line that matches; what the server says last need not end in a line feed."""
        while True:
            try:
                line = await self.opened.reader.readuntil(b"\n")
            except asyncio.IncompleteReadError as error:
                line = error.partial
                if not line:
                    raise _Unmet(f"the server closed, and no line matched {expression!r}") from None
            except asyncio.LimitOverrunError:
                raise _Stopped(f"a line of more than {HELD} bytes") from None
            await self._count(line)
            self.last = line.removesuffix(b"\n").removesuffix(b"\r").decode(errors="replace")
            if (match := search(expression, self.last)) is not None:
                return match

    async def _bytes(self, expression: str) -> Match:
        """The first match in all that comes from here on."""
        came = b""
        while len(came) <= MOST_RAW:
            more = await self.opened.reader.read(MOST_RAW)
            if not more:
                raise _Unmet(f"the server closed, and nothing matched {expression!r}")
            came += more
            if (match := search(expression, came.decode(LATIN))) is not None:
                return match
        raise _Stopped(f"{MOST_RAW} bytes came, and nothing matched {expression!r}")

    async def _count(self, line: bytes) -> None:
        self.heard += len(line)
        self.lines += 1
        if self.heard > MOST or self.lines > MOST_LINES:
            raise _Stopped(f"{self.lines} lines of {self.heard} bytes came, and not what was expected")
        if self.lines % TOGETHER == 0:
            await asyncio.sleep(0)
