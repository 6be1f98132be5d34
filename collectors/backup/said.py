"""What people are told of a job beside its figures. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agent.core.model import Diagnosis
from agent.core.text import Text
from agent.core.units import duration, moment, percent
from collectors.backup import words
from collectors.backup.copies import Copies
from collectors.backup.schedule import Schedule
from collectors.backup.verdict import Standing

NOTABLE = 0.3  # change of size that is told, as a ratio


def diagnoses(standing: Standing, found: Copies, schedule: Schedule) -> Iterator[Diagnosis]:
    """The gravest first."""
    if standing.late.seconds > 0:
        by = standing.late.due + schedule.grace
        last = standing.success
        said = words.NEVER if last is None else words.OVERDUE.format(last=moment(schedule.calendar, last))
        yield Diagnosis(said, by)
    if found.broken is not None:
        yield Diagnosis(words.BROKEN, found.broken.at)
    if standing.newest is not None:
        yield from _of_size(standing, standing.newest.at)
    if standing.missing:
        yield Diagnosis(words.MISSING.format(count=standing.missing), 0.0)


def _of_size(standing: Standing, at: float) -> Iterator[Diagnosis]:
    change = standing.change
    if standing.newest is not None and standing.newest.size == 0:
        yield Diagnosis(words.EMPTY, at)
    if change is not None and abs(change) > NOTABLE:
        word = words.SHRANK if change < 0 else words.GREW
        zh, en = word.format(share=percent(abs(change), "zh")).zh, word.format(share=percent(abs(change), "en")).en
        yield Diagnosis(Text(zh, en), at)
    if standing.small_growth:
        yield Diagnosis(words.GREW_TOO_LITTLE, at)


def remarks(found: Copies) -> Iterator[str]:
    if found.skew:
        way = "ahead of" if found.skew > 0 else "behind"
        yield f"the host's clock is {duration(abs(found.skew), 'en')} {way} ours; the times of copies are put right"
    if found.undated:
        yield f"{found.undated} files are dated in the future, and were there before they were looked at: not counted"
    if not found.known:
        yield "more files than are listed at once: copies and what is missing are not counted; narrow `pattern`"
    if found.writing is not None:
        yield "a copy is being written"
