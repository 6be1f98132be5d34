"""Histories made by chance from a seed: what the series of a target did on a time grid, and when its agent was gone.

Each centre has its own agent, opening hours and restarts. Every target of it belongs to one playbook of `PLAYBOOKS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from agent.core.incident import Condition, Playbook, Trigger
from agent.core.model import Metric
from tests.playbooks.made import Hours, gauge, playbook

STEP = 15.0
STEPS = 90

UP = gauge("a_up")
USAGE = gauge("b_usage_ratio", "place")
RUNTIME = gauge("c_runtime_seconds")
LAST = gauge("d_last_timestamp_seconds")
BROADCAST = gauge("e_broadcast_ratio", "port")
PACKETS = gauge("e_packets", "port", "cast")
SAVED = gauge("f_saved")
LOG = gauge("f_log_timestamp_seconds")
PORT = gauge("g_port_up", "port", "role")
OFFLINE = gauge("center_offline_ratio")
METRICS = (UP, USAGE, RUNTIME, LAST, BROADCAST, PACKETS, SAVED, LOG, PORT, OFFLINE)


def _trigger(identity: str, class_: str, condition: Condition, **more: object) -> Trigger:
    return Trigger(identity, identity.partition(".")[0], condition, class_, **more)  # type: ignore[arg-type]


PLAYBOOKS: tuple[Playbook, ...] = (
    playbook(
        "TA-01",
        _trigger("TA-01.1", "P2", Condition("a_up", equals=0), for_seconds=90, during="service"),
        _trigger("TA-01.2", "P3", Condition("a_up", equals=0), for_seconds=45),
        _trigger("TA-01.3", "P4", Condition("a_up", equals=0), during="working", clear_seconds=15),
    ),
    playbook(
        "TA-02",
        _trigger("TA-02.1", "P2", Condition("b_usage_ratio", above=0.9), for_seconds=40, clear=0.85, clear_seconds=30),
        _trigger("TA-02.2", "P1", Condition("b_usage_ratio", above=0.95), for_seconds=60, clear=0.93, clear_seconds=1),
    ),
    playbook(
        "TA-03",
        _trigger("TA-03.1", "P3", Condition("c_runtime_seconds", below=900), clear=1200, clear_seconds=75),
        _trigger("TA-03.2", "P1", Condition("c_runtime_seconds", below=300), for_seconds=15, during="service"),
    ),
    playbook(
        "TA-04",
        _trigger("TA-04.1", "P3", Condition("d_last_timestamp_seconds", age_above=120), clear=60),
        _trigger(
            "TA-04.2", "P2", Condition("d_last_timestamp_seconds", age_above=200), for_seconds=30, clear_seconds=7
        ),
    ),
    playbook(
        "TA-05",
        _trigger(
            "TA-05.1",
            "P1",
            Condition("e_broadcast_ratio", above=0.2),
            and_also=(Condition("e_packets", {"cast": "broadcast"}, above=200),),
            for_seconds=30,
        ),
    ),
    playbook(
        "TA-06",
        _trigger(
            "TA-06.1",
            "P4",
            Condition("f_saved", equals=0),
            and_also=(Condition("f_log_timestamp_seconds", age_above=90),),
            for_seconds=20,
            during="working",
            clear_seconds=45,
        ),
    ),
    playbook(
        "TA-07",
        _trigger("TA-07.1", "P2", Condition("g_port_up", {"role": "uplink|server"}, equals=0), for_seconds=60),
        _trigger("TA-07.2", "P3", Condition("g_port_up", {"role": "line", "kind": "switch"}, equals=0), for_seconds=30),
    ),
    playbook(
        "TA-08",
        _trigger("TA-08.1", "P2", Condition("center_offline_ratio", above=0.1), for_seconds=60, during="service"),
    ),
)

Values = Sequence[float | None]  # by step; None where there is no sample


@dataclass(frozen=True)
class Track:
    """One series. `collector` is who reads it."""

    metric: Metric
    labels: tuple[str, ...]
    values: Values
    collector: str = "one"


@dataclass(frozen=True)
class History:
    """All series of one target, or of the centre (kind "center").

    A collector runs each `every` steps; between its runs the last values stand. Collector "two" runs between the runs
    of "one": on a grid, two readings of one moment have no order.
    """

    kind: str
    target: str
    every: int
    tracks: tuple[Track, ...]

    def read(self, collector: str, step: int) -> bool:
        """Whether this collector runs at this step."""
        return step % self.every == (self.every // 2 if collector == "two" else 0)


@dataclass(frozen=True)
class Centre:
    name: str
    hours: Hours
    gone: frozenset[int]  # steps at which no agent runs
    histories: tuple[History, ...] = field(default_factory=tuple)


def centres(seed: int, number: int, targets: int) -> list[Centre]:
    """So many centres with so many targets each."""
    chance = Random(seed)
    return [_centre(chance, f"center-{index:02}", targets) for index in range(number)]


def _centre(chance: Random, name: str, targets: int) -> Centre:
    gone: set[int] = set()
    for _ in range(chance.randint(0, 3)):
        start = chance.randrange(5, STEPS)
        gone |= set(range(start, min(STEPS, start + chance.choice((1, 2, 3, 8, 15)))))
    hours = Hours(service=_spans(chance), working=_spans(chance))
    own = History("center", name, 1, (Track(OFFLINE, (), _levels(chance, (0, 0.1, 0.2, 0.5))),))
    return Centre(name, hours, frozenset(gone), (own, *(_history(chance, f"{name}-{n:02}") for n in range(targets))))


def _spans(chance: Random) -> list[tuple[float, float]]:
    edges = sorted(chance.sample(range(-5, STEPS + 5), 6))
    return [(edges[at] * STEP, edges[at + 1] * STEP) for at in (0, 2, 4)]


def _history(chance: Random, target: str) -> History:
    kind = chance.choice(("switch", "line"))
    tracks = tuple(chance.choice(MAKERS)(chance))
    joined = any(track.collector == "two" for track in tracks)
    return History(kind, target, chance.choice((2, 4) if joined else (1, 1, 2, 4)), tracks)


def _up(chance: Random) -> Iterator[Track]:
    yield Track(UP, (), _levels(chance, (1, 0)))


def _usage(chance: Random) -> Iterator[Track]:
    for place in ("/", "/var"):
        yield Track(USAGE, (place,), _levels(chance, (0.5, 0.85, 0.87, 0.9, 0.92, 0.93, 0.95, 0.97)))


def _runtime(chance: Random) -> Iterator[Track]:
    yield Track(RUNTIME, (), _levels(chance, (3000, 200, 300, 600, 900, 1000, 1200)))


def _last(chance: Random) -> Iterator[Track]:
    yield Track(LAST, (), _timestamps(chance))


def _broadcast(chance: Random) -> Iterator[Track]:
    collector = chance.choice(("one", "two"))
    for port in ("1", "2"):
        yield Track(BROADCAST, (port,), _levels(chance, (0.1, 0.2, 0.3, 0.5)))
        yield Track(PACKETS, (port, "broadcast"), _levels(chance, (100, 200, 300, 500)), collector)
        yield Track(PACKETS, (port, "unicast"), _levels(chance, (100, 300)), collector)


def _saved(chance: Random) -> Iterator[Track]:
    yield Track(SAVED, (), _levels(chance, (0, 1)))
    yield Track(LOG, (), _timestamps(chance), chance.choice(("one", "two")))


def _port(chance: Random) -> Iterator[Track]:
    for port, role in (("1", "uplink"), ("2", "server"), ("3", "line"), ("4", "other")):
        yield Track(PORT, (port, role), _levels(chance, (1, 0)))


MAKERS = (_up, _usage, _runtime, _last, _broadcast, _saved, _port)


def _levels(chance: Random, levels: Sequence[float]) -> Values:
    """Runs on one level, oftenest the first; gaps; and flapping between two levels."""
    values: list[float | None] = []
    while len(values) < STEPS:
        length = chance.choice((1, 1, 2, 3, 4, 6, 10, 20))
        kind = chance.random()
        if kind < 0.1:
            values += [None] * min(length, 8)
        elif kind < 0.2:
            pair = (chance.choice(levels), chance.choice(levels))
            values += [pair[step % 2] for step in range(length)]
        else:
            values += [levels[0] if kind < 0.6 else chance.choice(levels)] * length
    return values[:STEPS]


def _timestamps(chance: Random) -> Values:
    """The time of something that happens now and then; it may not be known for a while."""
    values: list[float | None] = []
    last = -chance.choice((0.0, 30.0, 200.0))
    for step in range(STEPS):
        if chance.random() < 0.12:
            last = step * STEP - chance.choice((0, 1, 15, 60))
        values.append(last)
    for _ in range(chance.randint(0, 3)):
        start = chance.randrange(STEPS)
        for step in range(start, min(STEPS, start + chance.randint(1, 6))):
            values[step] = None
    return values
