"""Lists of checksums, as coreutils and BSD write them. Pure."""

from __future__ import annotations

import posixpath
import re

LIMIT = 256 * 1024  # bytes of a list that are read
PROGRAMS = {32: "md5sum", 40: "sha1sum", 56: "sha224sum", 64: "sha256sum", 96: "sha384sum", 128: "sha512sum"}
BESIDE = (".sha256", ".sha256sum", ".sha512", ".sha1", ".md5")
SHARED = ("SHA256SUMS", "sha256sums.txt", "SHA512SUMS", "MD5SUMS")
# coreutils: a line that begins with a backslash has \\, \n and \r in its name.
GNU = re.compile(rb"(\\?)([0-9A-Fa-f]{32,128})(?: [ *](.+))?")
BSD = re.compile(rb"[A-Z0-9-]+ \((.+)\) = ([0-9A-Fa-f]{32,128})")
ESCAPES = {b"\\\\": b"\\", b"\\n": b"\n", b"\\r": b"\r"}


def places(path: str, named: str | None) -> list[str]:
    """Where a list may be that knows this file."""
    folder = posixpath.dirname(path)
    if named is not None:
        return [posixpath.join(folder, named)]
    return [*(path + end for end in BESIDE), *(posixpath.join(folder, name) for name in SHARED)]


def checksum(text: bytes, path: str) -> str | None:
    """What the list says of the file, in lower-case hexadecimal. One checksum alone, without a name, is of any file."""
    name = posixpath.basename(path).encode("utf-8", "surrogateescape")
    lines = [line.rstrip(b"\r") for line in text.split(b"\n") if line.strip()]
    for line in lines:
        if match := BSD.fullmatch(line):
            said, hexadecimal = match[1], match[2]
        elif match := GNU.fullmatch(line):
            said, hexadecimal = _plain(match[3], match[1]), match[2]
        else:
            continue
        alone = not said and len(lines) == 1
        if len(hexadecimal) in PROGRAMS and (alone or said.rsplit(b"/", 1)[-1] == name):
            return hexadecimal.decode().lower()
    return None


def told(output: bytes) -> str | None:
    """The checksum in what one of the programs says."""
    match = re.match(rb"\\?([0-9a-f]{32,128})\b", output)
    return match[1].decode() if match else None


def _plain(name: bytes | None, escaped: bytes) -> bytes:
    if not name:
        return b""
    return re.sub(rb"\\[\\nr]", lambda match: ESCAPES[match[0]], name) if escaped else name
