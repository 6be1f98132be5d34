"""CSV as spreadsheets take it: nothing in it that they would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

BOM = "\ufeff"  # by which they know UTF-8; without it they take a file for GBK in China
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(heading: Sequence[str], lines: Iterable[Mapping[str, Any]]) -> str:
    """A heading and a line for each mapping, without BOM and the last line break."""
    text = io.StringIO()
    writer = csv.DictWriter(text, heading, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _safe(value) for name, value in line.items()} for line in lines)
    return text.getvalue().rstrip("\n")


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
