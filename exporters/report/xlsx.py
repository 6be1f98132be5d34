"""The report as XLSX: a sheet of the summary and one for each table. No cell is a formula, whatever it begins with."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from agent.core.printed import Printed, Table
from exporters.report.office import COLOURS, FONT

CHARACTERS = 130  # that a landscape page has beside each other
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")  # in the name of a sheet


def render(printed: Printed) -> bytes:
    from openpyxl import Workbook

    book: Any = Workbook()
    book.remove(book.worksheets[0])
    first = _sheet(book, printed, printed.title)
    _row(first, [printed.title], bold=True)
    for name, what in (*printed.facts, printed.head):
        _row(first, [name, what])
    _row(first, [printed.verdict], bold=True)
    for table in printed.summary:
        _row(first, [])
        _table(first, table)
    for each in printed.signatures:
        _row(first, [])
        _row(first, [each.post, each.name, each.opinion, "", each.sign, "", each.date], bold=True)
    first.column_dimensions["A"].width, first.column_dimensions["B"].width = 16, 30
    for table in printed.sections:
        sheet = _sheet(book, printed, table.title)
        _table(sheet, table)
        _widths(sheet, table.shares)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _sheet(book: Any, printed: Printed, title: str) -> Any:
    sheet = book.create_sheet(FORBIDDEN.sub(" ", title)[:31].strip())
    sheet.page_setup.paperSize, sheet.page_setup.orientation = 9, "landscape"  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    # "&" begins a field in a footer; the number has none, and other text does not stand there.
    sheet.oddFooter.center.text = printed.pages.replace("{page}", "&P").replace("{pages}", "&N")
    sheet.oddFooter.right.text = printed.number
    return sheet


def _table(sheet: Any, table: Table) -> None:
    _row(sheet, [table.title], bold=True)
    if table.note:
        _row(sheet, [table.note])
    if not table.rows:
        _row(sheet, [table.empty])
        return
    _row(sheet, table.heads, bold=True)
    for row in table.rows:
        _row(sheet, row.cells, tone=row.tone)


def _row(sheet: Any, cells: Sequence[str], tone: str = "", *, bold: bool = False) -> None:
    """`tone` is of the first cell."""
    from openpyxl.styles import Alignment, Font

    line = sheet.max_row + 1 if sheet.max_row > 1 or sheet.cell(1, 1).value is not None else 1
    for place, text in enumerate(cells or [" "], 1):
        cell = sheet.cell(line, place)
        cell.value = text
        cell.data_type, cell.quotePrefix = "s", True  # text, also once it is edited
        coloured = COLOURS.get(tone, "111111") if place == 1 else "111111"
        cell.font = Font(name=FONT, bold=bold or (bool(tone) and place == 1), color=coloured)
        cell.alignment = Alignment(vertical="top", wrap_text=len(cells) > 2)


def _widths(sheet: Any, shares: Sequence[int]) -> None:
    from openpyxl.utils import get_column_letter

    for place, share in enumerate(shares, 1):
        sheet.column_dimensions[get_column_letter(place)].width = max(8, CHARACTERS * share / sum(shares))
