"""The report as PDF by typst: A4, Chinese typography, page numbers. What it says goes in as JSON, never as markup, and
nothing is fetched: the fonts are those of this machine."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path

from agent.core.printed import Printed
from agent.core.text import Text
from agent.core.unfit import Unfit

TEMPLATE = Path(__file__).parent / "report.typ"
# Families with all characters of GB 18030 that names need, the best for print first.
FONTS = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "AR PL UMing CN",
    "Droid Sans Fallback",
)
NO_FONT = Text(
    "没有中文字体,不能生成 PDF;请安装 Debian 软件包 fonts-noto-cjk:sudo apt install fonts-noto-cjk",
    "no Chinese font is installed, so no PDF can be made; install the Debian package: sudo apt install fonts-noto-cjk",
)


def render(printed: Printed) -> bytes:
    """Unfit if no Chinese font is there, with the package to install."""
    import typst

    fonts = chosen(typst.Fonts(include_embedded_fonts=False).families())
    said = {"report": json.dumps(asdict(printed), ensure_ascii=False), "fonts": json.dumps(fonts)}
    made: bytes = typst.compile(str(TEMPLATE), format="pdf", sys_inputs=said)
    return made


def chosen(installed: Collection[str]) -> list[str]:
    """The first of FONTS that is installed, with others behind it for what it lacks."""
    names = {name.casefold() for name in installed}
    found = [name for name in FONTS if name.casefold() in names]
    if not found:
        raise Unfit(NO_FONT)
    return found[:3]
