"""Verdicts on labelled histories: how many are as a person would say."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.calendar import Calendar, HolidayTable
from collectors.backup import BackupOptions
from collectors.backup.copies import Noted, history, sorted_out
from collectors.backup.listing import File, Listing
from collectors.backup.schedule import Schedule
from collectors.backup.verdict import Past, Standing, judged
from tests.collectors.backup_histories import HISTORIES, HOLIDAYS, MAKE_UP, History

CALENDAR = Calendar(holidays="closed", table=HolidayTable(frozenset({2026}), HOLIDAYS, MAKE_UP))


def standing_of(case: History) -> Standing:
    """At the last look, with what the looks before it left behind."""
    options = BackupOptions.model_validate({"id": "db", "path": "/b", **case.options})
    schedule = Schedule.of(options, CALENDAR)
    noted: Noted | None = None
    past, standing = None, None
    for look in case.looks:
        files = tuple(File(f"/b/./{name}", size, int(when)) for name, when, size in look.files)
        listing = Listing(int(look.now + look.ahead), files)
        found, noted = sorted_out(listing, options.pattern, noted, look.now)
        firsts = [copy.at for copy in found.good] + ([past.began] if past and past.began else [])
        past = Past(
            past.since if past else look.now,
            min(firsts, default=None),
            standing.success if standing else None,
            history(found, past.sizes if past else ()),
        )
        standing = judged(found, past, schedule, options.retention, look.now)
    assert standing is not None
    return standing


def said_of(standing: Standing) -> dict[str, Any]:
    ratio, change = standing.late.ratio, standing.change
    size = "unknown" if change is None else "ok" if abs(change) <= 0.6 else "shrank" if change < 0 else "grew"
    return {
        "late": "no" if standing.late.seconds <= 0 else "yes" if ratio <= 1 else "twice",
        "failed": None if standing.failed is None else int(standing.failed),
        "size": "empty" if standing.newest and standing.newest.size == 0 else size,
        "copies": standing.copies,
        "missing": standing.missing,
        "last": standing.success,
        "little": standing.small_growth,
    }


def wrong(case: History) -> dict[str, Any]:
    said = said_of(standing_of(case))
    return {word: (said[word], wanted) for word, wanted in case.says.items() if not _same(said[word], wanted)}


def _same(said: Any, wanted: Any) -> bool:
    return bool(said == (pytest.approx(wanted, abs=60) if isinstance(wanted, float) else wanted))


def test_verdicts_on_labelled_histories_are_as_a_person_would_say() -> None:
    mistakes = {case.name: found for case in HISTORIES if (found := wrong(case))}
    print(f"{len(HISTORIES) - len(mistakes)} of {len(HISTORIES)} labelled histories right")
    assert len(HISTORIES) >= 200
    assert len({case.name for case in HISTORIES}) == len(HISTORIES)
    assert not mistakes, "\n".join(f"{name}: {found} (said, wanted)" for name, found in mistakes.items())
