"""Tests that measure memory and standstill: in a process of their own, where nothing else takes or delays anything."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


def told_apart(script: str, given: Any) -> Any:
    """What a script of this repository writes, of what it is given; both as JSON. Its own failure is the test's."""
    argv = [sys.executable, str(ROOT / script), json.dumps(given)]
    done = subprocess.run(
        argv, capture_output=True, text=True, timeout=240, check=False, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
    )
    if done.returncode:
        pytest.fail(done.stderr[-4000:])
    return json.loads(done.stdout)


def peak(begin: bool = False) -> float:
    """MB that this process held at most since `begin`."""
    if begin:
        Path("/proc/self/clear_refs").write_text("5")
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


async def lag(worst: list[float]) -> None:
    """Keeps the longest that the event loop was held up, in seconds."""
    while True:
        began = time.monotonic()
        await asyncio.sleep(0.01)
        worst[0] = max(worst[0], time.monotonic() - began - 0.01)
