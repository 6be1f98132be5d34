"""A folder's own entries: a name in it outlives a power cut only once the folder is synced, too (fsync(2))."""

from __future__ import annotations

import os
from pathlib import Path


def sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
