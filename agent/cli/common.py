"""What the commands share: reading agent.yaml or leaving with 2, speaking to people on standard error."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TextIO

import typer

from agent.core.document import finite
from agent.core.site import Site
from agent.core.store import Store
from agent.core.text import LANGUAGES, Language, Text

if TYPE_CHECKING:
    from rich.table import Table

Config = Annotated[Path, typer.Option("-c", "--config", help="agent.yaml")]
DEFAULT = Path("agent.yaml")

NOT_RUNNING = Text(
    "{state} 上没有正在运行的守望;请先启动:shouwang run", "no agent is running on {state}; start it with: shouwang run"
)
NEVER_WORKED = Text(
    "{state}:还没有任何记录;先用 shouwang run 启动守望",
    "{state}: no agent has worked in this state directory yet; start one by shouwang run",
)
UNWRITTEN = Text("{path}:写不进去:{error}", "{path}: cannot be written: {error}")
NOTHING_THERE = Text("{state}:没有可读的记录:{error}", "{state}: nothing to read: {error}")


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"


Output = Annotated[Format, typer.Option("--format")]


def say(text: str) -> None:
    """A message for people: standard error, so that `--format json` stays one document."""
    print(text, file=sys.stderr)  # noqa: T201 - this is what speaks to the terminal


def out(text: str) -> None:
    print(text)  # noqa: T201 - this is what speaks to the terminal


def json_text(document: Any) -> str:
    return json.dumps(finite(document), ensure_ascii=False, indent=2, allow_nan=False)


def out_json(document: Any) -> None:
    out(json_text(document))


@contextmanager
def open_output(path: Path | None, site: Site, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Standard output, or a file in its place; exit 1 if that cannot be written."""
    if path is None:
        yield sys.stdout
        return
    try:
        with path.open("w", encoding=encoding) as file:
            yield file
    except OSError as error:
        leave(UNWRITTEN.format(path=path, error=error.strerror)[site.language])


def leave(text: str, code: int = 1) -> NoReturn:
    say(text)
    raise typer.Exit(code)


def site_of(config: Path) -> Site:
    """The site, or every error on standard error and exit 2."""
    from agent.config import ConfigError
    from agent.tables import load_site

    try:
        return load_site(config)
    except ConfigError as error:
        for language in _languages(config) or ("zh",):
            say(error.render(language))
        raise typer.Exit(2) from None


def language_of(config: Path) -> Language:
    """Of a file that may be broken, or not there; Chinese where it does not say, or says two things."""
    return "en" if _languages(config) == ("en",) else "zh"


def _languages(config: Path) -> tuple[Language, ...]:
    """Each that a line `language:` names, Chinese first."""
    try:
        # Not blocking: a named pipe would wait for its writer for ever.
        with open(config, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            head = file.read(65536)
    except OSError:
        return ()
    said = set(re.findall(rb"^language:[ \t]*[\"']?(zh|en)\b", head, re.MULTILINE))
    return tuple(language for language in LANGUAGES if language.encode() in said)


def store_of(site: Site) -> Store:
    """The store to look into, beside a running agent or after it; exit 1 if there is none or it cannot be read."""
    from agent.core.database import Absent, Damaged, Refused

    try:
        return Store.peek(site.state)
    except Absent:
        leave(NEVER_WORKED.format(state=site.state)[site.language])
    except (Refused, Damaged) as error:
        leave(NOTHING_THERE.format(state=site.state, error=error)[site.language])


@contextmanager
def own_store(site: Site, refused: Text) -> Iterator[Store]:
    """The store to write into, while no agent runs; exit 1 with `refused`, which has an {error}, if it cannot be."""
    from agent.core.lock import StateHeld

    try:
        store = Store.open(site.state)
    except StateHeld as error:
        leave(refused.format(error=error)[site.language])
    try:
        yield store
        if not store.writable:
            leave(refused.format(error=store.refusal)[site.language])
    finally:
        store.close()


def table_of(headings: Iterable[Text], language: Language, title: str | None = None, **look: Any) -> Table:
    """One without rows yet."""
    from rich import box
    from rich.table import Table

    names = (each[language] for each in headings)
    return Table(*names, title=title, box=box.SIMPLE, title_justify="left", **look)


def out_rich(what: object, file: TextIO | None = None, markup: bool = False) -> None:
    """A table for the terminal, as wide as that is; 120 columns where the output goes into a file. What it says is
    shown as it is, without `markup`: people and devices write brackets too."""
    from rich.console import Console

    console = Console(file=file, soft_wrap=False, markup=markup, emoji=False)
    if not console.is_terminal:
        console = Console(file=file, width=120, markup=markup, emoji=False)
    console.print(what)
