"""The printed report in each format: every row is there, and what devices say is text in all of them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from agent.core.checklist import Result as Found
from agent.core.checklist import Verdict
from agent.core.printed import Printed, Row, Signature, Table
from agent.core.text import Text
from agent.core.unfit import Unfit
from checks.book import load
from exporters.report import RENDERERS, Renderer
from exporters.report.pdf import FONTS, chosen
from tests.checks.test_printed import finding, of

WORDS = Text("很长的读数" * 60, "a long reading " * 60)

HOSTILE = (
    "<script>alert(1)</script>",
    "</td></table><img src=x onerror=alert(1)>",
    "{{ report.number }}{% raw %}",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(1,1)",
    "-2+3",
    '=HYPERLINK("http://evil.example","x")',
    '#import "/etc/passwd": x',
    '#read("/etc/passwd") $x^2$ *bold* _it_ `raw` @ref <label> \\u{41}',
    '{ INCLUDETEXT "C:\\\\secret" } { PAGE }',
    "<w:fldSimple w:instr='DDEAUTO c:\\\\cmd'/>",
    "&P&N & &amp; ]]>",
)


def printed(*said: str, rows: int = 1) -> Printed:
    table = Table("一、不合格与预警", ("结果", "现状"), (1, 3), (Row(("不合格", "93%"), "bad"),) * rows, "没有")
    given = Table("给定", ("结果", "现状"), (1, 3), tuple(Row((each, each), "bad") for each in said), "没有")
    empty = Table("三、豁免", ("结果",), (1,), (), "没有生效的豁免")
    post = Signature("专职副主任", "周", "签字", "意见", "日期")
    return Printed(
        language="zh",
        number="2026-0007",
        title="六方面安全检查报告",
        center="测试中心",
        facts=(("报告编号", "2026-0007"),),
        verdict="共检查 97 项",
        summary=(table,),
        sections=(given, empty),
        signatures=(post, replace(post, post="主任", name="")),
        pages="第 {page} 页 共 {pages} 页",
        head=("台账末条哈希", "ab" * 32),
    )


class Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def pages(pdf: bytes) -> list[str]:
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext is not installed (Debian: poppler-utils)")
    done = subprocess.run([tool, "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


@pytest.fixture
def pdf_of() -> Renderer:
    import typst

    try:
        chosen(typst.Fonts(include_embedded_fonts=False).families())
    except Unfit as error:
        pytest.skip(str(error))
    return RENDERERS["pdf"]


def test_html_escapes_all_and_loads_nothing() -> None:
    page = Texts()
    text = RENDERERS["html"](printed(*HOSTILE)).decode()
    page.feed(text)
    assert not page.tags & {"script", "img", "link", "iframe", "a"}
    assert set(HOSTILE) <= set(page.texts)
    assert "@page" in text
    assert not re.search(r"(src|href)=|url\(", text.replace("src=x", ""))


def test_xlsx_has_no_formula_and_every_text_as_it_was_said() -> None:
    from openpyxl import load_workbook

    file = RENDERERS["xlsx"](printed(*HOSTILE))
    book = load_workbook(io.BytesIO(file))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    assert set(HOSTILE) <= {cell.value for cell in cells}
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        xml = b"".join(parts.read(name) for name in parts.namelist() if "worksheets" in name)
        assert not [name for name in parts.namelist() if "external" in name.lower()]
    assert b"<f>" not in xml
    assert {sheet.oddFooter.center.text for sheet in book} == {"第 &P 页 共 &N 页"}


def test_docx_has_no_field_but_page_numbers_and_every_text_as_it_was_said() -> None:
    from docx import Document

    file = RENDERERS["docx"](printed(*HOSTILE))
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        xml = {name: parts.read(name).decode() for name in parts.namelist() if name.endswith((".xml", ".rels"))}
    fields = [found for text in xml.values() for found in re.findall(r'<w:fldSimple w:instr="([^"]*)"', text)]
    assert sorted(fields) == ["NUMPAGES", "PAGE"]
    assert not any("w:instrText" in text for text in xml.values())
    assert not any('TargetMode="External"' in text for text in xml.values())
    document = Document(io.BytesIO(file))
    assert set(HOSTILE) <= {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert [round(each.mm) for each in (document.sections[0].page_width, document.sections[0].page_height)] == [
        210,
        297,
    ]


def test_pdf_shows_hostile_text_as_text(pdf_of: Renderer) -> None:
    text = "".join("".join(pages(pdf_of(printed(*HOSTILE)))).split()).replace("\u200b", "")
    assert [each for each in HOSTILE if "".join(each.split()) not in text] == []
    assert "root:x:0:0" not in text


def test_pdf_has_one_page_of_summary_numbered_pages_and_the_head_on_each(pdf_of: Renderer) -> None:
    found = pages(pdf_of(printed(*map(str, range(200)))))
    assert len(found) >= 3
    assert "专职副主任" in found[0]
    assert "共检查 97 项" in found[0]
    assert not any("签字" in page for page in found[1:])
    for place, page in enumerate(found, 1):
        assert f"第{place}页共{len(found)}页" in "".join(page.split())
        assert "ab" * 32 in page
    assert all("2026-0007" in page for page in found)


def test_the_summary_stays_one_page_however_long_names_and_remedies_are(pdf_of: Renderer) -> None:
    long = "很长的设备名称" * 80
    areas = [each for each in load() if each.items]
    wrong = [
        replace(finding(item.id, Found.FAIL, long), verdict=Verdict(Found.FAIL, long, WORDS, WORDS, Text(long, long)))
        for area in areas
        for item in area.items
    ]
    found = pages(pdf_of(of(*wrong)))
    assert "专职副主任" in found[0]
    assert "不合格与预警" in found[1]


def test_an_item_can_be_searched_for_in_the_pdf_and_a_long_name_breaks(pdf_of: Renderer) -> None:
    text = "".join(pages(pdf_of(printed("NET-11 GigabitEthernet1/0/24", "A" * 300))))
    assert "NET-11 GigabitEthernet1/0/24" in text
    assert "A" * 300 not in text
    assert text.replace("\u200b", "").count("A") >= 2 * 300


def test_pdf_is_a4(pdf_of: Renderer) -> None:
    tool = shutil.which("pdfinfo")
    if tool is None:
        pytest.skip("pdfinfo is not installed (Debian: poppler-utils)")
    done = subprocess.run([tool, "-"], input=pdf_of(printed()), capture_output=True, check=True)
    assert "(A4)" in done.stdout.decode()


def test_without_a_chinese_font_the_package_to_install_is_named() -> None:
    with pytest.raises(Unfit) as refused:
        chosen(["DejaVu Sans", "Liberation Serif"])
    assert "fonts-noto-cjk" in refused.value.text.zh
    assert "fonts-noto-cjk" in refused.value.text.en
    assert chosen(["dejavu sans", FONTS[2].lower()]) == [FONTS[2]]


@pytest.mark.parametrize("name", RENDERERS)
def test_a_table_without_rows_says_so(name: str, tmp_path: Path) -> None:
    made = RENDERERS[name](printed("x"))
    if name in ("docx", "xlsx"):
        with zipfile.ZipFile(io.BytesIO(made)) as parts:
            text = unescape("".join(parts.read(each).decode() for each in parts.namelist() if each.endswith(".xml")))
    else:
        text = "".join(pages(made)) if name == "pdf" else made.decode()
    assert "没有生效的豁免" in text
