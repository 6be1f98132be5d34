"""Real peers for tests: where a peer is absent the test skips and names it, and the package that brings it."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PACKAGES = {
    "snmpd": "snmpd",
    "snmpget": "snmp",
    "promtool": "prometheus",
    "prometheus": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "prometheus-blackbox-exporter": "prometheus-blackbox-exporter",
    "prometheus-snmp-exporter": "prometheus-snmp-exporter",
    "sshd": "openssh-server",
    "ssh-keygen": "openssh-client",
    "visudo": "sudo",
    "cvtsudoers": "sudo",
    "nft": "nftables",
    "ip": "iproute2",
    "unshare": "util-linux",
    "chromium": "chromium",
    "dnsmasq": "dnsmasq-base",
    "chronyd": "chrony",
    "prometheus-node-exporter": "prometheus-node-exporter",
    "postgres": "postgresql",
    "psql": "postgresql-client",
    "mariadbd": "mariadb-server-core",
    "mariadb-install-db": "mariadb-server-core",
    "mariadb": "mariadb-client-core",
    "mariadb-dump": "mariadb-client",
    "pg_dump": "postgresql-client",
    "zstd": "zstd",
    "xz": "xz-utils",
    "bzip2": "bzip2",
    "zip": "zip",
    "unzip": "unzip",
    "openssl": "openssl",
    "restic": "restic",
    "busybox": "busybox",
    "setpriv": "util-linux",
    "rpmbuild": "rpm",
    "dnf": "dnf",
    "createrepo_c": "createrepo-c",
    "smartctl": "smartmontools",
    "chronyc": "chrony",
    "systemctl": "systemd",
    "rsyslogd": "rsyslog",
    "logrotate": "logrotate",
}
SYSTEM_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin"


def find(peer: str) -> str | None:
    return shutil.which(peer, path=SYSTEM_PATH)


def need(peer: str) -> str:
    """The peer's path; skips the test, naming peer and package, where it is absent."""
    path = find(peer)
    if path is None:
        pytest.skip(f"needs {peer} (apt-get install {PACKAGES.get(peer, peer)})")
    return path


def need_ping() -> None:
    """Skips where this process may not send ICMP echoes: then nobody knows whether a silent device is there."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        with contextlib.suppress(PermissionError), socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP):
            return
    pytest.skip("needs the right to send ICMP echoes (sysctl net.ipv4.ping_group_range, or root)")


def _ports() -> Iterator[int]:
    """Below those that Linux gives to port 0 (from 32768), so that no other socket of a test takes one meanwhile, and
    of the tests that run beside each other (pytest-xdist) each has its own."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % workers
    each = range(10_000 + worker, 32_768, workers)
    start = random.randrange(len(each))
    yield from itertools.cycle([*each[start:], *each[:start]])


PORTS = _ports()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A loopback port that was free a moment ago; for peers that cannot be told to take port 0."""
    for port in itertools.islice(PORTS, 1000):
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, kind) as probe:
            probe.bind(("127.0.0.1", port))
            return port
    pytest.fail("none of 1000 ports of 127.0.0.1 is free")


@contextlib.contextmanager
def running(argv: list[str], log: Path, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A child process in its own session, ended with it; its output goes to `log`."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env={**os.environ, "PATH": SYSTEM_PATH, **(env or {})},
        )
    try:
        yield child
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGTERM)
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait(5)


def until(condition: Callable[[], object], seconds: float = 20, why: str = "") -> None:
    """Waits until the condition is true; fails with `why` after `seconds`. Exceptions of OSError count as not yet."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if condition():
                return
        time.sleep(0.05)
    pytest.fail(f"not within {seconds:g} s: {why or condition}")
