"""A network of a test's own: a script runs as root of an unprivileged user, network and mount namespace.

Loopback is up, /run is a fresh tmpfs (so that `ip netns` works), and nothing that the script does reaches the machine.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.peers import need

ROOT = Path(__file__).parent.parent
PREPARE = (
    "set -e; mount -t tmpfs tmpfs /run; ip link set lo up; "
    "sysctl -qw net.ipv4.ping_group_range='0 0' 2>/dev/null || true; exec \"$@\""
)


def inside(*argv: str) -> list[str]:
    """The command line that runs `argv` in such a namespace."""
    return [need("unshare"), "-Urnm", "sh", "-c", PREPARE, "sh", *argv]


def need_namespace() -> None:
    """Skips, saying so, where the system refuses unprivileged namespaces."""
    need("ip")
    tried = subprocess.run(inside("true"), capture_output=True, text=True, timeout=20, check=False)
    if tried.returncode:
        pytest.skip(f"this system refuses unprivileged network namespaces: {tried.stderr.strip()[:120]}")


def run_script(script: str, *arguments: str, timeout: float = 120) -> str:
    """Runs a Python file of tests/ inside; its standard output, or the test fails with both outputs."""
    need_namespace()
    done = subprocess.run(
        inside(sys.executable, str(ROOT / "tests" / script), *arguments),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        cwd=ROOT,
        env={"PATH": "/usr/sbin:/sbin:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": "/tmp"},
    )
    if done.returncode:
        pytest.fail(f"{script} ended with {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout
