"""SftpSession: a turn with one host by SFTP, for what only reads."""

from __future__ import annotations

import hashlib
import heapq
import os
import posixpath
import stat
from collections.abc import Callable
from typing import TypeVar

from agent.core.reach import CannotAsk
from agent.core.sftp import Entry, Room, Tree
from agent.core.text import clean
from agent.transports.ssh.session import Session
from agent.transports.ssh.sftp_wire import Attributes, Client

T = TypeVar("T")

MOST_SEEN = 300_000  # files and folders of one tree that are looked at
MOST_LISTED = 160 * 2**20  # bytes that come of them
MOST_SAID = 2**20  # beside what a file holds
SHARE = 2  # of a file's bytes: what packets add to small reads


class SftpSession:
    """Implements agent.core.sftp.Sftp."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def tree(self, path: str, wanted: Callable[[str], bool], depth: int, most: int) -> Tree:
        return await self._ask(lambda client: _Walk(client, wanted, depth, most).tree(os.fsencode(path)), MOST_LISTED)

    async def part(self, path: str, size: int, last: bool = False) -> bytes:
        def read(client: Client) -> bytes:
            found = _file(client, path)
            start = max(0, found.size - size) if last else 0
            return b"".join(client.pieces(os.fsencode(path), start, size))

        return await self._ask(read, SHARE * size + MOST_SAID)

    async def digest(self, path: str, name: str, most: int) -> str | None:
        def read(client: Client) -> str | None:
            if _file(client, path).size > most:
                return None
            digest, read = hashlib.new(name, usedforsecurity=False), 0
            for piece in client.pieces(os.fsencode(path), 0, most + 1):
                digest.update(piece)
                read += len(piece)
            return digest.hexdigest() if read <= most else None

        return await self._ask(read, SHARE * most + MOST_SAID)

    async def room(self, path: str) -> Room | None:
        found = await self._ask(lambda client: client.room(os.fsencode(path)), MOST_SAID)
        return None if found is None else Room(*found)

    async def _ask(self, question: Callable[[Client], T], most: int) -> T:
        place = self._session.place
        return await self._session.subsystem("sftp", lambda channel: question(Client(channel, place)), most)


def _file(client: Client, path: str) -> Attributes:
    """A pipe is not opened: that would wait for who writes to it."""
    found = client.stat(os.fsencode(path))
    if not found.is_file:
        raise CannotAsk("missing", f"{clean(path, 120)} is no file")
    return found


class _Walk:
    def __init__(self, client: Client, wanted: Callable[[str], bool], depth: int, most: int) -> None:
        self._client, self._wanted, self._depth, self._most = client, wanted, depth, most
        self._newest: list[tuple[int, Entry]] = []
        self._seen = self._unseen = 0
        self._whole = True

    def tree(self, path: bytes) -> Tree:
        below = self._look(path)
        for _ in range(self._depth - 1):
            below = [found for folder in below for found in self._below(folder)]
        return Tree(tuple(entry for _, entry in sorted(self._newest, reverse=True)), self._whole, self._unseen)

    def _below(self, folder: bytes) -> list[bytes]:
        try:
            return self._look(folder)
        except CannotAsk:
            self._unseen += posixpath.basename(folder) != b"lost+found"
            return []

    def _look(self, folder: bytes) -> list[bytes]:
        """The folders in it. A name with a slash, or that means another place, is none that a server may send."""
        below = []
        for name, found in self._client.folder(folder):
            self._seen += 1
            if self._seen > MOST_SEEN:
                self._whole = False
                return []
            if name in (b"", b".", b"..") or b"/" in name or b"\0" in name:
                continue
            path = posixpath.join(folder, name)
            if stat.S_ISDIR(found.mode):
                below.append(path)
            elif found.is_file and self._wanted(os.fsdecode(name)):
                self._note(os.fsdecode(path), found)
        return below

    def _note(self, path: str, found: Attributes) -> None:
        entry = Entry(path, found.size, found.at, stat.S_IMODE(found.mode), found.owner, found.group)
        if len(self._newest) < self._most:
            heapq.heappush(self._newest, (entry.at, entry))
        else:
            self._whole = False
            heapq.heappushpop(self._newest, (entry.at, entry))
