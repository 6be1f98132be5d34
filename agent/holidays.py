"""Chinese public holidays and make-up workdays, from the package chinesecalendar, as plain data for the calendar."""

from __future__ import annotations

from agent.core.calendar import HolidayTable

# Compared with the State Council's notices up to this year. A release that claims more is not believed unseen:
# years are published each November, and what is not yet published can only be a guess.
LAST_YEAR = 2026


def chinese_holidays() -> HolidayTable:
    """Every year that was published and checked."""
    from chinese_calendar.constants import holidays, workdays

    years = frozenset(day.year for day in holidays if day.year <= LAST_YEAR)
    return HolidayTable(
        years,
        frozenset(day for day in holidays if day.year in years),
        frozenset(day for day in workdays if day.year in years),
    )
