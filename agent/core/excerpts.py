"""Excerpts: the few lines of an answer that prove what was read of it, harmless and without secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent.core.text import clean

if TYPE_CHECKING:
    from agent.core.model import Sample

LINES, LONGEST = 8, 120  # characters a line
ASKED = 120  # characters
READ = 4000  # bytes or characters of an answer that are looked at
MORE = "…"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`of`: what was asked, `text` the first lines of the answer. `metrics` rest on it, of these only the series that
    have `labels`."""

    of: str
    text: str
    metrics: frozenset[str]
    labels: Mapping[str, str] = field(default_factory=dict)

    def proves(self, sample: Sample) -> bool:
        return sample.metric.name in self.metrics and all(
            sample.label(name) == value for name, value in self.labels.items()
        )


def excerpt(
    of: str, answer: bytes | str, masked: Callable[[str], str], metrics: Iterable[str], **labels: str
) -> Excerpt:
    """`masked` takes the secrets out of a line; it is given whole lines, before they are cut."""
    text = answer if isinstance(answer, str) else answer[: READ + 1].decode("utf-8", "replace")
    lines = text[:READ].splitlines()
    if len(text) > READ and len(lines) > 1:
        lines.pop()  # half a line may hold half a secret
    kept = [found for line in lines[:LINES] if (found := clean(masked(line), LONGEST))]
    more = [MORE] if len(lines) > LINES or len(text) > READ else []
    return Excerpt(clean(masked(of), ASKED), "\n".join([*kept, *more]), frozenset(metrics), labels)
