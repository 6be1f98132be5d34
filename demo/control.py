"""How another process reaches what is simulated: a Unix socket of this user's, a line of JSON each way."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

SOCKET = "demo.sock"  # of a simulated centre, in its folder
PATIENCE = 10.0  # seconds
LIMIT = 2**20  # bytes of an answer
Answer = Callable[[Any], Any]


@contextmanager
def _near(path: Path) -> Iterator[str]:
    """A short name of the socket: its path may have 107 bytes at most."""
    descriptor = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)


@asynccontextmanager
async def controlled(path: Path, answer: Answer) -> AsyncIterator[None]:
    """`answer` gets the JSON of each command, and gives what becomes JSON. OSError where the socket cannot be had."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(TimeoutError, OSError, ValueError):
            async with asyncio.timeout(PATIENCE):
                writer.write(json.dumps(answer(json.loads(await reader.readline()))).encode() + b"\n")
                await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(serve, sock=_bound(path))
    try:
        yield
    finally:
        server.close()
        with suppress(FileNotFoundError):
            os.unlink(path)


def _bound(path: Path) -> socket.socket:
    """A socket that only this user can reach. One that is there is left from a kill: two cannot serve at one port."""
    bound, before = socket.socket(socket.AF_UNIX), os.umask(0o177)
    try:
        path.unlink(missing_ok=True)
        with _near(path) as near:
            bound.bind(near)
    except OSError:
        bound.close()
        raise
    finally:
        os.umask(before)
    return bound


def ask(path: Path, words: Sequence[str]) -> Any:
    """What the serving process answers. OSError where none listens, ConnectionAbortedError if it says nothing."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        with _near(path) as near:
            connection.connect(near)
        connection.sendall(json.dumps(list(words)).encode() + b"\n")
        with connection.makefile("rb") as answers:
            if line := answers.readline(LIMIT):
                return json.loads(line)
    raise ConnectionAbortedError("no answer")
