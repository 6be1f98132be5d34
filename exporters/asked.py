"""What those have in common who ask a target when they are asked themselves, by modules of a file: /snmp and /probe."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from agent.core.site import Site


class Unserved(Exception):
    """There is nothing to show, for the reason that the client is told. `status` is HTTP's."""

    status = 500


class NotOffered(Unserved):
    """agent.yaml names no modules."""

    status = 404


class Refused(Unserved):
    """The request asks for what there is not."""

    status = 400


class Failed(Unserved):
    """The file or the request cannot be read, nothing answered, or too much is under way."""


class Places:
    """At most `most` of what `called` says run at a time; the others wait."""

    def __init__(self, most: int, called: str) -> None:
        self._most = most
        self._called = called
        self._free = asyncio.Semaphore(most)

    @asynccontextmanager
    async def one(self, seconds: float) -> AsyncIterator[None]:
        """Failed if none is free in time."""
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
        except TimeoutError:
            raise Failed(f"{self._most} other {self._called} were under way all the time: ask less often") from None
        try:
            yield
        finally:
            self._free.release()


class OfPath(Protocol):
    @property
    def path(self) -> Path: ...


B = TypeVar("B", bound=OfPath)


class NamedFile(Generic[B]):
    """The book of the file that `option` of agent.yaml names now; what was read of it is kept while it is that one."""

    def __init__(self, site: Callable[[], Site], option: str, usual: str, read: Callable[[Path], B]) -> None:
        self._site = site
        self._option = option
        self._usual = usual
        self._read = read
        self._kept: B | None = None

    def book(self) -> B:
        """NotOffered if agent.yaml names none."""
        path = self._site().sections.get(self._option)
        if not isinstance(path, Path):
            raise NotOffered(
                f"agent.yaml names no modules; write `{self._option}: {self._usual}`, and put the file beside it"
            )
        if self._kept is None or self._kept.path != path:
            self._kept = self._read(path)
        return self._kept
