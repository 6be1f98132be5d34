"""Files of evidence: copied into one folder, each under the SHA-256 of its content, and never changed there.

What is copied is what is hashed. Nothing half is left where the disk is full; the same content is kept once. All block.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from agent.core.attestations import File
from agent.core.folder import sync
from agent.core.text import Text, clean
from agent.core.unfit import Unfit

MOST = 50 * 1000 * 1000  # bytes
NAME = 200  # bytes in UTF-8
CHUNK = 1 << 20
# Mach-O comes in 32 and 64 bits, in both orders of bytes, and several in one, which begins as a Java class does.
PROGRAMS = {
    b"\x7fELF": "ELF",
    b"MZ": "PE, DOS",
    b"\xfe\xed\xfa\xce": "Mach-O",
    b"\xce\xfa\xed\xfe": "Mach-O",
    b"\xfe\xed\xfa\xcf": "Mach-O",
    b"\xcf\xfa\xed\xfe": "Mach-O",
    b"\xca\xfe\xba\xbe": "Mach-O, Java",
    b"#!": "#!",
    b"\xef\xbb\xbf#!": "#!",
}
SUFFIX = re.compile(
    r"\.(apk|app|appimage|bat|bin|cmd|com|cpl|deb|dll|dmg|elf|exe|hta|jar|jse?|lnk|msi|msp|psm?1|py|reg|rpm|run|scr|sh|so|"
    r"sys|vb[es]|wsf)$",
    re.IGNORECASE,
)

NOT_THERE = Text("{path}:读不了({error})", "{path}: cannot be read ({error})")
A_LINK = Text("{path}:是符号链接;请给出文件本身", "{path}: a symbolic link; name the file itself")
NOT_A_FILE = Text("{path}:不是普通文件", "{path}: not a regular file")
EMPTY = Text("{path}:空文件", "{path}: an empty file")
TOO_LARGE = Text(
    "{path}:{size} MB,超过 50 MB;请压缩照片,或只附有关的几页",
    "{path}: {size} MB, over the limit of 50 MB; shrink the photograph, or give the pages that matter",
)
PROGRAM = Text(
    "{path}:是可执行文件({what});证据只收照片、扫描件、文档和文本",
    "{path}: a program ({what}); evidence is photographs, scans, documents and text",
)
CHANGED = Text(
    "{path}:复制时正在被改动;写完后再试", "{path}: was changed while it was copied; try again when it is done"
)
NOT_KEPT = Text("{folder}:证据存不进去({error})", "{folder}: the evidence cannot be kept there ({error})")


def keep(source: Path, folder: Path) -> File:
    """A copy of the file in `folder`. Unfit, with nothing left behind, if it is none that may be kept or cannot be."""
    shown = clean(os.fsencode(source), 300)
    if suffix := SUFFIX.search(source.name.rstrip(". ")):
        raise Unfit(PROGRAM.format(path=shown, what=suffix[0]))
    with _opened(source, shown) as file:
        before = _looked_at(file, shown)
        try:
            copied = _copied(file, folder, shown)
        except OSError as error:
            raise Unfit(NOT_KEPT.format(folder=folder, error=error.strerror or error)) from None
        with _removed(copied.place):
            if _state(os.fstat(file)) != _state(before) or copied.size != before.st_size:
                raise Unfit(CHANGED.format(path=shown))
            try:
                _into_place(copied.place, folder / copied.sha256)
            except OSError as error:
                raise Unfit(NOT_KEPT.format(folder=folder, error=error.strerror or error)) from None
    return File(harmless(source.name), copied.sha256, copied.size)


def held(folder: Path, file: File) -> bool:
    """Whether its copy lies in the folder, as large as it was."""
    if not re.fullmatch(r"[0-9a-f]{64}", file.sha256):
        return False
    with contextlib.suppress(OSError):
        found = os.lstat(folder / file.sha256)
        return stat.S_ISREG(found.st_mode) and found.st_size == file.size
    return False


def content(folder: Path, sha256: str) -> tuple[str, Iterator[bytes] | None]:
    """`kept` and the file's content; else `missing`, or `changed` where it is not of this hash, and None."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        return "missing", None
    digest, chunks = hashlib.sha256(), _chunks(folder / sha256)
    try:
        for chunk in chunks:
            digest.update(chunk)
    except OSError:
        return "missing", None
    return ("kept", _chunks(folder / sha256)) if digest.hexdigest() == sha256 else ("changed", None)


def _chunks(path: Path) -> Iterator[bytes]:
    # No link, which may lead out, and no pipe, which would wait for its writer.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with open(os.open(path, flags), "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def harmless(name: str) -> str:
    """A file's name as one harmless line without a folder, at most 200 bytes; its suffix stays."""
    last = clean(os.fsencode(name), 255).replace("\\", "/").rpartition("/")[2].strip(". ")
    stem, dot, suffix = last.rpartition(".")
    end = (dot + suffix if stem else "").encode()[:20].decode(errors="ignore")
    head = (stem or suffix).encode()[: NAME - len(end.encode())].decode(errors="ignore")
    return head + end or "evidence"


class _Copy(NamedTuple):
    place: Path
    sha256: str
    size: int


@contextmanager
def _opened(source: Path, shown: str) -> Iterator[int]:
    try:
        # Not blocking: a named pipe would wait for its writer for ever.
        descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ELOOP:
            raise Unfit(A_LINK.format(path=shown)) from None
        reason = error.strerror if isinstance(error, OSError) else error
        raise Unfit(NOT_THERE.format(path=shown, error=reason)) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _looked_at(file: int, shown: str) -> os.stat_result:
    """What is known before anything is read."""
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode):
        raise Unfit(NOT_A_FILE.format(path=shown))
    if found.st_size > MOST:
        raise Unfit(TOO_LARGE.format(path=shown, size=f"{found.st_size / 1e6:.0f}"))
    if not found.st_size:
        raise Unfit(EMPTY.format(path=shown))
    return found


def _state(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _copied(file: int, folder: Path, shown: str) -> _Copy:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / f".new-{secrets.token_hex(8)}"
    target = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with open(target, "wb", buffering=0) as copy:
            digest, size = _streamed(file, copy.fileno(), shown)
            os.fsync(copy.fileno())
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    return _Copy(place, digest, size)


def _streamed(file: int, copy: int, shown: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := os.read(file, CHUNK):
        if not size:
            _no_program(chunk, shown)
        size += len(chunk)
        if size > MOST:  # it grows while it is read
            raise Unfit(TOO_LARGE.format(path=shown, size=f"{size / 1e6:.0f}"))
        digest.update(chunk)
        left = memoryview(chunk)
        while left:
            left = left[os.write(copy, left) :]
    return digest.hexdigest(), size


def _no_program(beginning: bytes, shown: str) -> None:
    for magic, what in PROGRAMS.items():
        if beginning.startswith(magic):
            raise Unfit(PROGRAM.format(path=shown, what=what))


@contextmanager
def _removed(place: Path) -> Iterator[None]:
    """What is still there in the end is not wanted."""
    try:
        yield
    finally:
        place.unlink(missing_ok=True)


def _into_place(place: Path, final: Path) -> None:
    place.replace(final)
    sync(final.parent)
