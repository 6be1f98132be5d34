"""Trusting: known_hosts with one more key. Only a person's yes leads here."""

from __future__ import annotations

import base64
import os
import tempfile
from pathlib import Path

from agent.core.ssh import HostKey
from agent.transports.ssh.known_hosts import entry_of, names_it


def with_key(text: str, key: HostKey) -> str:
    """The file's text with this key for its place, and without those that it replaces.

    Lines for other places stay as they are; of a line for several, only this place's name is taken out. Patterns,
    exceptions and marked lines are never changed.
    """
    kept = [line for line in (_without(each, key.place) for each in text.splitlines()) if line is not None]
    kept.append(f"{key.place} {key.kind} {base64.b64encode(key.blob).decode()}")
    return "\n".join(kept) + "\n"


def _without(line: str, place: str) -> str | None:
    entry = entry_of(line)
    if entry is None or entry.marker or not names_it(entry.names, place):
        return line
    if entry.names.startswith("|"):
        return None
    names = entry.names.split(",")
    if any(each.startswith("!") for each in names):
        return line
    rest = [each for each in names if each.lower() != place]
    return line.replace(entry.names, ",".join(rest), 1) if rest else None


def write(path: Path, text: str) -> None:
    """Replaces the file at once, so that a crash leaves the old one or the new. OSError if it cannot be."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
