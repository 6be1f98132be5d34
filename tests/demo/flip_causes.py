"""Further causes of flips: several at once, and files that people keep."""

from __future__ import annotations

from dataclasses import dataclass

from tests.demo.centres import Centre
from tests.demo.flips import Cause


@dataclass(frozen=True)
class Several:
    """All of them, in their order."""

    causes: tuple[Cause, ...]

    @property
    def claimed(self) -> str:
        return " ".join(cause.claimed for cause in self.causes)

    def begin(self, centre: Centre) -> None:
        for cause in self.causes:
            cause.begin(centre)

    def end(self, centre: Centre) -> None:
        for cause in self.causes:
            cause.end(centre)


@dataclass(frozen=True)
class Edited:
    """In a file beside agent.yaml each `before` is written as `after`."""

    file: str
    before: str
    after: str

    @property
    def claimed(self) -> str:
        return self.file

    def begin(self, centre: Centre) -> None:
        self._written(centre, self.before, self.after)

    def end(self, centre: Centre) -> None:
        self._written(centre, self.after, self.before)

    def _written(self, centre: Centre, before: str, after: str) -> None:
        place = centre.folder / self.file
        text = place.read_text("utf-8")
        assert before in text, f"{before} does not stand in {self.file}"
        place.write_text(text.replace(before, after), "utf-8")
