"""Private lines: do their probes answer, how fast, with what loss and jitter, and does the line serve its business?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from agent.core.model import Collector, Metric, Sample, Section, Target
from agent.core.reach import CannotAsk, Poll, Reach, Unanswered
from collectors.line_options import LAYERS, LineOptions, Probe, pace, time_to_ask
from collectors.line_windows import ProbeMemory
from collectors.nqa import latest
from collectors.nqa_result import Result, Running, follow

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
JITTER = Metric(
    "line_jitter_seconds",
    "gauge",
    "seconds",
    ("layer", "probe"),
    "Jitter as in RFC 3550, 5 minutes; of an nqa probe the mean that the device tells of its latest jitter test",
)
LOSS = Metric(
    "line_loss_ratio",
    "gauge",
    "ratio",
    ("layer", "probe"),
    "Lost packets of the loss window of at least 600 packets; absent before 600 were sent",
)
SECOND_TRY = 0.5  # seconds between the two attempts of a TCP connect


class Answer(NamedTuple):
    """What one probe gave: round trips in seconds of those that came back, of how many; or what a device tells of the
    test that it makes by itself. `unasked` says why it could not be put."""

    probe: Probe
    received: Sequence[float] = ()
    sent: int = 0
    unasked: CannotAsk | None = None
    told: Result | Running | None = None

    @property
    def labels(self) -> tuple[str, str]:
        return self.probe.layer, self.probe.text

    @property
    def up(self) -> bool:
        return self.told.answered if isinstance(self.told, Result) else bool(self.received)


async def collect(target: Target, options: LineOptions, poll: Poll) -> AsyncIterator[Sample]:
    """A probe that fails is a reading. One that could not be put fails the run after everything else was yielded."""
    yield Sample(LINE_INFO, 1.0, (options.business, options.carrier.name, options.carrier.circuit))
    probes = [probe for probe in options.probes if probe.watched]
    answers = await _ask_all(probes, target, poll.reach)
    answers, memories = _remembered(poll, answers)
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
        return await (_burst if probe.icmp else _connect if probe.tcp else _told)(probe, target, reach)
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


async def _told(probe: Probe, target: Target, reach: Reach) -> Answer:
    """A device that does not answer says nothing about the line: then the question could not be put."""
    device, test = (probe.nqa.device, probe.nqa.test) if probe.nqa else ("", "")
    source = replace(target.sources[device], timeout=time_to_ask(target))
    try:
        async with reach.snmp.session(source) as snmp:
            return Answer(probe, told=await latest(snmp, source.id, test))
    except Unanswered as error:
        raise CannotAsk(error.kind, str(error)) from None


def _remembered(poll: Poll, answers: Sequence[Answer]) -> tuple[list[Answer], list[ProbeMemory]]:
    """Each answer, and the memory of its probe with it; what a reload took out of the line is forgotten."""
    known: dict[tuple[str, str], ProbeMemory] = poll.memory.get("probes", {})
    kept = {answer.labels: known.get(answer.labels) or ProbeMemory() for answer in answers}
    poll.memory["probes"] = kept
    pairs = zip(answers, kept.values(), strict=True)
    return [_entered(answer, memory, poll.monotonic) for answer, memory in pairs], list(kept.values())


def _entered(answer: Answer, memory: ProbeMemory, now: float) -> Answer:
    if answer.told is not None:
        return _held(answer, answer.told, memory, now)
    if answer.unasked is None:
        memory.recent.add(now, answer.received)
        if answer.probe.icmp:
            memory.loss.add(now, answer.sent, answer.sent - len(answer.received))
    return answer


def _held(answer: Answer, told: Result | Running, memory: ProbeMemory, now: float) -> Answer:
    """The latest result, each counted once."""
    memory.held, news = follow(memory.held, told, now)
    if memory.held is None:
        why = "has given no result yet" if isinstance(told, Running) else "does not run any more"
        return answer._replace(told=None, unasked=CannotAsk("missing", f"the test {why}; look after it on the device"))
    result = memory.held.result
    received = () if result.round_trip is None else (result.round_trip,)
    if news:
        memory.recent.add(now, received)
        memory.loss.add(now, result.sent, result.lost)
    return answer._replace(told=result, received=received)


def _samples(answer: Answer, memory: ProbeMemory) -> Iterator[Sample]:
    if answer.unasked is not None:
        return
    labels = answer.labels
    yield Sample(PROBE_UP, float(answer.up), labels)
    if answer.received:
        yield Sample(ROUND_TRIP, sum(answer.received) / len(answer.received), labels)
    if answer.probe.tcp:
        return
    jitter = answer.told.jitter if isinstance(answer.told, Result) else memory.recent.jitter
    if jitter is not None:
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
    if any(answer.unasked is None and not answer.up for answer in asked):
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
            f"{target.id}: whether the line serves is not known: http and dns probes are not asked yet; "
            f"add an icmp, tcp or nqa probe with layer {layer}",
        )


SECTION = Section("lines", LineOptions, kind="line")
COLLECTOR = Collector(
    name="line",
    kinds=("line",),
    metrics=(LINE_UP, LINE_INFO, PROBE_UP, ROUND_TRIP, P95, JITTER, LOSS),
    collect=collect,
    watches=lambda target: any(probe.watched for probe in target.options.probes),
)
