"""What a copy is by its first bytes: the program that unpacks it, and whether anybody can read it. Pure.

Names lie, and magic numbers are few: RFC 1952 (gzip), RFC 8878 (zstd), the formats of xz, bzip2, zip, 7z, ustar
(POSIX.1-2024 pax), pg_dump's custom format, what `openssl enc`, age and OpenPGP (RFC 9580) begin with, and the comments
that dumps of SQL begin with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

HEAD = 512  # bytes that are looked at

Kind = Literal["packed", "tar", "zip", "pg_dump", "sql", "text", "encrypted", "other"]


@dataclass(frozen=True, slots=True)
class Format:
    """`program` unpacks it to its standard output; `ends` is what the last lines of a whole dump hold; `dump` says
    which database made it."""

    name: str
    kind: Kind
    program: str = ""
    ends: bytes = b""
    dump: Literal["", "postgresql", "mysql"] = ""

    @property
    def encrypted(self) -> bool | None:
        """None where nobody can tell: what is encrypted may look like anything."""
        return None if self.kind == "other" else self.kind == "encrypted"

    @property
    def holds(self) -> bool:
        """Files of any kind may be in it."""
        return self.kind in ("tar", "zip")


OTHER = Format("other", "other")
ZIP = Format("zip", "zip")
MAGIC: tuple[tuple[int, bytes, Format], ...] = (
    (0, b"\x1f\x8b", Format("gzip", "packed", "gzip")),
    (0, b"\x28\xb5\x2f\xfd", Format("zstd", "packed", "zstd")),
    (0, b"\xfd7zXZ\0", Format("xz", "packed", "xz")),
    (0, b"BZh", Format("bzip2", "packed", "bzip2")),
    (0, b"\x04\x22\x4d\x18", Format("lz4", "packed", "lz4")),
    (0, b"\x89LZO\0\r\n\x1a\n", Format("lzop", "packed", "lzop")),
    (0, b"LZIP\1", Format("lzip", "packed", "lzip")),
    (0, b"\x1f\x9d", Format("compress", "packed", "gzip")),
    (0, b"PGDMP", Format("pg_dump", "pg_dump", dump="postgresql")),
    (0, b"toc.dat\0", Format("pg_dump (tar)", "pg_dump", dump="postgresql")),
    (257, b"ustar", Format("tar", "tar")),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"7z\xbc\xaf\x27\x1c", Format("7z", "other")),
    (0, b"Salted__", Format("openssl", "encrypted")),
    (0, b"U2FsdGVkX1", Format("openssl", "encrypted")),
    (0, b"LUKS\xba\xbe", Format("luks", "encrypted")),
    (0, b"age-encryption.org/v1", Format("age", "encrypted")),
    (0, b"-----BEGIN AGE ENCRYPTED FILE", Format("age", "encrypted")),
    (0, b"-----BEGIN PGP MESSAGE", Format("pgp", "encrypted")),
)
# What the comments at the top of a dump say, and those at its end.
DUMPS = (
    (b"-- PostgreSQL database cluster dump", b"-- PostgreSQL database cluster dump complete", "postgresql"),
    (b"-- PostgreSQL database dump", b"-- PostgreSQL database dump complete", "postgresql"),
    (b"-- MySQL dump", b"-- Dump completed", "mysql"),
    (b"-- MariaDB dump", b"-- Dump completed", "mysql"),
)
# RFC 9580 4.2: how many bytes the header takes that begins so, old or new, and its tag. What is encrypted begins with
# a session key, for a public key (1) or for a password (3).
PGP = {0x84: (2, 1), 0x85: (3, 1), 0x8C: (2, 3), 0x8D: (3, 3), 0xC1: (2, 1), 0xC3: (2, 3)}
LONGER = 192  # RFC 9580 4.2.1.2: from here on the length of a new packet has two bytes
PUBLIC_KEYS = frozenset({1, 2, 16, 18, 25, 26})  # RFC 9580 9.1
CIPHERS = range(1, 14)  # RFC 9580 9.3


def format_of(head: bytes) -> Format:
    for place, magic, found in MAGIC:
        if head[place : place + len(magic)] == magic:
            return found
    for top, end, made_by in DUMPS:
        if top in head:
            return Format(f"sql ({made_by})", "sql", ends=end, dump="mysql" if made_by == "mysql" else "postgresql")
    if _is_pgp(head):
        return Format("pgp", "encrypted")
    return Format("text", "text") if head and _is_text(head) else OTHER


def _is_text(head: bytes) -> bool:
    """UTF-8, or GB 18030, that may be cut in the middle of a character."""
    if any(each < ord(" ") and each not in b"\t\n\r\f\x1b" for each in head):
        return False
    for cut in range(4):
        for encoding in ("utf-8", "gb18030"):
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False


def _is_pgp(head: bytes) -> bool:
    """RFC 9580 5.1.1 and 5.3.1: version 3 of a session key holds a key's id and an algorithm, version 4 a cipher and
    how the password is hashed."""
    if len(head) < 20 or head[0] not in PGP:
        return False
    size, tag = PGP[head[0]]
    body = head[size + (head[0] >= 0xC0 and head[1] >= LONGER) :]
    if tag == 1:
        return body[0] == 3 and body[9] in PUBLIC_KEYS
    return body[0] == 4 and body[1] in CIPHERS and body[2] in (0, 1, 3, 4)


def zip_of(tail: bytes) -> Format:
    """By the end of a zip, where its directory is (APPNOTE 4.3.12): bit 0 of a file's flags says that it is encrypted.
    A file without content, as a folder is, has nothing to hide."""
    found = [tail[match.start() : match.start() + 24] for match in re.finditer(rb"PK\x01\x02", tail)]
    flags = [entry[8] & 1 for entry in found if len(entry) == 24 and any(entry[20:24])]
    return Format("zip (encrypted)", "encrypted") if flags and all(flags) else ZIP
