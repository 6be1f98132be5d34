"""A TCP connection to talk through, which leaves no descriptor behind however it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from time import perf_counter

from agent.transports.resolve import Found
from agent.transports.tcp import connected

HELD = 2**16  # bytes that may wait to be read; asyncio stops reading from the socket at twice this
PARTING = 0.5  # seconds for TLS to say goodbye


@dataclass(frozen=True, slots=True)
class Stream:
    """`connect`: seconds until the connection stood."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    connect: float


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
    try:
        yield Stream(reader, writer, seconds)
        await _part(writer, end)
    finally:
        writer.transport.abort()
        await asyncio.sleep(0)  # the loop closes the socket in its next round


async def _part(writer: asyncio.StreamWriter, end: float) -> None:
    """An orderly end; a server that does not answer TLS's goodbye is left."""
    writer.close()
    if writer.get_extra_info("ssl_object") is None:
        return
    with suppress(TimeoutError, OSError):
        async with asyncio.timeout(max(0.0, min(PARTING, end - perf_counter()))):
            await writer.wait_closed()
