"""The agent's evaluator and a real Prometheus judge the same histories alike.

promtool evaluates the exported raw rules over all histories at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agent.core.incident import Change, Incident
from agent.core.model import Reading, Sample, Target
from agent.core.subject import Subject
from exporters.rules import raw_rules
from playbooks.watch import Watch
from tests.exporters.histories import METRICS, PLAYBOOKS, STEP, STEPS, Centre, History, Track, centres
from tests.exporters.promtool import firing
from tests.playbooks.made import reading

SEED = 20120017
CENTRES, TARGETS = 14, 36  # and one history of each centre as a whole: 518

Fires = frozenset[tuple[str, ...]]  # trigger, centre, target, label values; or alert, centre, target, class


def test_agent_and_prometheus_fire_alike_over_518_histories(tmp_path: Path) -> None:
    made = centres(SEED, CENTRES, TARGETS)
    ours = [frozenset[tuple[str, ...]]().union(*at) for at in zip(*map(agent, made), strict=True)]
    theirs = prometheus(made, tmp_path)
    differences = [
        f"step {step}: only the agent {sorted(mine - other)}, only Prometheus {sorted(other - mine)}"
        for step, (mine, other) in enumerate(zip(ours, theirs, strict=True))
        if mine != other
    ]
    assert not differences, "\n".join(differences[:5])
    targets = {row[2] for at in ours for row in at}
    assert len(targets) > CENTRES * TARGETS / 2, "too few histories fire to prove anything"


def agent(centre: Centre) -> Iterator[Fires]:
    """What fires in this centre at each step, by its agent, which starts anew after each gap."""
    stored: dict[str, Incident] = {}

    def sink(changes: tuple[Change, ...]) -> None:
        for change in changes:
            stored[change.incident.id] = change.incident

    watch: Watch | None = None
    for step in range(STEPS):
        now = step * STEP
        if step in centre.gone:
            watch = None
        else:
            if watch is None:
                watch = Watch(PLAYBOOKS, centre.hours, stored.values(), sink, centre.name)
            for history in centre.histories:
                for each in readings(history, step):
                    watch.observe(each, now)
            watch.tick(now)
        yield frozenset(row for each in stored.values() if each.open for row in rows(centre, each))


def rows(centre: Centre, incident: Incident) -> Iterator[tuple[str, ...]]:
    alert = next(each.alert for each in PLAYBOOKS if each.id == incident.playbook)
    yield (alert, centre.name, incident.target, incident.class_)
    for text in incident.subjects:
        subject = Subject.parse(text)
        yield (subject.trigger, centre.name, incident.target, *(value for _, value in subject.labels))


def readings(history: History, step: int) -> Iterator[Reading]:
    """What the collectors of this target give at this step; one that runs and gives nothing has failed."""
    target = None if history.kind == "center" else Target(history.kind, history.target, history.target)
    for collector in {track.collector for track in history.tracks if history.read(track.collector, step)}:
        found = [(track, track.values[step]) for track in history.tracks if track.collector == collector]
        samples = [Sample(track.metric, value, track.labels) for track, value in found if value is not None]
        yield reading(target, samples, step * STEP, collector, failed=not samples)


def prometheus(made: list[Centre], folder: Path) -> list[Fires]:
    """What fires at each step, by Prometheus."""
    series = dict(row for centre in made for row in shown(centre))
    query = 'ALERTS{alertstate="firing", playbook=~"TA-.*"}'
    found = firing(raw_rules(PLAYBOOKS, METRICS), series, STEP, range(STEPS), folder, query)
    return [frozenset(map(fired, found[step])) for step in range(STEPS)]


def shown(centre: Centre) -> Iterator[tuple[str, list[float | None]]]:
    """Every series of the centre as Prometheus sees it."""
    about = f'center="{centre.name}",district="d"'
    for hours in ("service", "working"):
        is_open = [float(centre.hours.open(hours, step * STEP)) for step in range(STEPS)]
        yield f"center_{hours}_open{{{about}}}", [None if at in centre.gone else is_open[at] for at in range(STEPS)]
    for history in centre.histories:
        whose = "" if history.kind == "center" else f',kind="{history.kind}",target="{history.target}"'
        for track in history.tracks:
            labels = zip(track.metric.labels, track.labels, strict=True)
            own = "".join(f',{name}="{value}"' for name, value in labels)
            yield f"{track.metric.name}{{{about}{whose}{own}}}", held(centre, history, track)


def held(centre: Centre, history: History, track: Track) -> list[float | None]:
    """What the agent shows at each step: the value of its last reading since it started."""
    shown: list[float | None] = []
    last = None
    for step, value in enumerate(track.values):
        if step in centre.gone:
            last = None
        elif history.read(track.collector, step):
            last = value
        shown.append(last)
    return shown


def fired(labels: dict[str, str]) -> tuple[str, ...]:
    about = (labels["alertname"], labels["center"], labels["target"])
    if "trigger" not in labels:
        return (*about, labels["class"])
    return about + tuple(value for name, value in sorted(labels.items()) if name in ("place", "port", "role", "cast"))
