"""Changing the served devices from another process, by demo.control."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from demo.devices.changing import Unknown, change
from demo.devices.place import Place


def place_of_socket(port: int) -> Path:
    """Who serves at this UDP port listens there."""
    folder = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(folder) / f"shouwang-devices-{os.getuid()}-{port}.sock"


def answer(places: Sequence[Place], asked: object) -> str:
    """Empty when it is done, else why not."""
    match asked:
        case [str(name), *words] if words and all(isinstance(each, str) for each in words):
            known = {place.device.name: place for place in places}
        case _:
            return "expected a device and what to set"
    if name not in known:
        return f"no device {name!r}; known: {', '.join(known)}"
    place = known[name]
    place.before(place.device)  # what was so until now counts as that
    try:
        for each in words:
            change(place.device, str(each))
    except Unknown as error:
        return str(error)
    return ""
