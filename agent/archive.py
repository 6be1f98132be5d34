"""A ZIP archive that comes into being whole or not at all, with a SHA256SUMS of what is in it. Blocks."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

SUMS = "SHA256SUMS"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of a ZIP archive


class Archive:
    """`made`: the time of every file in it. Names are the caller's own, never somebody's."""

    def __init__(self, file: IO[bytes], made: datetime) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED)
        moment = (made.year, made.month, made.day, made.hour, made.minute, made.second)
        self._made = max(moment, EARLIEST)
        self._sums: dict[str, str] = {}

    def add(self, name: str, chunks: Iterable[bytes]) -> str:
        """One file more; the SHA-256 of what was written."""
        info = ZipInfo(name, self._made)
        info.compress_type, info.external_attr = ZIP_DEFLATED, 0o100644 << 16
        digest = hashlib.sha256()
        with self._zip.open(info, "w", force_zip64=True) as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
        self._sums[name] = digest.hexdigest()
        return digest.hexdigest()

    def close(self) -> None:
        self.add(SUMS, ["".join(f"{said}  {name}\n" for name, said in sorted(self._sums.items())).encode()])
        self._zip.close()

    def abandon(self) -> None:
        """It is not wanted: nothing more is written when it is thrown away."""
        with contextlib.suppress(OSError, ValueError):
            self._zip.close()


@contextmanager
def written(output: Path, made: datetime, overwrite: bool = False) -> Iterator[Archive]:
    """FileExistsError if there is such a file already and it is not to be written over; OSError if it cannot be
    written: then nothing is left, and a file that was there is as it was."""
    half = output.with_name(f".{secrets.token_hex(8)}.half")  # the name itself may be as long as a name can be
    try:
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            archive = Archive(file, made)
            try:
                yield archive
                archive.close()
            except BaseException:
                archive.abandon()
                raise
            file.flush()
            os.fsync(file.fileno())
        half.replace(output) if overwrite else _into_place(half, output)
    finally:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)


def _into_place(half: Path, output: Path) -> None:
    """Under its name, where nothing is; whoever came first keeps it."""
    try:
        os.link(half, output)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links, as on a USB stick
        os.close(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        half.replace(output)
