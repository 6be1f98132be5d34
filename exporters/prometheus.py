"""Exposition: the snapshot as Prometheus reads it, in the text format 0.0.4 and in OpenMetrics 1.0.

What the labels of a target's series are changes seldom, their values always. So each target keeps, per metric, one
template of all its lines with a gap for each value; a scrape fills the gaps. The body is made in small pieces, between
which the event loop may run.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from agent.core.model import Metric, Reading, Target
from agent.core.snapshot import Snapshot, key_of

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

log = logging.getLogger(__name__)

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

SLICE = 0.004  # seconds of work between two turns of the event loop; one piece may come on top of it
PIECE = 250  # series laid out between two looks at the clock
LABEL_NAME = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*\Z")

Owner = tuple[str, str]  # kind and id of a target; both empty for the centre and the agent itself
Families = dict[str, tuple[Metric, list[bytes]]]


class _Shape(NamedTuple):
    """All that says what one target's lines look like, apart from the values."""

    about: Mapping[str, str]
    metrics: tuple[Metric, ...]
    labels: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Lines:
    """One target's lines of one metric, and where their values stand among all the target's values."""

    metric: Metric
    places: tuple[int, ...]
    template: bytes
    doubled: bool

    def fill(self, values: tuple[float, ...]) -> bytes:
        own = tuple([values[place] for place in self.places])
        lines = self.template % own
        if not math.isfinite(sum(own)):
            lines = lines.replace(b" inf\n", b" +Inf\n").replace(b" -inf\n", b" -Inf\n").replace(b" nan\n", b" NaN\n")
        return lines


@dataclass(frozen=True, slots=True)
class _Layout:
    shape: _Shape
    lines: tuple[_Lines, ...]


