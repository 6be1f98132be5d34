"""What the kernel says of a process (CPU seconds, resident bytes, descriptors), and an agent started to be measured."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    """User and system time of the process, all its threads, to the microsecond where schedstat gives it."""
    total = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError, ValueError):
            total += int((thread / "schedstat").read_text().split()[0])
    return total / 1e9


def children_seconds() -> float:
    """User and system time of all children that have ended, and of theirs that they waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str, seconds: float) -> float:
    """Seconds until the URL gave 200; TimeoutError after `seconds`."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as reply:
            if reply.status == 200:
                return time.monotonic() - began
        time.sleep(0.01)
    raise TimeoutError(url)


@contextlib.contextmanager
def agent(configuration: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`shouwang run` as a process of its own; ended with SIGTERM."""
    with log.open("wb") as output:
        child = subprocess.Popen(
            [SHOUWANG, "run", "-c", str(configuration)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
            child.wait(10)
