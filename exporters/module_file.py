"""A file of modules that agent.yaml names, as it is now: read in a thread, and read anew when it has changed."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from agent.core.text import clean

LARGEST = 64 * 2**20  # bytes; the community's snmp.yml has 2 MB
T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
Mark = tuple[int, int, int]


class Unreadable(Exception):
    """The file is not as it should be; the message says where and what."""


class Unknown(Exception):
    """It has nothing of this name."""


class _Loader(yaml.CSafeLoader):
    """Every scalar is a text, as it is written: what it means, the model says (`on` is a name, not true)."""


# Instead of the inherited ones: only a merge key is more than a text.
_Loader.yaml_implicit_resolvers = {"<": [("tag:yaml.org,2002:merge", re.compile(r"<<\Z"))]}


def loaded(text: str) -> Any:
    """What the YAML says, all of it as texts. Unreadable, also where a key stands twice."""
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            _check_keys(node)
            return None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark
        place = f"line {at.line + 1}, column {at.column + 1}: " if at else ""
        raise Unreadable(f"{place}{error.problem or error.context or 'not YAML'}") from None
    except yaml.YAMLError as error:
        raise Unreadable(f"not YAML: {error}") from None


def _check_keys(root: yaml.Node | None) -> None:
    """Before merge keys are filled in, which makes twins of what they override."""
    seen, left = set(), [root]
    while left:
        node = left.pop()
        if not isinstance(node, yaml.CollectionNode) or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            names: set[str] = set()
            for key, value in node.value:
                left.append(value)
                if isinstance(key, yaml.ScalarNode) and key.value in names:
                    raise yaml.MarkedYAMLError(None, None, f"{clean(key.value, 60)} stands twice", key.start_mark)
                names.add(str(key.value))
        else:
            left += node.value


class ModuleFile(Generic[T]):
    """`option` of agent.yaml names it; `read` makes of its text what is kept until it changes."""

    def __init__(self, path: Path, option: str, read: Callable[[str], T], largest: int = LARGEST) -> None:
        self.path = path
        self._option = option
        self._make = read
        self._largest = largest
        self._kept: tuple[Mark, T] | None = None
        self._reading = asyncio.Lock()

    async def current(self) -> T:
        """Unreadable says what is wrong with the file."""
        mark = self._mark()
        async with self._reading:
            if self._kept is None or self._kept[0] != mark:
                self._kept = mark, await asyncio.to_thread(self._read, mark)
            return self._kept[1]

    def now(self) -> T:
        """The same, read here and now."""
        return self._read(self._mark())

    def checked(self, name: str, kind: type[M], find: Callable[[str], Any]) -> M:
        """What stands in the file under this name. Unreadable names the first thing that is wrong, never a value."""
        try:
            return kind.model_validate(find(name), context={"base": self.path.parent})
        except Unreadable as error:
            raise Unreadable(f"{self.path}: {error}") from None
        except ValidationError as error:
            raise Unreadable(f"{self.path}: {_problem(name, error)}") from None

    def mistake(self, name: str, kind: type[M], find: Callable[[str], Any]) -> str:
        """The same as a text, empty if nothing is wrong."""
        try:
            self.checked(name, kind, find)
        except Unreadable as error:
            return str(error)
        return ""

    def _mark(self) -> Mark:
        try:
            found = os.stat(self.path)
        except OSError as error:
            raise Unreadable(
                f"{self.path}: {error.strerror}; `{self._option}:` of agent.yaml names this file"
            ) from None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self, mark: Mark) -> T:
        if mark[1] > self._largest:
            raise Unreadable(f"{self.path}: {mark[1]} bytes; at most {self._largest} are read")
        try:
            return self._make(self.path.read_text(encoding="utf-8-sig"))
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
    said = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        said = "unknown key"
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{clean(name, 60)}{clean(place, 120)}: {said}{more}"
