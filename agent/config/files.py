"""Files that agent.yaml names: those that something reads must be there and readable."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from agent.config.document import Document
from agent.config.problem import Problem
from agent.config.references import Entry
from agent.config.sections import OptionalFile
from agent.core.text import Text


def unreadable(document: Document, entries: Iterable[Entry], used: Collection[str]) -> Iterator[Problem]:
    """A problem for each section among `used` that names a file which cannot be opened."""
    for entry in entries:
        options = entry.options
        if isinstance(options, OptionalFile) and options.root is not None and entry.section.key in used:
            wrong = _wrong(options.root)
            if wrong is not None:
                yield document.problem(entry.path, wrong)


def _wrong(path: Path) -> Text | None:
    try:
        # Not blocking: a named pipe would wait for its writer for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return Text(
            f"没有文件 {path};请建立它,或删去这一项", f"there is no file {path}; create it, or take this key out"
        )
    except PermissionError:
        return Text(
            f"没有读取 {path} 的权限;请让运行守望的用户可读",
            f"no permission to read {path}; let the user that runs the agent read it",
        )
    except OSError as error:
        return Text(f"{path} 读不了:{error.strerror}", f"{path} cannot be read: {error.strerror}")
    try:
        plain = stat.S_ISREG(os.fstat(descriptor).st_mode)
    finally:
        os.close(descriptor)
    return None if plain else Text(f"{path} 不是普通文件", f"{path} is not a plain file")
