"""The file that `snmp_modules:` of agent.yaml names: its modules and auths, read when they are asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from exporters.module_file import ModuleFile, Unknown, Unreadable
from exporters.snmp.blocks import Blocks
from exporters.snmp.module import Auth, Module, Part

T = TypeVar("T", bound=Part)


@dataclass(frozen=True)
class _Edition:
    """The file as it was at one moment, and what was read of it."""

    blocks: Blocks
    modules: dict[str, Module] = field(default_factory=dict)
    auths: dict[str, Auth] = field(default_factory=dict)


class Book:
    """Reads in a thread; a file that was changed is read anew. Unreadable says what is wrong with it.

    What is read: the piece of a module or an auth, at its first use. So a mistake in one module costs that one only.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = ModuleFile(path, "snmp_modules", lambda text: _Edition(Blocks(text)))
        self._reading = asyncio.Lock()

    async def module(self, name: str) -> Module:
        edition = await self._file.current()
        return edition.modules.get(name) or await self._part(
            edition.modules, edition.blocks.modules, name, Module, edition.blocks.module
        )

    async def auth(self, name: str) -> Auth:
        edition = await self._file.current()
        return edition.auths.get(name) or await self._part(
            edition.auths, edition.blocks.auths, name, Auth, edition.blocks.auth
        )

    async def is_old(self) -> bool:
        """Whether the file is in the format of 0.21, whose modules bring their own logins."""
        return (await self._file.current()).blocks.old

    def mistakes(self) -> list[str]:
        """Everything that is wrong with the file, read whole now; empty if each module and auth of it can be used."""
        try:
            blocks = self._file.now().blocks
        except Unreadable as error:
            return [str(error)]
        if not blocks.modules:
            return [f"{self.path}: no modules; expected what snmp_exporter's generator writes"]
        modules = (self._file.mistake(name, Module, blocks.module) for name in sorted(blocks.modules))
        auths = (self._file.mistake(name, Auth, blocks.auth) for name in sorted(blocks.auths))
        return [each for each in (*modules, *auths) if each]

    async def _part(
        self, read: dict[str, T], known: frozenset[str], name: str, kind: type[T], find: Callable[[str], Any]
    ) -> T:
        if name not in known:
            raise Unknown(name)
        async with self._reading:
            if name not in read:
                read[name] = await asyncio.to_thread(self._file.checked, name, kind, find)
            return read[name]
