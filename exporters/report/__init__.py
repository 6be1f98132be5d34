"""The printed report in each format: the table of renderers, each of which turns a Printed into the bytes of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.core.printed import Printed
from exporters.report import docx, html, pdf, xlsx

Renderer = Callable[[Printed], bytes]

RENDERERS: Mapping[str, Renderer] = {
    "pdf": pdf.render,
    "html": html.render,
    "docx": docx.render,
    "xlsx": xlsx.render,
}
