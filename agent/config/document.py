"""agent.yaml from file to plain values, each with its line. Refuses what could harm or mislead, before it costs.

Values are text, whole numbers, numbers, true, false and null; keys are always text. Unlike YAML 1.1, `on`, `off`,
`yes`, `no`, `08:30`, `010` and `2026-10-10` are texts, and a number is a number only if writing it gives the same text
again (`2.10` stays a text, so that a version or a circuit number is never changed).
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml

from agent.config.problem import ConfigError, Path, Problem, spelled
from agent.config.syntax import REFUSED, syntax_text, tabbed_lines
from agent.core.text import Text

LIMIT = 1024 * 1024  # bytes
DEPTH = 32
NODES = 50_000  # after aliases are put in place; a thousand lines with all that can be said of them have 30,000
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NULLS = ("", "~", "null", "Null", "NULL")
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(frozen=True)
class Document:
    """`value` is the mapping of the file; `problems` are those that do not hinder reading on."""

    file: str
    value: dict[str, Any]
    lines: Mapping[Path, int]
    problems: tuple[Problem, ...] = ()

    def problem(self, path: Path, message: Text) -> Problem:
        """At the line of this path, or of the nearest thing above it that stands in the file."""
        above = path
        while above and above not in self.lines:
            above = above[:-1]
        return Problem(self.file, self.lines.get(above, 0), spelled(path), message)


@dataclass(slots=True)
class _Node:
    """`size` and `depth` count what the node will be after aliases are put in place. `items` hold (key, line, node)."""

    line: int
    value: Any = None
    text: str | None = None  # as written, for scalars
    tag: str | None = None
    items: list[tuple[_Node | None, int, _Node]] = field(default_factory=list)
    kind: str = "scalar"
    size: int = 1
    depth: int = 1
    open: bool = False
    key: _Node | None = None  # of a mapping that is being read


def read(path: FilePath) -> Document:
    """The document of a file; ConfigError for whatever is wrong with it as a file or as YAML."""
    return parse(content(path), str(path))


def content(path: FilePath) -> bytes:
    """The bytes of a plain file of at most LIMIT bytes; a larger one is refused without being read."""
    name = str(path)
    try:
        # Not blocking: a named pipe would wait for its writer for ever.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            status = os.fstat(file.fileno())
            if stat.S_ISDIR(status.st_mode):
                raise refusal(name, 0, "directory")
            if not stat.S_ISREG(status.st_mode):
                raise refusal(name, 0, "not_plain")
            if status.st_size > LIMIT:
                raise refusal(name, 0, "too_big", size=status.st_size)
            return file.read(LIMIT + 1)
    except FileNotFoundError:
        raise refusal(name, 0, "missing") from None
    except IsADirectoryError:
        raise refusal(name, 0, "directory") from None
    except PermissionError:
        raise refusal(name, 0, "permission") from None
    except OSError as error:
        raise refusal(name, 0, "unreadable", reason=error.strerror) from None


def parse(raw: bytes, name: str) -> Document:
    """The document of these bytes."""
    if len(raw) > LIMIT:
        raise refusal(name, 0, "too_big", size=len(raw))
    text = decoded(raw, name)
    root = _Composer(name, text).root
    if root is None:
        raise refusal(name, 0, "empty")
    if root.kind != "map":
        raise refusal(name, root.line, "not_mapping")
    lines: dict[Path, int] = {}
    problems: list[Problem] = []
    value = _plain(root, (), name, lines, problems)
    if any(problem.message is REFUSED["tag"] for problem in problems):
        raise ConfigError(problems)
    return Document(name, value, lines, tuple(problems))


def decoded(raw: bytes, name: str) -> str:
    """UTF-8, with or without a byte order mark."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise refusal(name, line, "not_utf8", byte=error.start, looks=_looks_like(raw)) from None


