"""Wire: the socket below one SSH connection, which ends at a word, and bears no more than was asked for.

paramiko reads what a server sends without bound: a banner line, a packet of 4 GiB, data beyond the window. Here each
step says how many bytes may come for it; one byte more, and the connection is over.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Protocol

PIECE = 64 * 1024
# Seconds between two looks at whether a keepalive is due. What ends the connection wakes the reader by itself.
PATIENCE = 5.0


class Line(Protocol):
    """A socket that is connected, or paramiko's channel through a jump host, which behaves like one."""

    def recv(self, nbytes: int, /) -> bytes: ...
    def send(self, data: bytes, /) -> int: ...
    def settimeout(self, timeout: float | None, /) -> None: ...
    def close(self) -> None: ...


class Wire:
    """What paramiko takes for its socket. `below` is the wire that this one runs through."""

    def __init__(self, line: Line, below: Wire | None = None) -> None:
        self._line = line
        self._below = below
        self._held = b""
        self._lock = threading.Lock()
        self._own = self._left = 0
        self._through: dict[int, int] = {}  # bytes allowed to the wires that run through this one
        self.overrun = False
        self._closed = False  # paramiko looks at it by this name
        line.settimeout(PATIENCE)

    @property
    def closed(self) -> bool:
        return self._closed

    def allow(self, count: int) -> None:
        """So many bytes may come from now on."""
        with self._lock:
            self._own = count
        self._refill()

    def carry(self, above: Wire, count: int) -> None:
        """A wire through this one may get so many bytes; 0 when it ends."""
        with self._lock:
            self._through.pop(id(above), None)
            if count:
                self._through[id(above)] = count + count // 4 + PIECE
        self._refill()

    def _refill(self) -> None:
        with self._lock:
            self._left = self._own + sum(self._through.values())
        if self._below is not None and not self._closed:
            self._below.carry(self, self._left)

    def recv(self, count: int) -> bytes:
        if not self._held:
            self._held = self._line.recv(PIECE)
            self._left -= len(self._held)
            if self._left < 0:
                self.overrun = True
                self._held = b""
                self.shut()
        piece, self._held = self._held[:count], self._held[count:]
        return piece

    def send(self, data: bytes) -> int:
        return self._line.send(data)

    def settimeout(self, timeout: float | None) -> None:
        """Not as paramiko wants it: it would look ten times a second whether it was closed."""

    def shut(self) -> None:
        """Ends the connection from any thread, at once; who reads or writes finds it closed."""
        if isinstance(self._line, socket.socket):
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
        elif not self._closed:
            # The channel says so to the jump host, which may not be listening.
            threading.Thread(target=self.close, name="ssh end", daemon=True).start()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self.shut()
            with contextlib.suppress(OSError, EOFError):
                self._line.close()
            if self._below is not None:
                self._below.carry(self, 0)
