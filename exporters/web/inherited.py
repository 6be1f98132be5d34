"""Listening sockets that whoever started the agent opened for it, as systemd does for a socket unit: sd_listen_fds(3).

So the page can be served at a port below 1024 without root, or in a network that the agent itself cannot reach.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

FIRST = 3  # descriptors from here on, LISTEN_FDS of them


def inherited(host: str, port: int) -> list[socket.socket]:
    """Those of this process that listen at this address and port; empty if it must open its own. The descriptors stay
    open, so that an address that was given up can be taken up again."""
    return [each for each in _given() if _at(each, host, port)]


def _given() -> Iterator[socket.socket]:
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return
    count = os.environ.get("LISTEN_FDS", "")
    for number in range(FIRST, FIRST + int(count if count.isdecimal() else 0)):
        try:
            yield socket.socket(fileno=os.dup(number))
        except OSError:  # no such descriptor, or no socket
            continue


def _at(each: socket.socket, host: str, port: int) -> bool:
    """Whether it is meant; closed otherwise."""
    mine = (
        each.family in (socket.AF_INET, socket.AF_INET6)
        and each.type == socket.SOCK_STREAM
        and bool(each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
        and each.getsockname()[1] == port
        and each.getsockname()[0] in _addresses(host, port)
    )
    if mine:
        each.setblocking(False)
    else:
        each.close()
    return mine


def _addresses(host: str, port: int) -> set[str]:
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return {str(address[0]) for *_, address in found}
