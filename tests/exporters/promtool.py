"""Prometheus' rule evaluator at a desk: promtool runs rules over given series and is asked at each step what fires.

It is told to expect nothing; what it says that it got instead is Prometheus' own account of that moment.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.peers import need

ROW = re.compile(r"time: ([\dhms.]+),\n\s+exp: .*\n\s+got: (.*)")
LABEL = re.compile(r'(\w+)="([^"]*)"')
UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0}

Values = Sequence[float | None]  # by step; None where the series has ended for now


def firing(
    rules: str, series: Mapping[str, Values], step: float, steps: Iterable[int], folder: Path, query: str
) -> dict[int, list[dict[str, str]]]:
    """The labels of what `query` gives at each of these steps."""
    promtool, asked = need("promtool"), list(steps)
    (folder / "rules.yml").write_text(rules, encoding="utf-8")
    every = f"{step:g}s"
    lines = [f"rule_files: [rules.yml]\nevaluation_interval: {every}\ntests:\n- interval: {every}\n  input_series:"]
    lines += [f"  - series: '{name}'\n    values: '{_notation(values)}'" for name, values in series.items()]
    lines.append("  promql_expr_test:")
    lines += [f"  - {{expr: '{query}', eval_time: {each * step:g}s, exp_samples: []}}" for each in asked]
    (folder / "test.yml").write_text("\n".join(lines), encoding="utf-8")
    argv = [promtool, "test", "rules", str(folder / "test.yml")]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    found = {round(_seconds(time) / step): _rows(got) for time, got in ROW.findall(said)}
    assert found or "SUCCESS" in said, said[:2000]
    return {each: found.get(each, []) for each in asked}


def filled(file: Path, data: Path, *options: str) -> str:
    """The samples of a data directory that is filled from a file of OpenMetrics, as promtool dumps them."""
    promtool = [need("promtool"), "tsdb"]
    words = [*promtool, "create-blocks-from", *options, "openmetrics", str(file), str(data)]
    subprocess.run(words, capture_output=True, check=True)
    (data / "wal").mkdir()  # an older promtool dumps no directory without one
    return subprocess.run([*promtool, "dump", str(data)], capture_output=True, text=True, check=True).stdout


def _notation(values: Values) -> str:
    return " ".join("stale" if value is None else f"{value:g}" for value in values)


def _rows(got: str) -> list[dict[str, str]]:
    return [dict(LABEL.findall(row)) for row in re.findall(r"\{[^}]*\}", got)]


def _seconds(text: str) -> float:
    return sum(float(number) * UNITS[unit] for number, unit in re.findall(r"([\d.]+)(h|m|s)", text))
