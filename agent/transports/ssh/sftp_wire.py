"""SFTP version 3 (draft-ietf-secsh-filexfer-02), the questions that only read. Every method blocks.

Not paramiko's client: that takes no name which is not UTF-8, and believes every count that a server sends.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from agent.core.reach import CannotAsk, ReachError, Unanswered
from agent.core.text import clean

if TYPE_CHECKING:
    from paramiko import Channel

INIT, VERSION, OPEN, CLOSE, READ, OPENDIR, READDIR, STAT = 1, 2, 3, 4, 5, 11, 12, 17
STATUS, HANDLE, DATA, NAME, ATTRS, EXTENDED, EXTENDED_REPLY = 101, 102, 103, 104, 105, 200, 201
END, NO_FILE, DENIED = 1, 2, 3
LARGEST = 320 * 1024  # bytes of a packet: OpenSSH sends 256 KiB at most
PIECE = 32 * 1024  # bytes that every server gives at once
STATVFS = b"statvfs@openssh.com"


class Attributes(NamedTuple):
    """Of a file; `mode` is 0 where the server does not tell it."""

    size: int = 0
    owner: int = 0
    group: int = 0
    mode: int = 0
    at: int = 0

    @property
    def is_file(self) -> bool:
        return not stat.S_IFMT(self.mode) or stat.S_ISREG(self.mode)


class Packet:
    """Raises ValueError where it says more than it holds."""

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def take(self, count: int) -> bytes:
        piece = self._data[self._place : self._place + count]
        if len(piece) < count:
            raise ValueError("a packet is shorter than it says")
        self._place += count
        return piece

    def number(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def large(self) -> int:
        return int.from_bytes(self.take(8), "big")

    def text(self) -> bytes:
        return self.take(self.number())

    def attributes(self) -> Attributes:
        flags = self.number()
        size = self.large() if flags & 1 else 0
        owner, group = (self.number(), self.number()) if flags & 2 else (0, 0)
        mode = self.number() if flags & 4 else 0
        _, at = (self.number(), self.number()) if flags & 8 else (0, 0)
        for _ in range(2 * self.number() if flags & 0x80000000 else 0):
            self.text()
        return Attributes(size, owner, group, mode, at)


def string(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


class Client:
    def __init__(self, channel: Channel, place: str) -> None:
        self._channel, self._place = channel, place
        self._number = 0
        self._send(INIT, struct.pack(">I", 3))
        kind, packet = self._received()
        if kind != VERSION:
            raise ValueError(f"{place} does not speak SFTP")
        packet.number()
        self.extensions: set[bytes] = set()
        while True:
            try:
                self.extensions.add(packet.text())
                packet.text()
            except ValueError:
                return

    def folder(self, path: bytes) -> Iterator[tuple[bytes, Attributes]]:
        """Names with what each is itself: a link is a link."""
        handle = self._asked(OPENDIR, string(path), HANDLE, path).text()
        try:
            while True:
                try:
                    packet = self._asked(READDIR, string(handle), NAME, path)
                except EOFError:
                    return
                for _ in range(packet.number()):
                    name, _line = packet.text(), packet.text()
                    yield name, packet.attributes()
        finally:
            self._close(handle)

    def stat(self, path: bytes) -> Attributes:
        return self._asked(STAT, string(path), ATTRS, path).attributes()

    def pieces(self, path: bytes, start: int, size: int) -> Iterator[bytes]:
        """At most `size` bytes from `start` on."""
        handle = self._asked(OPEN, string(path) + struct.pack(">II", 1, 0), HANDLE, path).text()
        try:
            while size > 0:
                question = string(handle) + struct.pack(">QI", start, min(PIECE, size))
                try:
                    piece = self._asked(READ, question, DATA, path).text()
                except EOFError:
                    return
                if not 0 < len(piece) <= min(PIECE, size):
                    raise ValueError("a read gave another number of bytes than was asked for")
                yield piece
                start, size = start + len(piece), size - len(piece)
        finally:
            self._close(handle)

    def room(self, path: bytes) -> tuple[int, int] | None:
        """Bytes used and free for users, by statvfs(3)."""
        if STATVFS not in self.extensions:
            return None
        packet = self._asked(EXTENDED, string(STATVFS) + string(path), EXTENDED_REPLY, path)
        _, unit, blocks, free, for_users = (packet.large() for _ in range(5))
        return max(0, blocks - free) * unit, for_users * unit

    def _close(self, handle: bytes) -> None:
        self._number += 1
        self._send(CLOSE, struct.pack(">I", self._number) + string(handle))
        self._received()

    def _asked(self, kind: int, question: bytes, wanted: int, path: bytes) -> Packet:
        self._number += 1
        self._send(kind, struct.pack(">I", self._number) + question)
        got, packet = self._received()
        if packet.number() != self._number or got not in (wanted, STATUS):
            raise ValueError("an answer to another question")
        if got == STATUS:
            code = packet.number()
            if code == END:
                raise EOFError
            raise self._refusal(code, path)
        return packet

    def _refusal(self, code: int, path: bytes) -> ReachError:
        where = f"{self._place}: {clean(path, 120)}"
        if code == NO_FILE:
            return CannotAsk(
                "missing", f"{where}: no such file or folder for this login by SFTP; in a chroot, paths begin there"
            )
        if code == DENIED:
            return CannotAsk("permission", f"{where}: this login may not read it by SFTP; give it the right to")
        return Unanswered("protocol", f"{where}: SFTP refuses with status {code}; is it a folder, and one of files?")

    def _send(self, kind: int, content: bytes) -> None:
        self._channel.sendall(struct.pack(">IB", len(content) + 1, kind) + content)

    def _received(self) -> tuple[int, Packet]:
        size = int.from_bytes(self._bytes(4), "big")
        if not 1 <= size <= LARGEST:
            raise ValueError("what it says is not SFTP")
        data = self._bytes(size)
        return data[0], Packet(data[1:])

    def _bytes(self, count: int) -> bytes:
        found = bytearray()
        while len(found) < count:
            piece = self._channel.recv(count - len(found))
            if not piece:
                raise Unanswered("refused", f"{self._place} ended SFTP; does this login have it?")
            found += piece
        return bytes(found)
