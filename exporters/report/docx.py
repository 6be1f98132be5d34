"""The report as DOCX on A4, for who must write into it. All it says is plain text; its only fields are page numbers."""

from __future__ import annotations

import io
import re
from typing import Any

from agent.core.printed import Printed, Signature, Table
from exporters.report.office import COLOURS, FONT

LATIN = "Times New Roman"  # beside FONT
WIDTH = 174.0  # mm between the margins
FIELDS = {"{page}": "PAGE", "{pages}": "NUMPAGES"}


def render(printed: Printed) -> bytes:
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document: Any = Document()
    _page(document, printed)
    title = _line(document, printed.title, size=18, bold=True)
    center = _line(document, printed.center, size=12)
    title.alignment = center.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for name, what in printed.facts:
        _line(document, f"{name}  {what}")
    _line(document, printed.verdict, bold=True)
    for table in printed.summary:
        _table(document, table)
    _signatures(document, printed.signatures)
    document.add_page_break()
    for table in printed.sections:
        _table(document, table)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _page(document: Any, printed: Printed) -> None:
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(18)
    _text(section.header.paragraphs[0], f"{printed.number}  {printed.title}", size=8)
    footer = section.footer.paragraphs[0]
    _text(footer, " ".join(printed.head), size=6)
    last = section.footer.add_paragraph()
    for part in re.split(r"(\{pages?\})", printed.pages):
        if part in FIELDS:
            _field(last, FIELDS[part])
        else:
            _text(last, part, size=8)
    core = document.core_properties
    core.title, core.author = f"{printed.number} {printed.title}", printed.center[:255]


def _field(paragraph: Any, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)


def _line(document: Any, said: str, *, size: float = 10, bold: bool = False) -> Any:
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(3)
    _text(paragraph, said, size=size, bold=bold)
    return paragraph


def _text(paragraph: Any, said: str, *, size: float = 8.5, bold: bool = False, colour: str = "") -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(said)
    run.font.name, run.font.size, run.font.bold = LATIN, Pt(size), bold
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)


def _table(document: Any, table: Table) -> None:
    heading = _line(document, table.title, size=12, bold=True)
    heading.paragraph_format.keep_with_next = True
    if table.note:
        _line(document, table.note, size=9)
    if not table.rows:
        _line(document, table.empty)
        return
    grid = _grid(document, table.heads, [WIDTH * share / sum(table.shares) for share in table.shares])
    _repeated(grid.rows[0])
    for row in table.rows:
        colour = COLOURS.get(row.tone, "")
        for place, (cell, said) in enumerate(zip(grid.add_row().cells, row.cells, strict=True)):
            first = bool(colour) and place == 0
            _text(cell.paragraphs[0], said, bold=first, colour=colour if first else "")


def _grid(document: Any, heads: tuple[str, ...], widths: list[float]) -> Any:
    """A table with its first row."""
    from docx.shared import Mm

    grid = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    grid.autofit = False
    for column, cell, head, width in zip(grid.columns, grid.rows[0].cells, heads, widths, strict=True):
        column.width = cell.width = Mm(width)
        _text(cell.paragraphs[0], head, bold=True)
    return grid


def _repeated(row: Any) -> None:
    """At the top of each page."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _signatures(document: Any, signatures: tuple[Signature, ...]) -> None:
    heads = tuple(f"{each.post}  {each.name}".strip() for each in signatures)
    grid = _grid(document, heads, [WIDTH / len(heads)] * len(heads))
    for cell, each in zip(grid.add_row().cells, signatures, strict=True):
        for said in (each.opinion, each.sign, each.date):
            _text(cell.add_paragraph(), f"{said}: ", size=10)