def _looks_like(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16"
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return "?"
    return "GBK"


def refusal(name: str, line: int, what: str, **facts: object) -> ConfigError:
    return ConfigError([Problem(name, line, "", REFUSED[what].format(**facts))])


class _Composer:
    """Nodes from parser events, with a stack of its own: depth and size are bounded before anything is built."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.root: _Node | None = None
        self._stack: list[_Node] = []
        self._anchors: dict[str, _Node] = {}
        self._verbatim: set[int] = set()  # lines that belong to quoted or block texts
        tabs = tabbed_lines(text)
        try:
            for event in yaml.parse(text, Loader=LOADER):
                self._take(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 0
            self._refuse_tabs(tabs, line)
            raise ConfigError([Problem(name, line, "", syntax_text(error))]) from None
        except yaml.YAMLError as error:  # the reader's: it counts characters, not lines
            line = text.count("\n", 0, getattr(error, "position", 0) or 0) + 1
            raise ConfigError([Problem(name, line, "", syntax_text(error))]) from None
        self._refuse_tabs(tabs, len(text))

    def _refuse_tabs(self, tabs: list[int], until: int) -> None:
        line = next((line for line in tabs if line <= until and line not in self._verbatim), None)
        if line is not None:
            raise refusal(self.name, line, "tab")

    def _take(self, event: yaml.Event) -> None:
        line, last = (mark.line + 1 if mark else 0 for mark in (event.start_mark, event.end_mark))
        match event:
            case yaml.DocumentStartEvent() if self.root is not None:
                raise refusal(self.name, line, "documents")
            case yaml.ScalarEvent():
                plain = event.implicit[0]
                if not plain:
                    self._verbatim.update(range(line + 1, last + 1))
                value = resolve(event.value) if plain else event.value
                self._place(_Node(line, value, event.value, event.tag), event.anchor)
            case yaml.AliasEvent():
                self._place(self._anchored(event.anchor or "", line), None, line)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                if len(self._stack) >= DEPTH:
                    raise refusal(self.name, line, "deep", limit=DEPTH)
                kind = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
                node = _Node(line, kind=kind, tag=event.tag, open=True)
                if event.anchor is not None:
                    self._anchors[event.anchor] = node
                self._stack.append(node)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                node = self._stack.pop()
                node.open = False
                self._place(node, None)

    def _anchored(self, anchor: str, line: int) -> _Node:
        node = self._anchors.get(anchor)
        if node is None:
            raise refusal(self.name, line, "alias")
        if node.open:
            raise refusal(self.name, line, "recursive")
        return node

    def _place(self, node: _Node, anchor: str | None, line: int = 0) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        line = line or node.line
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        if parent.kind == "map" and parent.key is None:
            if node.kind != "scalar" or not node.text:
                raise refusal(self.name, line, "key")
            parent.key = node
            return
        parent.items.append((parent.key, parent.key.line if parent.key else line, node))
        parent.key = None
        parent.size += node.size
        parent.depth = max(parent.depth, node.depth + 1)
        if parent.size > NODES:
            raise refusal(self.name, line, "bomb", limit=NODES)
        if len(self._stack) + node.depth > DEPTH + 1:
            raise refusal(self.name, line, "deep", limit=DEPTH)


def resolve(text: str) -> Any:
    """What an unquoted scalar means."""
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if re.fullmatch(r"0|-?[1-9]\d{0,30}", text, re.ASCII):
        return int(text)
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})\.\d{1,15}", text, re.ASCII) and repr(float(text)) == text:
        return float(text)
    return text


def _plain(node: _Node, path: Path, name: str, lines: dict[Path, int], problems: list[Problem]) -> Any:
    """The value without nodes; recursion is bounded by DEPTH."""
    if node.tag is not None:
        problems.append(Problem(name, node.line, spelled(path), REFUSED["tag"]))
    if node.kind == "scalar":
        return node.value
    found: dict[str, Any] = {}
    listed: list[Any] = []
    for index, (key, line, child) in enumerate(node.items):
        part = index if key is None else str(key.text)
        here = (*path, part)
        if here in lines:
            text = REFUSED["twice"].format(first=lines[here])
            problems.append(Problem(name, line, spelled(here), text))
            continue
        lines[here] = line
        value = _plain(child, here, name, lines, problems)
        if isinstance(part, int):
            listed.append(value)
        else:
            found[part] = value
    return found if node.kind == "map" else listed
