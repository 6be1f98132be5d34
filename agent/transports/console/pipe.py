"""Pipe: what netmiko reads from and writes to: our channel, with a bound on what comes, and the next page asked for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from netmiko.channel import Channel as NetmikoChannel

from agent.transports.console import failures
from agent.transports.console.families import MORE, ON

if TYPE_CHECKING:
    from paramiko import Channel

PIECE = 64 * 1024
LOOK = 0.05  # seconds that one look waits for something to come
WHILE = 1.0
TAIL = 120  # characters: more than a page break has
# One character for one byte, so that nothing is lost of names in GB18030 before the whole of a text can be decoded.
BYTES = "latin-1"


class Gone(Exception):
    """The device ended the connection."""


class Pipe(NetmikoChannel):
    """Raises Gone, and what an operator is to be told where the device floods."""

    def __init__(self, channel: Channel, place: str, most: int) -> None:
        self._channel, self._place, self._most = channel, place, most
        self._left = most
        self._tail = ""
        channel.settimeout(LOOK)

    def read_buffer(self) -> str:
        """One piece; empty where nothing came for a moment."""
        try:
            piece = self._channel.recv(PIECE)
        except TimeoutError:
            return ""
        if not piece:
            raise Gone
        self._left -= len(piece)
        if self._left < 0:
            raise failures.too_much(self._place, self._most)
        while self._channel.recv_stderr_ready():
            self._left -= len(self._channel.recv_stderr(PIECE))
        text = str(piece, BYTES)
        self._turn_page(text)
        return text

    def read_channel(self) -> str:
        """What comes until a moment in which nothing does, or for a while: the caller looks through all of it."""
        pieces: list[str] = []
        end = time.monotonic() + WHILE
        while (piece := self.read_buffer()) and time.monotonic() < end:
            pieces.append(piece)
        return "".join([*pieces, piece])

    def write_channel(self, out_data: str) -> None:
        try:
            self._channel.sendall(out_data.encode(BYTES))
        except OSError:
            raise Gone from None

    def _turn_page(self, text: str) -> None:
        self._tail = (self._tail + text)[-TAIL:]
        if MORE.search(self._tail):
            self._tail = ""
            self.write_channel(ON)
