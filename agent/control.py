"""Control: how commands on this machine talk to the running agent: a Unix socket in the state directory.

Who may open the socket is decided by the file system: directory and socket belong to the agent's user alone.
One request a connection: a line of JSON each way.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from agent.core.aside import aside
from agent.core.database import identity

SOCKET = "agent.sock"
LIMIT = 16 * 1024 * 1024
PATIENCE = 60.0
DISK_SECONDS = 3.0  # how long a disk that hangs may keep the socket from being made
DRAIN_SECONDS = 2.0  # how long the agent's end waits for answers under way

Verb = Callable[[Mapping[str, Any]], Awaitable[Any]]

log = logging.getLogger(__name__)


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
    """Serves `verbs`: each gets the request's arguments and returns what becomes JSON; ValueError is a refusal.

    `refusal` says why commands cannot reach the agent, or is None: a disk that takes no socket keeps nobody watching.
    """

    def __init__(self, directory: Path, verbs: Mapping[str, Verb]) -> None:
        self.refusal: str | None = None
        self._path = directory / SOCKET
        self._verbs = verbs
        self._server: asyncio.Server | None = None
        self._place: tuple[int, int] | None = None  # of the socket's file
        self._looking: asyncio.Future[socket.socket | None] | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._answering: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listens, or notes why not. To be called again and again: a socket that is gone is made anew."""
        if self._looking is None:
            self._looking = aside(self._bind)
        elif not self._looking.done():
            return  # the disk hangs
        try:
            async with asyncio.timeout(DISK_SECONDS):
                bound = await asyncio.shield(self._looking)
        except TimeoutError:
            self._refuse("the disk hangs")
        except OSError as error:
            self._looking = None
            self._refuse(error.strerror or str(error))
        else:
            self._looking, self.refusal = None, None
            if bound is not None:
                await self._listen(bound)

    async def stop(self) -> None:
        """Lets nobody in any more, and finishes what was asked: who asked must know what became of it."""
        if self._server is not None:
            self._server.close()
        for task in self._open - self._answering:
            task.cancel()
        if self._answering:
            await asyncio.wait(self._answering, timeout=DRAIN_SECONDS)
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(0.5):
                await aside(self._remove)

    def _bind(self) -> socket.socket | None:
        """A socket that nobody can reach before it listens; None where the one there is ours, and serves.

        The store's lock has been taken by then, so another that is still there is left over from a kill."""
        if self._place is not None and identity(self._path) == self._place:
            return None
        bound = socket.socket(socket.AF_UNIX)
        try:
            with _near(self._path.parent) as path:
                with suppress(FileNotFoundError):
                    os.unlink(path)
                bound.bind(path)
                os.chmod(path, 0o600)
                self._place = identity(Path(path))
        except BaseException:
            bound.close()
            raise
        return bound

    def _remove(self) -> None:
        if self._place is not None and identity(self._path) == self._place:
            self._path.unlink()

    async def _listen(self, bound: socket.socket) -> None:
        if self._server is not None:
            self._server.close()
        bound.setblocking(False)
        self._server = await asyncio.start_unix_server(self._serve, sock=bound, limit=LIMIT)

    def _refuse(self, why: str) -> None:
        if self.refusal is None:
            log.warning("%s: %s; commands such as incident ack cannot reach this agent for now", self._path, why)
        self.refusal = f"{self._path}: {why}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._open.add(task)
        try:
            async with asyncio.timeout(PATIENCE):
                line = await reader.readline()
                self._answering.add(task)
                answer = await self._answer(line)
                writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
                await writer.drain()
        except (TimeoutError, OSError, ValueError):
            pass  # the other side is gone or sent no line; nobody is left to tell
        finally:
            self._open.discard(task)
            self._answering.discard(task)
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
        except Exception as error:
            log.exception("%s", request["do"])
            return {"error": f"a defect of the agent ({error!r}); its log says more"}


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
        try:
            connection.sendall(json.dumps({"do": verb, **arguments}).encode() + b"\n")
            with connection.makefile("rb") as answers:
                line = answers.readline(LIMIT)
        except OSError as error:
            raise Refused(f"the agent gave no answer: {error.strerror or error}; see whether it was done") from None
    answer = json.loads(
        line or b'{"error": "the agent closed the connection without an answer; see whether it was done"}'
    )
    if "error" in answer:
        raise Refused(answer["error"])
    return answer["answer"]
