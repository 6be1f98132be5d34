"""Private lines: do their probes answer, how fast, with what loss and jitter, and does the line serve its business?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import NamedTuple

from agent.core.model import Collector, Metric, Sample, Section, Target
from agent.core.reach import CannotAsk, Poll, Reach, Unanswered
from collectors.line_options import LAYERS, LineOptions, Probe, pace, time_to_ask
from collectors.line_windows import ProbeMemory

LINE_UP = Metric(
    "line_up", "gauge", "0/1", (), "The line serves: every business endpoint among its probes answers (two attempts)"
)
LINE_INFO = Metric("line_info", "gauge", "1", ("business", "carrier", "circuit"), "Facts of the line")
PROBE_UP = Metric("line_probe_up", "gauge", "0/1", ("layer", "probe"), "This probe answered")
ROUND_TRIP = Metric(
    "line_round_trip_seconds", "gauge", "seconds", ("layer", "probe"), "Mean round trip of the last burst"
)
P95 = Metric(
    "line_round_trip_p95_seconds",
    "gauge",
    "seconds",
    (),
    "95th percentile of the round trips over 5 minutes, farthest answering probe",
)
JITTER = Metric("line_jitter_seconds", "gauge", "seconds", ("layer", "probe"), "Jitter as in RFC 3550, 5 minutes")
LOSS = Metric(
    "line_loss_ratio",
    "gauge",
    "ratio",
    ("layer", "probe"),
    "Lost packets of the loss window of at least 600 packets; absent before 600 were sent",
)
SECOND_TRY = 0.5  # seconds between the two attempts of a TCP connect


class Answer(NamedTuple):
    """What one probe gave: round trips in seconds of those that came back, of how many. `unasked` says why it could
    not be put."""

    probe: Probe
    received: Sequence[float] = ()
    sent: int = 0
    unasked: CannotAsk | None = None

    @property
    def labels(self) -> tuple[str, str]:
        return self.probe.layer, self.probe.text


async def collect(target: Target, options: LineOptions, poll: Poll) -> AsyncIterator[Sample]:
    """A probe that fails is a reading. One that could not be put fails the run after everything else was yielded."""
    yield Sample(LINE_INFO, 1.0, (options.business, options.carrier.name, options.carrier.circuit))
    probes = [probe for probe in options.probes if probe.watched]
    answers = await _ask_all(probes, target, poll.reach)
    memories = _memories(poll, answers)
    for answer, memory in zip(answers, memories, strict=True):
        for sample in _samples(answer, memory):
            yield sample
    if (p95 := _p95(answers, memories)) is not None:
        yield Sample(P95, p95)
    if (up := _serves(options, answers)) is not None:
        yield Sample(LINE_UP, float(up))
    _complain(target, options, answers)


async def _ask_all(probes: Sequence[Probe], target: Target, reach: Reach) -> list[Answer]:
    if len(probes) == 1:
        return [await _ask(probes[0], target, reach)]
    return await asyncio.gather(*(_ask(probe, target, reach) for probe in probes))


async def _ask(probe: Probe, target: Target, reach: Reach) -> Answer:
    try:
        return await (_burst if probe.icmp else _connect)(probe, target, reach)
    except CannotAsk as error:
        return Answer(probe, unasked=error)


async def _burst(probe: Probe, target: Target, reach: Reach) -> Answer:
    count, interval, wait = pace(probe, target)
    burst = await reach.icmp.burst(
        probe.icmp or "", count=count, interval=interval, timeout=wait, size=probe.size or 56, source=probe.source
    )
    return Answer(probe, burst.received, burst.sent)


async def _connect(probe: Probe, target: Target, reach: Reach) -> Answer:
    """One round trip, or none of two attempts."""
    address, port = probe.tcp or ("", 0)
    each = (time_to_ask(target) - SECOND_TRY) / 2
    for pause in (SECOND_TRY, 0.0):
        try:
            return Answer(probe, (await reach.tcp.connect(address, port, timeout=each, source=probe.source),), 1)
        except Unanswered:
            await asyncio.sleep(pause)
    return Answer(probe, (), 2)


def _memories(poll: Poll, answers: Sequence[Answer]) -> list[ProbeMemory]:
    """The memory of each probe with this answer in it; what a reload took out of the line is forgotten."""
    known: dict[tuple[str, str], ProbeMemory] = poll.memory.get("probes", {})
    kept = {answer.labels: known.get(answer.labels) or ProbeMemory() for answer in answers}
    poll.memory["probes"] = kept
    for answer, memory in zip(answers, kept.values(), strict=True):
        if answer.unasked is None:
            memory.recent.add(poll.monotonic, answer.received)
            if answer.probe.icmp:
                memory.loss.add(poll.monotonic, answer.sent, answer.sent - len(answer.received))
    return list(kept.values())


def _samples(answer: Answer, memory: ProbeMemory) -> Iterator[Sample]:
    if answer.unasked is not None:
        return
    labels = answer.labels
    yield Sample(PROBE_UP, float(bool(answer.received)), labels)
    if answer.received:
        yield Sample(ROUND_TRIP, sum(answer.received) / len(answer.received), labels)
    if not answer.probe.icmp:
        return
    if (jitter := memory.recent.jitter) is not None:
        yield Sample(JITTER, jitter, labels)
    if (loss := memory.loss.ratio) is not None:
        yield Sample(LOSS, loss, labels)


def _p95(answers: Sequence[Answer], memories: Sequence[ProbeMemory]) -> float | None:
    answering = [
        (LAYERS.index(answer.probe.layer), len(memory.recent.values), memory.recent)
        for answer, memory in zip(answers, memories, strict=True)
        if answer.received
    ]
    if not answering:
        return None
    return max(answering, key=lambda each: each[:2])[2].p95


def _serves(options: LineOptions, answers: Sequence[Answer]) -> bool | None:
    """Whether every business endpoint answers; one that fails decides, one that is unknown leaves it open."""
    layer = options.business_layer
    asked = [answer for answer in answers if answer.probe.layer == layer]
    if any(answer.unasked is None and not answer.received for answer in asked):
        return False
    if not asked or any(answer.unasked is not None for answer in asked):
        return None
    return True


def _complain(target: Target, options: LineOptions, answers: Sequence[Answer]) -> None:
    unasked = [(answer.probe, answer.unasked) for answer in answers if answer.unasked is not None]
    if unasked:
        reasons = "; ".join(f"probe {probe.layer} {probe.text}: {reason}" for probe, reason in unasked)
        raise CannotAsk(unasked[0][1].kind, f"{target.id}: {reasons}")
    layer = options.business_layer
    if all(answer.probe.layer != layer for answer in answers):
        raise CannotAsk(
            "missing",
            f"{target.id}: whether the line serves is not known: http, dns and nqa probes are not asked yet; "
            f"add an icmp or tcp probe with layer {layer}",
        )


SECTION = Section("lines", LineOptions, kind="line")
COLLECTOR = Collector(
    name="line",
    kinds=("line",),
    metrics=(LINE_UP, LINE_INFO, PROBE_UP, ROUND_TRIP, P95, JITTER, LOSS),
    collect=collect,
    watches=lambda target: any(probe.watched for probe in target.options.probes),
)
