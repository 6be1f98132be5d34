"""What the copies of a job mean: when the last good one ended, how late the next is, sizes, what is missing. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.core.model import Sample
from collectors.backup import metrics
from collectors.backup.copies import Copies, Copy
from collectors.backup.options import Retention
from collectors.backup.retention import missing
from collectors.backup.schedule import Lateness, Schedule, lateness
from collectors.backup.sizes import before, change, grew_too_little


@dataclass(frozen=True)
class Past:
    """What is remembered of a job. `since`: when it was first looked at; `began`: its first copy that was ever seen;
    `last`: its last good one that was ever seen; all in Unix seconds. `sizes`: (time by the host's clock, bytes).
    `failed`: what the job itself says of its last run."""

    since: float
    began: float | None = None
    last: float | None = None
    sizes: Sequence[tuple[int, int]] = ()
    failed: bool | None = None


@dataclass(frozen=True)
class Standing:
    """How a job stands. `success` is the end of its last good copy, `newest` the newest whole one, good or empty."""

    success: float | None
    late: Lateness
    newest: Copy | None
    failed: bool | None
    change: float | None
    small_growth: bool
    copies: int | None
    missing: int | None


def judged(found: Copies, past: Past, schedule: Schedule, retention: Retention, now: float) -> Standing:
    """A job without any copy is late from `since` on; while its only one is being written over, the one before it still
    counts."""
    good, newest = found.good, found.whole[0] if found.whole else None
    success = good[0].at if good else past.last if found.writing else None
    size = newest.size if newest and newest.size else None
    earlier = before(past.sizes, newest.key[0]) if newest else []
    return Standing(
        success=success,
        late=lateness(schedule, past.since if success is None else success, now),
        newest=newest,
        failed=_failed(found, past.failed),
        change=change(size, earlier) if size else None,
        small_growth=bool(size and grew_too_little(size, earlier)),
        copies=len(good) if found.known else None,
        missing=_missing(good, past, schedule, retention, now) if found.known else None,
    )


def _failed(found: Copies, told: bool | None) -> bool | None:
    """By what it says and what it left; None where there is neither."""
    if told or found.broken is not None:
        return True
    return found.whole[0].size == 0 if found.whole else told


def _missing(good: Sequence[Copy], past: Past, schedule: Schedule, retention: Retention, now: float) -> int | None:
    if past.began is None:
        return None
    day = schedule.calendar.local
    made = {day(copy.at).date() for copy in good}
    return missing(made, retention, schedule, day(past.began).date(), day(now).date())


def samples(standing: Standing, schedule: Schedule) -> Iterator[Sample]:
    yield metrics.INTERVAL.sample(schedule.every)
    yield metrics.OVERDUE.sample(standing.late.seconds)
    yield metrics.OVERDUE_RATIO.sample(standing.late.ratio)
    size = standing.newest.size if standing.newest else None
    told = (
        (metrics.LAST_SUCCESS, standing.success),
        (metrics.FAILED, standing.failed),
        (metrics.SIZE, size),
        (metrics.SIZE_CHANGE, standing.change),
        (metrics.COPIES, standing.copies),
        (metrics.MISSING, standing.missing),
    )
    yield from (metric.sample(value) for metric, value in told if value is not None)
