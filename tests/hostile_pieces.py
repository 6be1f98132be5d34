"""What means something to a shell, and must mean nothing in a value."""

from __future__ import annotations

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
