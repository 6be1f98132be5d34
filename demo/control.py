"""How a command reaches the running centre: a Unix socket of this user's in its folder, a line of JSON each way."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

SOCKET = "demo.sock"
PATIENCE = 10.0  # seconds
LIMIT = 2**20  # bytes of an answer
Answer = Callable[[list[str]], Any]


@contextmanager
def _near(folder: Path) -> Iterator[str]:
    """A short name of the socket: its path may have 107 bytes at most."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)


@asynccontextmanager
async def controlled(folder: Path, answer: Answer) -> AsyncIterator[None]:
    """`answer` gets the words of each command, and gives what becomes JSON. OSError where the socket cannot be had."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(TimeoutError, OSError, ValueError):
            async with asyncio.timeout(PATIENCE):
                writer.write(json.dumps(answer(json.loads(await reader.readline()))).encode() + b"\n")
                await writer.drain()
        writer.close()

    bound, before = socket.socket(socket.AF_UNIX), os.umask(0o177)
    try:
        with _near(folder) as path:
            with suppress(FileNotFoundError):
                os.unlink(path)
            bound.bind(path)
    finally:
        os.umask(before)
    server = await asyncio.start_unix_server(serve, sock=bound)
    try:
        yield
    finally:
        server.close()
        (folder / SOCKET).unlink(missing_ok=True)


def ask(folder: Path, words: list[str]) -> Any:
    """What the running centre answers. OSError where none runs."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        with _near(folder) as path:
            connection.connect(path)
        connection.sendall(json.dumps(words).encode() + b"\n")
        with connection.makefile("rb") as answers:
            return json.loads(answers.readline(LIMIT))
