"""What the formats of office programs share: the font and the colours, which report.typ and report.html.j2 say too."""

from __future__ import annotations

from collections.abc import Mapping

FONT = "宋体"  # each office program has it, or its own in its place
COLOURS: Mapping[str, str] = {  # of the tones of agent.core.printed
    "bad": "A40000",
    "unknown": "75007A",
    "warn": "8A5A00",
    "good": "176B2C",
    "quiet": "555555",
}
