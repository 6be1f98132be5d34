"""The file that `probe_modules:` of agent.yaml names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exporters.module_file import ModuleFile, Unknown, Unreadable, loaded
from exporters.probe.module import Module

LARGEST = 2 * 2**20  # bytes; a file of a hundred modules has 20 KB


@dataclass(frozen=True)
class _Edition:
    """The file as it was at one moment, and what was read of it."""

    modules: Mapping[str, Any]
    read: dict[str, Module] = field(default_factory=dict)


class Book:
    """A file that was changed is read anew. A mistake in one module costs that one only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = ModuleFile(path, "probe_modules", _edition, LARGEST)

    async def module(self, name: str) -> Module:
        """Unknown, or Unreadable with what is wrong."""
        edition = await self._file.current()
        if name not in edition.modules:
            raise Unknown(name)
        if name not in edition.read:
            edition.read[name] = self._file.checked(name, Module, edition.modules.__getitem__)
        return edition.read[name]

    def mistakes(self) -> list[str]:
        """Everything that is wrong with the file; empty if each module of it can be used."""
        try:
            modules = self._file.now().modules
        except Unreadable as error:
            return [str(error)]
        if not modules:
            return [f"{self.path}: no modules; expected what blackbox_exporter reads, under `modules:`"]
        found = (self._file.mistake(name, Module, modules.__getitem__) for name in sorted(modules))
        return [each for each in found if each]


def _edition(text: str) -> _Edition:
    found = loaded(text)
    if found is None:
        return _Edition({})
    if not isinstance(found, Mapping) or not isinstance(found.get("modules") or {}, Mapping):
        raise Unreadable("expected `modules:`, and under it the modules by name")
    if strange := sorted(str(name) for name in found.keys() - {"modules"}):
        raise Unreadable(f"{strange[0]}: unknown key; known: modules")
    return _Edition({str(name): module for name, module in (found.get("modules") or {}).items()})
