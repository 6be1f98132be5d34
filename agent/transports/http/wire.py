"""A connected socket, plain or with TLS, as httpcore reads and writes it.

A socket of our own and not asyncio's streams: OpenSSL works on it without copies between, which is a third of what a
probe by HTTPS costs, and closing it never waits for the other end.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable
from time import perf_counter
from typing import Any

CHUNK = 2**14  # bytes read at once: what a hostile peer can make us parse before others have their turn
READ, WRITE = 0, 1
TURN = 0.005  # seconds of work after which others have theirs


class Wire:
    """`first` is perf_counter's time of the first byte that came after it was set to None."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened
        self._began = perf_counter()
        self.first: float | None = None

    async def secure(self, context: ssl.SSLContext, name: str) -> ssl.SSLSocket:
        """The handshake; ssl.SSLError or another OSError if it fails."""
        secured = context.wrap_socket(self._socket, do_handshake_on_connect=False, server_hostname=name)
        self._socket = secured
        await self._done(secured.do_handshake)
        return secured

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = await self._done(self._socket.recv, min(max_bytes, CHUNK))
        if self.first is None:
            self.first = perf_counter()
        await self.turn()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = memoryview(buffer)
        while left:
            sent: int = await self._done(self._socket.send, left, plain_waits_to=WRITE)
            left = left[sent:]

    async def turn(self) -> None:
        """Lets others work where this has gone on for long: a peer that sends without pause never makes it wait."""
        if perf_counter() - self._began > TURN:
            await asyncio.sleep(0)
            self._began = perf_counter()

    async def aclose(self) -> None:
        self.close()

    def close(self) -> None:
        """At once. OpenSSL says goodbye, and its answer is not waited for."""
        with contextlib.suppress(OSError, ValueError):
            if isinstance(self._socket, ssl.SSLSocket):
                self._socket.unwrap()
        self._socket.close()

    def get_extra_info(self, info: str) -> None:
        return None

    async def _done(self, call: Callable[..., Any], *arguments: object, plain_waits_to: int = READ) -> Any:
        while True:
            try:
                return call(*arguments)
            except ssl.SSLWantReadError:
                await self._ready(READ)
            except ssl.SSLWantWriteError:
                await self._ready(WRITE)
            except BlockingIOError:
                await self._ready(plain_waits_to)
            except ssl.SSLZeroReturnError:
                return b""

    async def _ready(self, way: int) -> None:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        descriptor = self._socket.fileno()
        (loop.add_reader if way == READ else loop.add_writer)(descriptor, _settle, ready)
        try:
            await ready
        finally:
            (loop.remove_reader if way == READ else loop.remove_writer)(descriptor)
        self._began = perf_counter()


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
