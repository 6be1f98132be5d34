"""How many values an agent answers in one packet, where more is tooBig for it or never arrives."""

from __future__ import annotations

from collections.abc import Callable

# Seconds until twice as many are asked again: a tooBig costs one packet, silence a pause.
TOO_BIG_FOR, SILENT_FOR = 60.0, 3600.0
SILENCES = 2  # one may be a lost packet


class Limit:
    """Of one kind of question to one agent. Values and not repetitions, since what an agent cannot do is a number of
    bytes: a narrow table need not be read as slowly as a wide one. `clock` gives seconds and never steps."""

    __slots__ = ("_again", "_clock", "_most", "_silences", "_struck", "_wait")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._most: int | None = None
        self._again = self._wait = 0.0
        self._silences = self._struck = 0

    def most(self, wanted: int) -> int:
        """The values that may be asked now of so many."""
        if self._most is None:
            return wanted
        if self._clock() >= self._again:
            self._set(2 * self._most, self._wait)
        return min(wanted, self._most)

    def too_big(self, values: int) -> None:
        self._set(max(1, values // 2), TOO_BIG_FOR)

    def answered(self, asked: int, values: int) -> None:
        """So many were asked, and so many answered: fewer if silence followed and less was asked after it."""
        if values < asked:
            self._struck = asked
            self._silences += 1
            if self._silences >= SILENCES:
                self._silences = 0
                self._set(values, SILENT_FOR)
        elif values >= self._struck:
            self._silences = 0

    def _set(self, most: int, wait: float) -> None:
        self._most, self._wait, self._again = most, wait, self._clock() + wait
