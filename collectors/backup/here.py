"""This machine, asked as a host is: commands as argument lists, run without a shell."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence

from agent.core.reach import Unanswered
from agent.core.ssh import CANNOT_RUN, ENDED_LATE, LIMIT, NOT_FOUND, SIGNALLED, Answer, Command, reading
from agent.core.text import clean

MOST_ERRORS = 128 * 1024  # bytes on standard error that are kept
PIECE = 64 * 1024
PATIENCE = 0.5  # seconds that a program which was killed has to end
MOST_HANGING = 2
SYSTEM = ":/usr/local/sbin:/usr/sbin:/sbin"


class Here:
    """Implements agent.core.ssh.SshSession. `deadline` is by the loop's clock; `hanging` outlives the session, and
    holds what did not end although it was killed."""

    def __init__(self, deadline: float, hanging: list[Process] | None = None) -> None:
        self._deadline = deadline
        self._hanging = [] if hanging is None else hanging

    async def run(self, *argv: str, limit: int = LIMIT, seconds: float | None = None, root: bool = False) -> Answer:
        return await self._answer(Command(argv, limit, seconds, root))

    async def round(self, commands: Sequence[Command]) -> Sequence[Answer]:
        return [await self._answer(each) for each in commands]

    async def read(self, path: str, limit: int = LIMIT) -> bytes:
        answer = await self._answer(reading(path, limit))
        if answer.ok:
            return answer.stdout
        kind = "permission" if b"ermission denied" in answer.stderr else "missing"
        raise Unanswered(kind, f"{clean(path, 80)} cannot be read: {clean(answer.stderr, 120)}")

    async def _answer(self, command: Command) -> Answer:
        self._hanging[:] = [each for each in self._hanging if each.returncode is None]
        if len(self._hanging) >= MOST_HANGING:
            raise Unanswered("timeout", "commands of before still hang on this machine; look at its disks (dmesg)")
        stdin = PIPE if command.stdin else DEVNULL
        env = {**os.environ, "LC_ALL": "C", "PATH": os.environ.get("PATH", "/usr/bin:/bin") + SYSTEM}
        try:
            process = await asyncio.create_subprocess_exec(
                *command.argv, stdin=stdin, stdout=PIPE, stderr=PIPE, env=env, cwd="/", start_new_session=True
            )
        except FileNotFoundError as error:
            return Answer(command, NOT_FOUND, b"", str(error).encode())
        except OSError as error:
            return Answer(command, CANNOT_RUN, b"", str(error).encode("utf-8", "replace"))
        try:
            return await self._finished(command, process)
        finally:
            await self._end(process)

    async def _end(self, process: Process) -> None:
        """Nothing of it is left; one that hangs in the kernel is not waited for, and not joined by many others."""
        if process.returncode is None:
            _kill(process)
            try:
                async with asyncio.timeout(PATIENCE):
                    await process.wait()
            except TimeoutError:
                self._hanging.append(process)
        process._transport.close()  # type: ignore[attr-defined]  # its pipes, which stay open while something is unread

    async def _finished(self, command: Command, process: Process) -> Answer:
        left = self._deadline - asyncio.get_running_loop().time()
        allowed = left if command.seconds is None else min(left, command.seconds)
        try:
            async with asyncio.timeout(max(0.0, allowed)):
                return await _exchanged(command, process)
        except TimeoutError:
            if command.seconds is not None and command.seconds <= left:
                return Answer(command, ENDED_LATE[0], b"", b"")
        raise Unanswered("timeout", f"{clean(command.argv[0], 60)} on this machine had no end in {left:.0f} s")


async def _exchanged(command: Command, process: Process) -> Answer:
    if process.stdout is None or process.stderr is None:
        raise TypeError("both were asked for")
    errors = asyncio.create_task(_kept(process.stderr, MOST_ERRORS))
    try:
        if process.stdin is not None:
            with contextlib.suppress(ConnectionError):
                process.stdin.write(command.stdin)
                await process.stdin.drain()
            process.stdin.close()
        output = await _read(process.stdout, command.limit + 1)
        cut = len(output) > command.limit
        if cut:
            _kill(process)
            await _drained(process.stdout)  # the end of a process is not told before that of its pipes
        status = await process.wait()
        said = await errors
    finally:
        errors.cancel()
    return Answer(command, SIGNALLED - status if status < 0 else status, output[: command.limit], said, cut)


async def _read(stream: asyncio.StreamReader, limit: int) -> bytes:
    found = bytearray()
    while len(found) < limit and (piece := await stream.read(min(PIECE, limit - len(found)))):
        found += piece
    return bytes(found)


async def _kept(stream: asyncio.StreamReader, limit: int) -> bytes:
    """The first bytes; the rest is read, so that who writes it does not wait, and dropped."""
    found = await _read(stream, limit)
    await _drained(stream)
    return found


async def _drained(stream: asyncio.StreamReader) -> None:
    while await stream.read(PIECE):
        pass


def _kill(process: Process) -> None:
    """With what it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
