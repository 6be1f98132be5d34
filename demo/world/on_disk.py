"""A part of the world that writes files, for as long as it runs."""

from __future__ import annotations

import logging
from typing import Protocol

UNWRITTEN = "%s cannot be written: %s; the centre goes on, with its files as they are"


class Part(Protocol):
    def advance(self, seconds: float) -> None: ...


class OnDisk:
    """What cannot be written is tried again, and told once. At first it must be: OSError where it cannot."""

    def __init__(self, part: Part) -> None:
        self._part, self._told = part, False
        part.advance(0)

    def advance(self, seconds: float) -> None:
        try:
            self._part.advance(seconds)
        except OSError as error:
            if not self._told:
                logging.getLogger(__name__).warning(UNWRITTEN, error.filename, error.strerror)
            self._told = True
        else:
            self._told = False
