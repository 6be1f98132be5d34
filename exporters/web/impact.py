"""Impact: which counters a broken target takes with it, by what `counters:` and `depends_on` say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from agent.core.model import Dependency
from agent.core.site import Counter, Site

NUMBERED = re.compile(r"(.*?)(\d{1,6})(\D*)\Z", re.DOTALL)
Ids = frozenset[str]


@dataclass(frozen=True)
class Impact:
    """`hurt`: counters that cannot work because of the target. `spared`: counters that need it, or something that
    needs it, and go on: it is not down, or an alternative works."""

    hurt: tuple[Counter, ...]
    spared: tuple[Counter, ...]


class Impacts:
    """What each target does to the counters while those in `down` do not work."""

    def __init__(self, site: Site, down: Ids) -> None:
        self._site = site
        direct = {target.id: Ids({target.id}) & down for target in site.targets}
        self._causes = _spread(site, direct, _failing)
        self._needs = _spread(site, {target.id: Ids({target.id}) for target in site.targets}, _all)

    def of(self, target: str) -> Impact:
        hurt = tuple(each for each in self._site.counters if target in _failing(each.depends_on, self._causes))
        needing = (each for each in self._site.counters if target in _all(each.depends_on, self._needs))
        return Impact(hurt, tuple(each for each in needing if each not in hurt))


def _spread(
    site: Site, direct: Mapping[str, Ids], take: Callable[[Iterable[Dependency], Mapping[str, Ids]], Ids]
) -> Mapping[str, Ids]:
    """What reaches each target over its dependencies, itself first; until nothing is added any more."""
    found, grown, order = dict(direct), True, list(site.targets)
    while grown:
        grown = False
        order.reverse()  # a chain written in either direction is then followed in two passes
        for target in order:
            more = found[target.id] | take(target.depends_on, found)
            grown |= more != found[target.id]
            found[target.id] = more
    return found


def _failing(dependencies: Iterable[Dependency], causes: Mapping[str, Ids]) -> Ids:
    """Why these dependencies fail: one fails where all of its alternatives do."""
    found = Ids()
    for dependency in dependencies:
        each = [causes.get(identity, Ids()) for identity in dependency.any_of]
        if all(each):
            found = found.union(*each)
    return found


def _all(dependencies: Iterable[Dependency], needs: Mapping[str, Ids]) -> Ids:
    each = [needs.get(identity, Ids()) for dependency in dependencies for identity in dependency.any_of]
    return Ids().union(*each)


def span(names: Iterable[str], comma: str) -> str:
    """Names with runs of numbers shortened: `1-8号窗口、10号窗口、咨询台`."""
    runs: list[tuple[str, int, int, str]] = []  # before the number, the first, the last, after it; -1 without number
    for name in names:
        match = NUMBERED.match(name)
        before, number, after = (match[1], int(match[2]), match[3]) if match else (name, -1, "")
        if match and runs and (runs[-1][0], runs[-1][2] + 1, runs[-1][3]) == (before, number, after):
            runs[-1] = (before, runs[-1][1], number, after)
        else:
            runs.append((before, number, number, after))
    return comma.join(_run(*run) for run in runs)


def _run(before: str, first: int, last: int, after: str) -> str:
    numbers = "" if first < 0 else str(first) if first == last else f"{first}-{last}"
    return before + numbers + after
