"""A real dnsmasq on a free loopback port, authoritative for what a test says."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.peers import free_port, need, running, until


@contextlib.contextmanager
def dnsmasq(folder: Path, *options: str, address: str = "127.0.0.1") -> Iterator[int]:
    """Its port. `options` are its own, without the two dashes."""
    program = need("dnsmasq")
    port = free_port(socket.SOCK_DGRAM)
    argv = [program, *_base(folder, port, address), *(f"--{each}" for each in options)]
    with running(argv, folder / "dnsmasq.log") as child:
        until(lambda: child.poll() is not None or _listens(address, port), why=f"dnsmasq listens on {port}")
        assert child.poll() is None, (folder / "dnsmasq.log").read_text()
        yield port


def _base(folder: Path, port: int, address: str) -> Sequence[str]:
    return (
        "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--no-daemon",
        "--bind-interfaces", f"--pid-file={folder / 'dnsmasq.pid'}", f"--port={port}", f"--listen-address={address}",
    )  # fmt: skip


def _listens(address: str, port: int) -> bool:
    with socket.create_connection((address, port), 1):
        return True
