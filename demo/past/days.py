"""The days before: what befell the centre in each, of a die that is cast by the date alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from agent.core.calendar import DAY, Stretch
from agent.core.model import Target
from agent.core.past import Deed, Past, Turn, Work
from agent.core.site import Site
from agent.core.text import Text
from demo.centre.plan import Centre
from demo.past.cases import CASES, Case, Together
from demo.past.load import levels
from demo.past.shown import UP, down

MINUTE = 60.0
SECOND, WEEKEND = 0.6, 0.35  # of a week, how likely a second thing befalls it, and one on its Saturday or Sunday
OVER = 1800.0  # seconds for which all has been well at the end
BEFORE_CLOSING = 2400.0
NIGHT = (30, 300)  # minutes after midnight
NOBODY_THERE = 3.5  # times as long until somebody looks
PATCHES = Text("统一受理平台例行补丁", "regular patches of the acceptance software")


@dataclass(frozen=True, slots=True)
class Befallen:
    case: Case
    whom: Together
    start: float
    end: float


def past(centre: Centre, site: Site, days: int, now: float) -> Past:
    """From the midnight of so many days ago until now; over before that whatever it was."""
    today = site.calendar.local(now).date()
    dates = [today - timedelta(days=before) for before in range(days, -1, -1)]
    start = site.calendar.moment(dates[0])
    found = [each for day in dates for each in befallen(centre, site, day) if each.end < now - OVER]
    works = [each for day in dates for each in _works(site, day) if each.entered >= start and each.end < now - OVER]
    well = [turn for target in site.targets if target.kind in UP for turn in _well(target, start)]
    turns = [turn for each in found for target in each.whom for turn in _turns(each, target)]
    patched = [turn for work in works for turn in _patched(site, work)]
    deeds = [deed for each in found for deed in _deeds(site, each) if deed.at < now]
    told = tuple(sorted([*well, *turns, *patched]))
    return Past(start, now, told, tuple(sorted(deeds)), tuple(sorted(works)), tuple(levels(site, told)))


def befallen(centre: Centre, site: Site, day: date) -> list[Befallen]:
    """What began on this day: nothing on most."""
    week = (day.toordinal() - 1) // 7
    if day.weekday() not in (troubled := _troubled(week)):
        return []
    dice = _dice(day.isoformat())
    opened = _served(site, day)
    whom = {case.name: [each for each in case.whom(centre, site) if each] for case in CASES}
    cases = [case for case in CASES if whom[case.name] and (opened or case.hours != "service")]
    if not cases:  # a part of the centre that has nothing of all this
        return []
    case = dice.choices(cases, [case.share for case in cases])[0]
    if week % 2 == 0 and day.weekday() == troubled[0] and whom[CASES[0].name]:
        case = CASES[0]  # so that no month is without one that everybody understands
    start = _moment(dice, _hours(site, case, day, opened))
    together = dice.choice(whom[case.name])
    return [Befallen(case, together, start, start + MINUTE * dice.uniform(*case.minutes))]


def _served(site: Site, day: date) -> Sequence[Stretch]:
    """The service hours of this day, less the last minutes of each stretch."""
    found = site.calendar.stretches("service", site.calendar.moment(day), site.calendar.moment(day, 1440))
    return [(start, end - BEFORE_CLOSING) for start, end in found if end - start > BEFORE_CLOSING]


def _troubled(week: int) -> list[int]:
    """The weekdays of a week on which something happens: one at least, from Monday to Friday."""
    dice = _dice(week)
    found = dice.sample(range(5), 2 if dice.random() < SECOND else 1)
    return [*found, dice.choice((5, 6))] if dice.random() < WEEKEND else found


def _dice(*about: object) -> Random:
    """It falls the same each time for the same things."""
    return Random(f"{about}")  # noqa: S311 - nothing secret


def _hours(site: Site, case: Case, day: date, opened: Sequence[Stretch]) -> Sequence[Stretch]:
    if case.hours == "service" and opened:
        return opened
    first, last = NIGHT if case.hours == "night" else (0, 1440)
    return [(site.calendar.moment(day, first), site.calendar.moment(day, last))]


def _moment(dice: Random, stretches: Sequence[Stretch]) -> float:
    start, end = dice.choice(stretches)
    return float(round(dice.uniform(start, end)))


def _well(target: Target, at: float) -> Iterator[Turn]:
    for each in UP[target.kind](target):
        yield Turn(at, target.kind, target.id, each.metric, each.well, each.labels)


def _turns(each: Befallen, target: Target) -> Iterator[Turn]:
    for series in each.case.shows(target):
        for at, value in ((each.start, series.ill), (each.end, series.well)):
            yield Turn(at, target.kind, target.id, series.metric, value, series.labels)


def _deeds(site: Site, each: Befallen) -> Iterator[Deed]:
    """The first of those befallen is what people wrote about."""
    target = each.whom[0]
    dice = _dice(target.id, each.start)
    slow = 1.0 if site.calendar.open("working", each.start) else NOBODY_THERE
    who = _administrator(site)
    carrier = getattr(target.options, "carrier", None)
    facts = {name: getattr(carrier, name, "") for name in ("name", "circuit")}
    said = [text.format(carrier=facts["name"], circuit=facts["circuit"]) for text in (each.case.found, each.case.cause)]
    found, over = each.start + slow * MINUTE * dice.uniform(2.5, 5), each.end + slow * MINUTE * dice.uniform(4, 15)
    if found < each.end:
        yield Deed(found, target.kind, target.id, each.start, who, said[0][site.language], owns=True)
    yield Deed(over, target.kind, target.id, each.start, who, said[1][site.language], owns=False)


def _administrator(site: Site) -> str:
    return next((person.id for person in site.people if person.role == "network_administrator"), "admin")


def _works(site: Site, day: date) -> Iterator[Work]:
    """Every second Saturday evening, written down on Thursday."""
    if day.weekday() != 5 or day.isocalendar().week % 2:
        return
    first = next((each.id for each in site.of_kind("application") if each.options.role == "acceptance"), None)
    if first is not None:
        start = site.calendar.moment(day, 20 * 60)
        yield Work(
            start - 2 * DAY - 5 * 3600, (first,), start, start + 3600, PATCHES[site.language], _administrator(site)
        )


def _patched(site: Site, work: Work) -> Iterator[Turn]:
    """It restarts, for less than would be an incident."""
    for target in (found for each in work.targets if (found := site.target(each)) is not None):
        for series in down(target):
            for after, value in ((11.0, series.ill), (13.5, series.well)):
                yield Turn(work.start + after * MINUTE, target.kind, target.id, series.metric, value, series.labels)
