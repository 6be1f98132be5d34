"""SFTP as collectors see it, for accounts that may not run anything: folders, the bytes of files, free space."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol, runtime_checkable


class Entry(NamedTuple):
    """A file: `at` is when it was last written, by the host's clock; bytes of a name that are no UTF-8 are surrogates
    (PEP 383)."""

    path: str
    size: int
    at: int
    mode: int
    owner: int
    group: int


class Tree(NamedTuple):
    """The newest files; `whole` is False where there were more. `unseen` folders could not be looked into."""

    files: tuple[Entry, ...]
    whole: bool
    unseen: int


class Room(NamedTuple):
    """Bytes of a file system; what is kept for root is in neither."""

    used: int
    free: int


@runtime_checkable
class Sftp(Protocol):
    """A turn with one host, within one deadline. Unanswered where the host hangs, lies or goes away; CannotAsk
    ("missing", "permission") where there is no such file or it may not be read. Nothing is ever written."""

    async def tree(self, path: str, wanted: Callable[[str], bool], depth: int, most: int) -> Tree:
        """Files of the folder whose name is `wanted`, and of those below it; no link is followed but the folder."""
        ...

    async def part(self, path: str, size: int, last: bool = False) -> bytes:
        """The first bytes of a file, or the last."""
        ...

    async def digest(self, path: str, name: str, most: int) -> str | None:
        """The checksum of a file (`name` as hashlib has it), all of which is fetched; None if it is longer than `most`
        bytes."""
        ...

    async def room(self, path: str) -> Room | None:
        """None where the server does not tell: it is an extension of OpenSSH's."""
        ...
