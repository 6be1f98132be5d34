"""Servers of the HTTP tests on loopback: one that says bytes as they are, and one that speaks HTTP/2."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import h2.config
import h2.connection
import h2.events

Say = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def saying(
    say: Say, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[int]:
    """The port; `say` gets the head of each request, and its connection to write to, which is closed after it."""
    tasks: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await say(await reader.readuntil(b"\r\n\r\n"), writer)
                await writer.drain()
        finally:
            tasks.discard(task)
            writer.transport.abort() if writer.transport.is_closing() else writer.close()

    server = await asyncio.start_server(one, host, port, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await ended(tasks)


async def ended(tasks: set[asyncio.Task[None]]) -> None:
    """Handlers of connections come to their end, as they do when the client has gone; those that do not are ended.
    What closes TLS needs the loop once more."""
    if tasks:
        await asyncio.wait(tasks, timeout=0.2)
    for task in list(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0.01)


def plain(body: bytes = b"ok", status: str = "200 OK", *headers: str) -> Say:
    head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")).encode()

    async def say(asked: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head + body)

    return say


async def speak_h2(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: list[object]) -> None:
    """Answers each request with its own path and how many bytes of body came."""
    spoken = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
    spoken.initiate_connection()
    writer.write(spoken.data_to_send())
    bodies: dict[int, bytes] = {}
    paths: dict[int, str] = {}
    while data := await reader.read(65536):
        for event in spoken.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                heard.append(dict(event.headers or ()))
                paths[event.stream_id or 0] = dict(event.headers or ())[":path"]
            elif isinstance(event, h2.events.DataReceived):
                spoken.acknowledge_received_data(event.flow_controlled_length or 0, event.stream_id or 0)
                bodies[event.stream_id or 0] = bodies.get(event.stream_id or 0, b"") + (event.data or b"")
            elif isinstance(event, h2.events.StreamEnded):
                stream = event.stream_id or 0
                spoken.send_headers(stream, [(":status", "200"), ("content-type", "text/plain")])
                spoken.send_data(stream, f"{paths[stream]} {len(bodies.get(stream, b''))}".encode(), end_stream=True)
        writer.write(spoken.data_to_send())
        await writer.drain()
    writer.close()


@asynccontextmanager
async def speaking_h2(tls: ssl.SSLContext, heard: list[object]) -> AsyncIterator[int]:
    tls.set_alpn_protocols(["h2", "http/1.1"])

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await speak_h2(reader, writer, heard)

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]
