"""Several files written as one: each whole or not at all, and all as they were if one cannot be."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Mapping
from pathlib import Path

NEW_FILE, NEW_FOLDER = 0o640, 0o750


def write_all(files: Mapping[Path, bytes], backup: Path | None = None) -> None:
    """Replaces or makes each file; `backup` is one of them whose old content is kept beside it as `.bak`.

    A link stays a link: what it leads to is replaced. OSError after everything was put back; before anything where one
    of them is read-only, which a folder that is writable does not make up for.
    """
    for path in files:
        _refuse_read_only(path)
    before = {path: path.read_bytes() if path.exists() else None for path in files}
    done: list[Path] = []
    try:
        if backup is not None and (old := before[backup]) is not None:
            _write(backup.with_name(backup.name + ".bak"), old, like=backup)
        for path, content in files.items():
            done.append(path)
            _write(path, content, like=path)
    except OSError:
        for path in done:
            with contextlib.suppress(OSError):
                old = before[path]
                _write(path, old, like=path) if old is not None else path.unlink(missing_ok=True)
        raise


def _refuse_read_only(path: Path) -> None:
    if not path.exists():
        return
    mode = path.stat().st_mode & 0o777
    # Root may write everything: whoever took every bit for writing away means it all the same.
    if not mode & 0o222 or not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, f"read-only, mode {mode:04o}", str(path))


def _write(path: Path, content: bytes, like: Path) -> None:
    """A new file under another name, on the disk before it takes the place: a power cut leaves the old or the new."""
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True, mode=NEW_FOLDER)
    status = like.stat() if like.exists() else None
    fresh = target.with_name(f".{target.name}.new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, NEW_FILE), "wb") as file:
        file.write(content)
        if status is not None:
            os.fchmod(file.fileno(), status.st_mode & 0o777)
            with contextlib.suppress(PermissionError):
                os.fchown(file.fileno(), status.st_uid, status.st_gid)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)
