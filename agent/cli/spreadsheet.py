"""CSV as spreadsheets take it: with the mark by which they know UTF-8, and nothing in it that they would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(heading: Sequence[str], lines: Iterable[Mapping[str, Any]]) -> str:
    """A heading and a line for each mapping, without the last line break."""
    text = io.StringIO()
    writer = csv.DictWriter(text, heading, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _safe(value) for name, value in line.items()} for line in lines)
    return BOM + text.getvalue().rstrip("\n")


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
