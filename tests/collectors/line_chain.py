"""Runs inside a network namespace: one fault of each kind that another must act on, in a real chain; prints what was
judged as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from agent.tables import load_site
from benchmarks.line_chain.faults import FAULTS
from benchmarks.line_faults import CONFIG, tried

CHOSEN = {"port": "端口被关闭", "carrier": "中继光缆断", "application": "一个服务停了"}


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "agent.yaml"
        path.write_text(CONFIG, encoding="utf-8")
        site = load_site(path)
        faults = [each for segment, chosen in CHOSEN.items() for each in FAULTS[segment] if each.name == chosen]
        sys.stdout.write(json.dumps({each.segment: asyncio.run(tried(site, each)) for each in faults}))


if __name__ == "__main__":
    main()
