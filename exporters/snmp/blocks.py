"""The modules of a large snmp.yml, found without reading all of it.

The community's file has 60,000 lines, of which a scrape needs 1,000. Reading it whole takes more than a second and
50 MB, so it is cut where its indentation cuts it, and only the pieces asked for are read. A file that is not written
in the usual way (in braces, with anchors) is read whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from exporters.module_file import Unreadable, loaded

# A key with nothing but a comment behind it.
KEY = re.compile(r"""(["']?)([^\s"'#:,{}\[\]&*!|>%@`-][^"'#:{}\[\]]*)\1:[ \t]*(?:\#.*)?\r?\n""", re.VERBOSE)
INDENT = re.compile(r"^( *)[^\s#]", re.MULTILINE)
TOP = frozenset({"auths", "modules", "version"})


class _Block(str):
    """A piece of the file that is not read yet."""

    __slots__ = ()


class Blocks:
    """What stands in the file, by name; `old`: in the format of 0.21, which has no `auths`."""

    def __init__(self, text: str) -> None:
        """Unreadable if it is no YAML, or not of either format."""
        self._text = text
        top = _cut(text, 0)
        found: Mapping[str, Any] = self._whole if top is None else top
        self.old = bool(found) and not TOP & found.keys()
        if not self.old and (strange := found.keys() - TOP):
            raise Unreadable(f"{sorted(map(str, strange))[0]}: unknown key; known beside modules: auths, version")
        self._modules = found if self.old else self._inner(found, "modules")
        self._auths = {} if self.old else self._inner(found, "auths")

    @property
    def modules(self) -> frozenset[str]:
        return frozenset(self._modules)

    @property
    def auths(self) -> frozenset[str]:
        return frozenset(self._auths)

    def module(self, name: str) -> Any:
        return self._value(self._modules[name], *([] if self.old else ["modules"]), name)

    def auth(self, name: str) -> Any:
        return self._value(self._auths[name], "auths", name)

    def _inner(self, found: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        block = found.get(key) or {}
        if isinstance(block, _Block):
            _, _, text = block.partition("\n")
            indent = INDENT.search(text)
            inner = _cut(text, len(indent[1])) if indent and indent[1] else None
            if inner is not None:
                return inner
            block = self._whole.get(key) or {}
        if not isinstance(block, Mapping):
            raise Unreadable(f"{key}: expected names, each with what belongs to it")
        return block

    def _value(self, block: Any, *path: str) -> Any:
        if not isinstance(block, _Block):
            return block
        try:
            (value,) = loaded(str(block)).values()
        except (Unreadable, AttributeError, ValueError):
            value = self._whole  # an alias of what stands elsewhere, or a mistake, which this finds with its line
            for name in path:
                value = value[name]
        return value

    @cached_property
    def _whole(self) -> Mapping[str, Any]:
        found = loaded(self._text)
        if found is not None and not isinstance(found, Mapping):
            raise Unreadable("expected the modules by name, at the left edge")
        return found or {}


def _cut(text: str, indent: int) -> dict[str, _Block] | None:
    """The text of each block by its key; None if some line at this indentation is no key of a block."""
    starts: list[tuple[str, int]] = []
    for line in re.finditer(rf"^ {{0,{indent}}}(?=[^\s#])", text, re.MULTILINE):
        key = KEY.match(text, line.end())
        if key is None or line.end() - line.start() != indent:
            return None
        starts.append((key[2].strip(), line.start()))
    if not starts:
        return None
    ends = [start for _, start in starts[1:]] + [len(text)]
    return {name: _Block(text[start:end]) for (name, start), end in zip(starts, ends, strict=True)}
