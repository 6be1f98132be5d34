"""Impact: which counters a broken target takes with it, by what `counters:` and `depends_on` say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.core.incident import Incident, Playbook
from agent.core.model import Dependency, Reading, Target
from agent.core.site import Counter, Site
from agent.core.text import Text

# The samples by which a target says of itself whether it works.
UP = {
    "line": "line_up",
    "switch": "device_up",
    "machine_room": "device_up",
    "host": "host_up",
    "application": "application_up",
}
SPARED = Text("暂不影响受理;依赖它的:{}", "nobody yet; depend on it: {}")
NO_COUNTER = Text("agent.yaml 的 counters 里没有窗口写明依赖它", "no counters in agent.yaml are said to depend on it")
BUSINESS_ONLY = Text(
    "{}业务;agent.yaml 的 counters 里没有窗口写明依赖它",
    "the {} business; no counters in agent.yaml are said to depend on it",
)
NUMBERED = re.compile(r"(.*?)(\d{1,6})(\D*)\Z", re.DOTALL)
Ids = frozenset[str]


@dataclass(frozen=True)
class Impact:
    """`hurt`: counters that cannot work because of the target. `spared`: counters that need it, or something that
    needs it, and go on: it is not down, or an alternative works."""

    hurt: tuple[Counter, ...]
    spared: tuple[Counter, ...]


NOBODY = Impact((), ())


class Impacts:
    """What each target does to the counters while those in `down` do not work."""

    def __init__(self, site: Site, down: Ids) -> None:
        self.site, self.down = site, down
        direct = {target.id: Ids({target.id}) if target.id in down else Ids() for target in site.targets}
        causes = _spread(site, direct, _failing)
        needs = _spread(site, {target.id: Ids({target.id}) for target in site.targets}, _all)
        self._hurt = _by_target(site, lambda counter: _failing(counter.depends_on, causes))
        self._needing = _by_target(site, lambda counter: _all(counter.depends_on, needs))
        self._known: dict[str, Impact] = {}

    def of(self, target: str) -> Impact:
        found = self._known.get(target)
        if found is None:
            hurt = self._hurt.get(target, ())
            ids = {counter.id for counter in hurt}
            spared = tuple(each for each in self._needing.get(target, ()) if each.id not in ids)
            found = self._known[target] = Impact(tuple(hurt), spared)
        return found


class Reliance:
    """Which counters need which targets."""

    def __init__(self, site: Site) -> None:
        needs = _spread(site, {target.id: Ids({target.id}) for target in site.targets}, _all)
        self._needing = _by_target(site, lambda counter: _all(counter.depends_on, needs))
        self._between: dict[str, list[Target]] = {}
        for target in site.targets:
            for identity in needs[target.id] if target.depends_on else ():
                self._between.setdefault(identity, []).append(target)

    def stopped(self, identity: str, down: Callable[[str], bool]) -> Sequence[Counter]:
        """The counters that cannot work because this target does not, while `down` says which others do not either."""
        hit, grown = {identity}, True

        def because(dependencies: Iterable[Dependency]) -> bool:
            return any(
                not hit.isdisjoint(each.any_of) and all(one in hit or down(one) for one in each.any_of)
                for each in dependencies
            )

        while grown:
            more = {
                each.id for each in self._between.get(identity, ()) if each.id not in hit and because(each.depends_on)
            }
            hit |= more
            grown = bool(more)
        return [counter for counter in self._needing.get(identity, ()) if because(counter.depends_on)]


def down(
    targets: Iterable[Target],
    readings: Mapping[str, Sequence[Reading]],
    incidents: Iterable[Incident],
    playbooks: Mapping[str, Playbook],
) -> Ids:
    """Ids of the targets that do not work: its own `*_up` is 0; where that is not known now, an incident that such a 0
    opened has not closed yet. `readings` are the latest, by the target's id."""
    held: dict[str, set[str]] = {}
    for incident in incidents:
        held.setdefault(incident.target, set()).update(_metrics_behind(incident, playbooks))
    return Ids(target.id for target in targets if _down(target, readings.get(target.id, ()), held.get(target.id, ())))


def self_down(target: Target, readings: Iterable[Reading]) -> bool:
    """Whether the target's own `*_up` is 0."""
    name = UP.get(target.kind, "")
    return any(sample.value == 0 for reading in readings for sample in reading.by_metric.get(name, ()))


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


def _down(target: Target, readings: Sequence[Reading], held: Iterable[str]) -> bool:
    name = UP.get(target.kind, "")
    if any(name in reading.by_metric for reading in readings):
        return self_down(target, readings)
    return name in held


def _metrics_behind(incident: Incident, playbooks: Mapping[str, Playbook]) -> set[str]:
    """The metrics whose triggers hold this incident open."""
    playbook = playbooks.get(incident.playbook)
    triggers = {subject.partition("{")[0] for subject in incident.subjects}
    return {trigger.condition.metric for trigger in playbook.triggers if trigger.id in triggers} if playbook else set()


def _by_target(site: Site, reaching: Callable[[Counter], Ids]) -> Mapping[str, list[Counter]]:
    """The counters that each target reaches, in the order of agent.yaml."""
    found: dict[str, list[Counter]] = {}
    for counter in site.counters:
        for target in reaching(counter):
            found.setdefault(target, []).append(counter)
    return found


def _spread(
    site: Site, direct: Mapping[str, Ids], take: Callable[[Iterable[Dependency], Mapping[str, Ids]], Ids]
) -> Mapping[str, Ids]:
    """What reaches each target over its dependencies, itself first; until nothing is added any more."""
    found, grown, order = dict(direct), True, [target for target in site.targets if target.depends_on]
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
