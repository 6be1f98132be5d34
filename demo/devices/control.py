"""Changing the served devices from another process: a Unix socket of this user's, a line of JSON each way."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from demo.devices.changing import Unknown, change
from demo.devices.place import Place

PATIENCE = 10.0  # seconds


def place_of_socket(port: int) -> Path:
    """Who serves at this UDP port listens there."""
    folder = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(folder) / f"shouwang-devices-{os.getuid()}-{port}.sock"


@asynccontextmanager
async def controlled(places: Sequence[Place], path: Path) -> AsyncIterator[None]:
    """The devices can be changed until the block ends; OSError where the socket cannot be had."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(TimeoutError, OSError, ValueError):
            async with asyncio.timeout(PATIENCE):
                writer.write(json.dumps(_answer(places, json.loads(await reader.readline()))).encode() + b"\n")
                await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(serve, sock=_bound(path))
    try:
        yield
    finally:
        server.close()
        _unlink(path)


def _bound(path: Path) -> socket.socket:
    """A socket that only this user can reach. One that is there is left from a kill: two cannot serve at one port."""
    bound, before = socket.socket(socket.AF_UNIX), os.umask(0o177)
    try:
        _unlink(path)
        bound.bind(str(path))
    except OSError:
        bound.close()
        raise
    finally:
        os.umask(before)
    return bound


def _unlink(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()


def _answer(places: Sequence[Place], asked: object) -> str:
    """Empty when it is done, else why not."""
    match asked:
        case [str(name), *words] if words and all(isinstance(each, str) for each in words):
            known = {place.device.name: place for place in places}
        case _:
            return "expected a device and what to set"
    if name not in known:
        return f"no device {name!r}; known: {', '.join(known)}"
    place = known[name]
    place.before(place.device)  # what was so until now counts as that
    try:
        for each in words:
            change(place.device, str(each))
    except Unknown as error:
        return str(error)
    return ""


def ask(path: Path, words: Sequence[str]) -> str:
    """What the serving process answers: empty when it is done. OSError where none listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(str(path))
        connection.sendall(json.dumps(list(words)).encode() + b"\n")
        with connection.makefile("rb") as answers:
            return str(json.loads(answers.readline() or b'"no answer"'))
