"""Unfit: an entry that a register does not take."""

from __future__ import annotations

from agent.core.text import Text


class Unfit(ValueError):
    """`text` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text
