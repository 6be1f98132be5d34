"""What means something to a shell, and must mean nothing in a value."""

from __future__ import annotations

import os
from pathlib import Path

PIECES = (
    "'",
    '"',
    "`",
    "$(",
    ")",
    "${IFS}",
    ";",
    "&&",
    "||",
    "|",
    "\n",
    "\\",
    "\\'",
    "#",
    "!",
    "~",
    "*",
    "?",
    "[",
    "<(",
)


def marks() -> list[str]:
    """What the hostile values leave, where they are executed."""
    return [each for each in os.listdir(Path.home()) if "MARK" in each]
