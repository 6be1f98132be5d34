"""The file that `snmp_modules:` of agent.yaml names: its modules and auths, read when they are asked for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from agent.core.text import clean
from exporters.snmp.blocks import Blocks, Unreadable
from exporters.snmp.module import Auth, Module, Part

LARGEST = 64 * 2**20  # bytes; the community's file has 2 MB
T = TypeVar("T", bound=Part)


class Unknown(Exception):
    """No such module or auth."""


@dataclass(frozen=True)
class _Edition:
    """The file as it was at one moment, and what was read of it."""

    mark: tuple[int, int, int]
    blocks: Blocks
    modules: dict[str, Module] = field(default_factory=dict)
    auths: dict[str, Auth] = field(default_factory=dict)


class Book:
    """Reads in a thread; a file that was changed is read anew. Unreadable says what is wrong with it.

    What is read: the piece of a module or an auth, at its first use. So a mistake in one module costs that one only.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._edition: _Edition | None = None
        self._reading = asyncio.Lock()

    async def module(self, name: str) -> Module:
        edition = await self._current()
        return edition.modules.get(name) or await self._part(
            edition.modules, edition.blocks.modules, name, Module, edition.blocks.module
        )

    async def auth(self, name: str) -> Auth:
        edition = await self._current()
        return edition.auths.get(name) or await self._part(
            edition.auths, edition.blocks.auths, name, Auth, edition.blocks.auth
        )

    async def is_old(self) -> bool:
        """Whether the file is in the format of 0.21, whose modules bring their own logins."""
        return (await self._current()).blocks.old

    def mistakes(self) -> list[str]:
        """Everything that is wrong with the file, read whole now; empty if each module and auth of it can be used."""
        try:
            blocks = self._read(self._mark()).blocks
        except Unreadable as error:
            return [str(error)]
        if not blocks.modules:
            return [f"{self.path}: no modules; expected what snmp_exporter's generator writes"]
        modules = (self._mistake(name, Module, blocks.module) for name in sorted(blocks.modules))
        auths = (self._mistake(name, Auth, blocks.auth) for name in sorted(blocks.auths))
        return [each for each in (*modules, *auths) if each]

    def _mistake(self, name: str, kind: type[T], find: Callable[[str], Any]) -> str:
        try:
            self._checked(name, kind, find)
        except Unreadable as error:
            return str(error)
        return ""

    async def _part(
        self, read: dict[str, T], known: frozenset[str], name: str, kind: type[T], find: Callable[[str], Any]
    ) -> T:
        if name not in known:
            raise Unknown(name)
        async with self._reading:
            if name not in read:
                read[name] = await asyncio.to_thread(self._checked, name, kind, find)
            return read[name]

    def _checked(self, name: str, kind: type[T], find: Callable[[str], Any]) -> T:
        try:
            return kind.model_validate(find(name))
        except Unreadable as error:
            raise Unreadable(f"{self.path}: {error}") from None
        except ValidationError as error:
            raise Unreadable(f"{self.path}: {_problem(name, error)}") from None

    async def _current(self) -> _Edition:
        mark = self._mark()
        if self._edition is None or self._edition.mark != mark:
            async with self._reading:
                if self._edition is None or self._edition.mark != mark:
                    self._edition = await asyncio.to_thread(self._read, mark)
        return self._edition

    def _mark(self) -> tuple[int, int, int]:
        try:
            found = os.stat(self.path)
        except OSError as error:
            raise Unreadable(f"{self.path}: {error.strerror}; `snmp_modules:` of agent.yaml names this file") from None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self, mark: tuple[int, int, int]) -> _Edition:
        if mark[1] > LARGEST:
            raise Unreadable(f"{self.path}: {mark[1]} bytes; at most {LARGEST} are read")
        try:
            return _Edition(mark, Blocks(self.path.read_text(encoding="utf-8-sig")))
        except OSError as error:
            raise Unreadable(f"{self.path}: {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise Unreadable(f"{self.path}: not UTF-8 at byte {error.start}") from None
        except Unreadable as error:
            raise Unreadable(f"{self.path}: {error}") from None


def _problem(name: str, error: ValidationError) -> str:
    """The first of the mistakes in words, and how many there are. Never a value: it may be a secret."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    first = problems[0]
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in first["loc"])
    said = "unknown key" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{clean(name, 60)}{clean(place, 120)}: {said}{more}"
