"""A TCP connection to talk through, plainly or by TLS, which leaves no descriptor behind however it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import perf_counter

from agent.core.tls import Handshake, Tls
from agent.transports.resolve import Found
from agent.transports.tcp import connected
from agent.transports.tls import HELD, PARTING, Secured, secure


class Stream:
    """`connect`: seconds until the connection stood."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connect: float) -> None:
        self.reader, self.writer, self.connect = reader, writer, connect
        self._secured: Secured | None = None

    @property
    def handshake(self) -> Handshake | None:
        return self._secured.handshake if self._secured is not None else None

    async def secure(self, wanted: Tls, name: str) -> None:
        """From here on by TLS. ssl.SSLError, another OSError or CannotAsk if it fails."""
        self._secured = made = await secure(self.writer, wanted, name)
        self.reader, self.writer = made.reader, made.writer


@asynccontextmanager
async def stream(
    found: Found, port: int, *, end: float, place: str, source: str | None = None
) -> AsyncIterator[Stream]:
    """Stands before `end` (by perf_counter) or raises what Tcp.connect does; what happens then is the caller's."""
    ours, seconds = await connected(found, port, end=end, place=place, source=source)
    try:
        reader, writer = await asyncio.open_connection(sock=ours, limit=HELD)
    except BaseException:
        ours.close()
        raise
    opened = Stream(reader, writer, seconds)
    try:
        yield opened
        await _part(opened, end)
    finally:
        opened.writer.transport.abort()
        await asyncio.sleep(0)  # the loop closes the socket in its next round


async def _part(opened: Stream, end: float) -> None:
    """An orderly end; a server that does not answer TLS's goodbye is left."""
    opened.writer.close()
    if opened.handshake is None:
        return
    with suppress(TimeoutError, OSError):
        async with asyncio.timeout(max(0.0, min(PARTING, end - perf_counter()))):
            await opened.writer.wait_closed()
