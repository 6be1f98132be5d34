"""Control: how commands on this machine talk to the running agent: a Unix socket in the state directory.

Who may open the socket is decided by the file system: directory and socket belong to the agent's user alone.
One request a connection: a line of JSON each way.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

SOCKET = "agent.sock"
LIMIT = 16 * 1024 * 1024
PATIENCE = 60.0

Verb = Callable[[Mapping[str, Any]], Awaitable[Any]]


class NotRunning(Exception):
    """No agent answers on this state directory."""


class Refused(Exception):
    """The agent answered that it will not or cannot; the message says why."""


@contextmanager
def _near(directory: Path) -> Iterator[str]:
    # A socket's path has at most 107 bytes; through the directory's descriptor any directory will do.
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)


class Control:
    """Serves `verbs`: each gets the request's arguments and returns what becomes JSON; ValueError is a refusal."""

    def __init__(self, directory: Path, verbs: Mapping[str, Verb]) -> None:
        self._directory = directory
        self._verbs = verbs
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """The store's lock has been taken by then, so a socket that is still there is left over from a kill."""
        with _near(self._directory) as path:
            with suppress(FileNotFoundError):
                os.unlink(path)
            before = os.umask(0o177)
            try:
                self._server = await asyncio.start_unix_server(self._serve, path, limit=LIMIT)
            finally:
                os.umask(before)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            with suppress(FileNotFoundError):
                os.unlink(self._directory / SOCKET)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._answer(await reader.readline())
                writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
                await writer.drain()
        except (TimeoutError, OSError, ValueError):
            pass  # the other side is gone or sent no line; nobody is left to tell
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> Mapping[str, Any]:
        try:
            request = json.loads(line)
            verb = self._verbs[request["do"]]
        except (ValueError, KeyError, TypeError):
            return {"error": f"not a request; known: {', '.join(sorted(self._verbs))}"}
        try:
            return {"answer": await verb(request)}
        except ValueError as error:
            return {"error": str(error)}


def ask(directory: Path, verb: str, **arguments: Any) -> Any:
    """The running agent's answer; NotRunning where none listens, Refused with its reason where it says no."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        try:
            with _near(directory) as path:
                connection.connect(path)
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            raise NotRunning(f"no agent is running on {directory}") from None
        except PermissionError:
            raise Refused(f"{directory}/{SOCKET}: no permission; run this as the agent's user, or as root") from None
        connection.sendall(json.dumps({"do": verb, **arguments}).encode() + b"\n")
        with connection.makefile("rb") as answers:
            line = answers.readline(LIMIT)
    answer = json.loads(line or b'{"error": "the agent closed the connection without an answer"}')
    if "error" in answer:
        raise Refused(answer["error"])
    return answer["answer"]
