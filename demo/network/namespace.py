"""A user and network namespace for this process and its children (user_namespaces(7), network_namespaces(7))."""

from __future__ import annotations

import ctypes
import os
import threading
from pathlib import Path

from demo.network.tun import bring_up

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


def enter() -> None:
    """This process keeps its user, and may set up a network of its own until it runs another program. OSError where the
    system refuses, or this process has threads already."""
    if threading.active_count() > 1:
        raise OSError("a process that has threads cannot enter a user namespace")
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
        number = ctypes.get_errno()
        raise OSError(number, f"unshare: {os.strerror(number)}")
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text(f"{user} {user} 1")
    (own / "gid_map").write_text(f"{group} {group} 1")
    bring_up("lo")
    # An ordinary user may ping (icmp(7)).
    Path("/proc/sys/net/ipv4/ping_group_range").write_text(f"{group} {group}")
