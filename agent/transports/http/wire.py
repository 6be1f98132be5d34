"""A connected socket, plain or with TLS, as HTTP is read from and written to it.

A socket of our own and not asyncio's streams, which cost more, and whose end by TLS waits for the other's. OpenSSL gets
what one read brought as a whole: on the socket itself it reads twice for each of a handshake's records.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable
from time import perf_counter
from typing import Any

from agent.core.reach import Unanswered

CHUNK = 2**14  # bytes read at once: what a hostile peer can make us parse before others have their turn
TURN = 0.001  # seconds of work after which others have theirs, shared by all whose peers send without pause
WORK = 1.0  # seconds of work that one answer may be; 8 MiB, compressed, are a twentieth of it


class Wire:
    """`place` is what failures call the server. `first` is perf_counter's time of the first byte that came after it was
    set to None."""

    _resting = 0  # wires whose peers send without pause, and which let others work now

    def __init__(self, opened: socket.socket, place: str) -> None:
        self._socket, self._place = opened, place
        self._tls: ssl.SSLObject | None = None
        self._began = perf_counter()
        self._worked = 0.0
        self.first: float | None = None

    async def secure(self, context: ssl.SSLContext, name: str) -> ssl.SSLObject:
        """The handshake; ssl.SSLError or another OSError if it fails. Its last message goes out with what is written
        first, or with the goodbye."""
        self._came, self._goes = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self._tls = context.wrap_bio(self._came, self._goes, server_hostname=name)
        while True:
            try:
                tls.do_handshake()
                return tls
            except ssl.SSLWantReadError:
                await self._fill()

    async def read(self, most: int) -> bytes:
        """Nothing at the end."""
        data = await (self._receive(most) if self._tls is None else self._decrypted(self._tls, most))
        if self.first is None:
            self.first = perf_counter()
        await self.turn()
        return data

    async def write(self, data: bytes) -> None:
        if self._tls is None:
            await self._send(data)
        elif data:
            self._tls.write(data)
            await self._send(self._goes.read())

    async def turn(self) -> None:
        """Lets others work where this has gone on for long: a peer that sends without pause never makes it wait.
        Unanswered if it has been too much altogether."""
        if perf_counter() - self._began > TURN / (1 + Wire._resting):
            self._pause()
            Wire._resting += 1
            try:
                await asyncio.sleep(0)
            finally:
                Wire._resting -= 1
            self._began = perf_counter()

    def close(self) -> None:
        """At once. TLS says goodbye (RFC 8446 section 6.1), and its answer is not waited for."""
        with contextlib.suppress(OSError, ValueError):
            if self._tls is not None:
                with contextlib.suppress(ssl.SSLError):
                    self._tls.unwrap()
                self._socket.send(self._goes.read())
        self._socket.close()

    async def _decrypted(self, tls: ssl.SSLObject, most: int) -> bytes:
        while True:
            try:
                return tls.read(most)
            except ssl.SSLWantReadError:
                await self._fill()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    async def _fill(self) -> None:
        """Brings TLS what comes next, after what it has to say."""
        if self._goes.pending:
            await self._send(self._goes.read())
        data = await self._receive(CHUNK)
        self._came.write(data) if data else self._came.write_eof()

    async def _receive(self, most: int) -> bytes:
        loop = asyncio.get_running_loop()
        while True:
            try:
                return self._socket.recv(most)
            except BlockingIOError:
                await self._ready(loop.add_reader, loop.remove_reader)

    async def _send(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        left = memoryview(data)
        while left:
            try:
                left = left[self._socket.send(left) :]
            except BlockingIOError:
                await self._ready(loop.add_writer, loop.remove_writer)

    def _pause(self) -> None:
        self._worked += perf_counter() - self._began
        if self._worked > WORK:
            raise Unanswered("protocol", f"{self._place}: to read what it sends is work for more than {WORK:g} s")

    async def _ready(self, add: Callable[..., None], remove: Callable[[int], Any]) -> None:
        self._pause()
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        descriptor = self._socket.fileno()
        add(descriptor, _settle, ready)
        try:
            await ready
        finally:
            remove(descriptor)
        self._began = perf_counter()


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
