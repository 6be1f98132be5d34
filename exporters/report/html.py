"""The report as one HTML file with a style sheet for the printer: it loads nothing else, and every text is escaped."""

from __future__ import annotations

from pathlib import Path

from agent.core.printed import Printed

HERE = Path(__file__).parent


def render(printed: Printed) -> bytes:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(HERE)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("report.html.j2").render(report=printed).encode()
