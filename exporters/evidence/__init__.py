"""The page of an evidence pack: one HTML file in both languages that loads nothing, made of the pack's document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SCRIPT = "verify_ledger.py"


def page(document: Mapping[str, Any], local: Callable[[float], datetime], language: str) -> bytes:
    """`local` is the centre's own time of Unix seconds; `language` is shown first. Every text is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(HERE)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters["moment"] = lambda at: "–" if at is None else f"{local(at):%Y-%m-%d %H:%M:%S}"
    environment.filters["number"] = lambda value: f"{value:.12g}" if isinstance(value, float) else str(value)
    template = environment.get_template("index.html.j2")
    return template.render(pack=document, language=language).encode("utf-8", "replace")


def script() -> bytes:
    """The ten lines that verify an export without our software: beside this file in a wheel, else in docs/."""
    packed = HERE / SCRIPT
    return (packed if packed.exists() else HERE.parents[1] / "docs" / SCRIPT).read_bytes()
