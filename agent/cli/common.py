"""What the commands share: reading agent.yaml or leaving with 2, speaking to people on standard error."""

from __future__ import annotations

import json
import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from agent.core.site import Site
from agent.core.store import Store
from agent.core.text import Language

Config = Annotated[Path, typer.Option("-c", "--config", help="agent.yaml")]
DEFAULT = Path("agent.yaml")


class Format(StrEnum):
    TABLE = "table"
    PROMETHEUS = "prometheus"
    JSON = "json"


def say(text: str) -> None:
    """A message for people: standard error, so that `--format json` stays one document."""
    print(text, file=sys.stderr)  # noqa: T201 - this is what speaks to the terminal


def out(text: str) -> None:
    print(text)  # noqa: T201 - this is what speaks to the terminal


def out_json(document: Any) -> None:
    out(json.dumps(document, ensure_ascii=False, indent=2))


def leave(text: str, code: int = 1) -> NoReturn:
    say(text)
    raise typer.Exit(code)


def site_of(config: Path) -> Site:
    """The site, or every error on standard error and exit 2."""
    from agent.app import load_site
    from agent.config import ConfigError

    try:
        return load_site(config)
    except ConfigError as error:
        say(error.render(_language(config)))
        raise typer.Exit(2) from None


def _language(config: Path) -> Language:
    """Of a file that may be broken elsewhere; Chinese first."""
    try:
        head = config.read_bytes()[:65536]
    except OSError:
        return "zh"
    return "en" if re.search(rb"^language:[ \t]*[\"']?en\b", head, re.MULTILINE) else "zh"


def store_of(site: Site) -> Store:
    """The store to look into, beside a running agent or after it; exit 1 if there is none or it cannot be read."""
    from agent.core.database import Damaged, Refused

    try:
        return Store.peek(site.state)
    except (Refused, Damaged) as error:
        leave(f"{site.state}: nothing to read: {error}")


def out_rich(what: object) -> None:
    """A table for the terminal, as wide as that is; 120 columns where the output goes into a file."""
    from rich.console import Console

    console = Console(soft_wrap=False)
    if not console.is_terminal:
        console = Console(width=120)
    console.print(what)