class Exposition:
    """Renders a snapshot, the agent's own process behind it. For one thread: that of the event loop.

    A series that comes twice (two collectors say the same of one target) is shown once: the collector first by name
    wins, and the log says so once.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._layouts: dict[Owner, _Layout] = {}
        self._told: set[tuple[Owner, str]] = set()
        self._process: CollectorRegistry | None = None

    def render(self, openmetrics: bool = False) -> bytes:
        """The whole body at once."""
        body: list[bytes] = []
        for _ in self._pieces(openmetrics, body):
            pass
        return b"".join(body)

    async def render_in_slices(self, openmetrics: bool = False) -> bytes:
        """The body of the readings as they are at the call; meanwhile other tasks run at least every 10 ms."""
        body: list[bytes] = []
        began = time.perf_counter()
        for _ in self._pieces(openmetrics, body):
            if time.perf_counter() - began > SLICE:
                await asyncio.sleep(0)
                began = time.perf_counter()
        await asyncio.sleep(0)  # joining 10 MB is a slice of its own
        return b"".join(body)

    @property
    def doubled(self) -> int:
        """In how many places (target and metric) series came twice when last rendered."""
        return sum(lines.doubled for layout in self._layouts.values() for lines in layout.lines)

    def _pieces(self, openmetrics: bool, body: list[bytes]) -> Iterator[None]:
        owners: dict[Owner, list[Reading]] = defaultdict(list)
        for reading in sorted(self._snapshot.readings(), key=key_of):
            owners[key_of(reading)[1:]].append(reading)
        self._forget(owners)
        yield
        families: Families = {}
        for owner in sorted(owners):
            yield from self._fill(owner, owners[owner], families)
        for name in sorted(families):
            metric, lines = families[name]
            body.append(_head(metric, openmetrics) + b"".join(lines))
            yield
        body.append(self._own_process(openmetrics))
        yield
        if openmetrics:
            body.append(b"# EOF\n")

    def _forget(self, owners: Mapping[Owner, object]) -> None:
        gone = self._layouts.keys() - owners.keys()
        for owner in gone:
            del self._layouts[owner]
        self._told = {told for told in self._told if told[0] not in gone}

    def _fill(self, owner: Owner, readings: list[Reading], families: Families) -> Iterator[None]:
        samples = tuple(chain.from_iterable([reading.samples for reading in readings]))
        if not samples:
            return
        # Not zip(*samples): it makes an iterator of each sample, enough to wake the garbage collector for 100 ms.
        metrics, labels = tuple([sample[0] for sample in samples]), tuple([sample[2] for sample in samples])
        shape = _Shape(_about(readings[-1].target), metrics, labels)
        layout = self._layouts.get(owner)
        if layout is None or layout.shape != shape:
            drafts: dict[str, _Draft] = {}
            yield from _lay_out(shape, drafts)
            layout = self._layouts[owner] = _Layout(shape, tuple(draft.lines() for draft in drafts.values()))
            self._tell(owner, layout)
        numbers = tuple([float(sample[1]) for sample in samples])
        for lines in layout.lines:
            families.setdefault(lines.metric.name, (lines.metric, []))[1].append(lines.fill(numbers))
            yield

    def _tell(self, owner: Owner, layout: _Layout) -> None:
        for lines in layout.lines:
            name = lines.metric.name
            if lines.doubled and (owner, name) not in self._told:
                self._told.add((owner, name))
                log.warning("%s %s: a series of %s comes twice; the first is shown", *owner, name)

    def _own_process(self, openmetrics: bool) -> bytes:
        # Imported with the first scrape: the library costs 50 ms that a start need not wait for.
        from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
        from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

        if self._process is None:
            self._process = CollectorRegistry()
            ProcessCollector(registry=self._process)
            PlatformCollector(registry=self._process)
        if not openmetrics:
            return generate_latest(self._process)
        text: bytes = generate_openmetrics(self._process)  # type: ignore[no-untyped-call]  # the library's own gap
        return text.removesuffix(b"# EOF\n")


class _Draft:
    """The lines of one metric while they are laid out, each with the place of its value; one that is there stays."""

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self._places: dict[str, int] = {}
        self._doubled = False

    def add(self, line: str, place: int) -> None:
        self._doubled |= self._places.setdefault(line, place) != place

    def lines(self) -> _Lines:
        # A lone surrogate has no UTF-8; one bad label must not cost the page.
        template = "".join(self._places).encode("utf-8", "replace")
        return _Lines(self.metric, tuple(self._places.values()), template, self._doubled)


def _lay_out(shape: _Shape, drafts: dict[str, _Draft]) -> Iterator[None]:
    """Fills `drafts`, by metric name in the order of first appearance."""
    for place, (metric, values) in enumerate(zip(shape.metrics, shape.labels, strict=True)):
        draft = drafts.get(metric.name)
        if draft is None:
            draft = drafts[metric.name] = _Draft(metric)
        draft.add(_line(metric, values, shape.about), place)
        if place % PIECE == 0:
            yield


def _about(target: Target | None) -> Mapping[str, str]:
    """kind and target, then the site's own labels of this target; they override nothing."""
    if target is None:
        return {}
    about = {"kind": target.kind, "target": target.id}
    for name, value in target.labels.items():
        if LABEL_NAME.match(name):
            about.setdefault(name, value)
    return about


def _line(metric: Metric, values: tuple[str, ...], about: Mapping[str, str]) -> str:
    """Template of one line: kind and target first, then the metric's own labels, then the site's; earlier ones win."""
    labels = {name: about[name] for name in ("kind", "target") if name in about}
    for name, value in chain(zip(metric.labels, values, strict=False), about.items()):
        labels.setdefault(name, value)
    text = ",".join([f'{name}="{_escape(value)}"' for name, value in labels.items()]).replace("%", "%%")
    return f"{metric.name}{{{text}}} %a\n" if text else f"{metric.name} %a\n"


def _escape(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _head(metric: Metric, openmetrics: bool) -> bytes:
    """HELP and TYPE. OpenMetrics names a counter and an info without their suffix, and a unit that the name ends in."""
    name = metric.name
    if not openmetrics:
        text = metric.help.replace("\\", r"\\").replace("\n", r"\n")
        return f"# HELP {name} {text}\n# TYPE {name} {metric.type}\n".encode()
    kind = "info" if name.endswith("_info") else metric.type
    name = name.removesuffix("_info").removesuffix("_total")
    unit = metric.unit.split(" ")[-1]  # Unix seconds are seconds
    said = f"# UNIT {name} {unit}\n" if kind != "info" and name.endswith("_" + unit) else ""
    return f"# HELP {name} {_escape(metric.help)}\n# TYPE {name} {kind}\n{said}".encode()
