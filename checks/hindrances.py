"""What hinders the opening or the closing, or must be known: one line each, and one for all subjects of an item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from agent.core.facts import Situation, names
from agent.core.grouped import fitting, natural, ranges
from agent.core.impact import Impact
from agent.core.site import Counter
from agent.core.text import Text
from checks import words
from checks.print_words import AND_MORE

ROOM = 60  # characters of subjects beside each other
SAID = 2  # different things said of them


@dataclass(frozen=True, slots=True)
class Line:
    """Something that hinders, or that one must know. `about`: an incident's or an item's id, down, or sheet; `target`
    the first of `targets`; `hurt`: names of the counters that cannot work, `needing` of those that need it and still
    go on; `first`: what to do first. Of an item, `title` and `observed` are what `what` says beside the subject."""

    about: str
    target: str
    what: Text
    hurt: Text | None = None
    needing: Text | None = None
    first: Text | None = None
    weight: tuple[int, ...] = ()
    targets: tuple[str, ...] = ()
    title: Text | None = None
    observed: Text | None = None


def together(lines: Iterable[Line], situation: Situation) -> list[Line]:
    """Each item once, with all its subjects and whom these hurt."""
    found: dict[object, list[Line]] = {}
    for place, line in enumerate(lines):
        found.setdefault(line.about if line.title else place, []).append(line)
    return [_one(group, situation) if len(group) > 1 else group[0] for group in found.values()]


def _one(group: Sequence[Line], situation: Situation) -> Line:
    group = sorted(group, key=lambda line: natural(line.target))
    targets, title = tuple(line.target for line in group), group[0].title or Text("", "")
    observed = words.joined((line.observed for line in group if line.observed), SAID)
    named = _names(targets, situation)
    what = Text(
        f"{named.zh}:{title.zh},{observed.zh}",
        f"{named.en}: {title.en}, {observed.en}",
    )
    impacts = [situation.impacts.of(each) for each in targets]
    hurt = _counters(impacts, lambda impact: impact.hurt)
    stopped = {each.id for each in hurt}
    spared = [each for each in _counters(impacts, lambda impact: impact.spared) if each.id not in stopped]
    first = words.joined((line.first for line in group if line.first), SAID)
    return replace(
        group[0],
        what=what,
        hurt=said_of(hurt),
        needing=said_of(spared),
        first=first if first.zh else None,
        weight=(-len(hurt), *group[0].weight[1:]),
        targets=targets,
    )


def _counters(impacts: Iterable[Impact], part: Callable[[Impact], Sequence[Counter]]) -> list[Counter]:
    return list({counter.id: counter for impact in impacts for counter in part(impact)}.values())


def said_of(counters: Sequence[Counter]) -> Text | None:
    return Text(names(counters, "zh"), names(counters, "en")) if counters else None


def _names(targets: Sequence[str], situation: Situation) -> Text:
    site = situation.site
    known = ((each, site.target(each)) for each in targets)
    found = ranges((identity, target.name if target else "") for identity, target in known)
    shown = fitting(found, "、", ROOM)
    said = Text("、".join(found[:shown]), ", ".join(found[:shown]))
    return AND_MORE.format(names=said, count=len(targets)) if shown < len(found) else said
