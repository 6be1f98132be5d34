"""Private lines: do their probes answer, how fast, with what loss and jitter, does the line serve its business, and if
not, which segment is broken?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

from agent.core.model import Collector, Diagnosis, Sample, Section, Target
from agent.core.reach import CannotAsk, Poll
from collectors.line import metrics
from collectors.line.asking import Answer, ask_all
from collectors.line.baseline import ratio
from collectors.line.options import LAYERS, LineOptions
from collectors.line.port import FULL, Past, look
from collectors.line.remembering import p95, remembered, samples, seen
from collectors.line.sentence import sentence
from collectors.line.traffic import active, covering, rates, serving
from collectors.line.verdict import Case, Seen, began, judge

CLEAR = tuple(Sample(metrics.FAULT_SEGMENT, 0.0, (layer,)) for layer in LAYERS)


async def collect(target: Target, options: LineOptions, poll: Poll) -> AsyncIterator[Sample]:
    """A probe that fails is a reading. One that could not be put fails the run after everything else was yielded."""
    carrier = options.carrier
    yield Sample(metrics.LINE_INFO, 1.0, (options.business, carrier.name, carrier.circuit))
    answers, memories = remembered(poll, await ask_all(options.probes, target, poll.reach))
    for answer, memory in zip(answers, memories, strict=True):
        for sample in samples(answer, memory):
            yield sample
    if (quantile := p95(answers, memories)) is not None:
        yield Sample(metrics.P95, quantile)
        if (usual := ratio(poll.kept, poll.now, quantile)) is not None:
            yield Sample(metrics.BASELINE, usual)
    up = _serves(options, answers)
    used = _used(options, poll)
    found = [*_standing(target, options, up, poll), *(Sample(metrics.UTILIZATION, *each) for each in used)]
    found += _segments(
        target, options, seen(answers, memories, _elapsed(target, poll)), any(share >= FULL for share, _ in used), poll
    )
    for sample in found:
        yield sample
    _complain(target, answers)


def _standing(target: Target, options: LineOptions, up: bool | None, poll: Poll) -> Iterator[Sample]:
    """Whether it serves, what it means for the counters, and its place among its backups."""
    if up is not None:
        main = options.backup_of
        yield Sample(metrics.LINE_UP, float(up))
        yield Sample(metrics.STANDBY, float(main is not None and serving(poll.known, main) is True))
        if target.group:
            yield Sample(metrics.ACTIVE, float(active(target, up, poll.known)))
    for counter in poll.known.counters(target.id):
        yield Sample(metrics.AFFECTS, 1.0, (counter, options.business))


def _used(options: LineOptions, poll: Poll) -> list[tuple[float, tuple[str]]]:
    """Shares of the bandwidth by direction."""
    if options.bandwidth is None:
        return []
    return [(rate / options.bandwidth, (way,)) for way, rate in rates(options.via, poll.known).items()]


def _segments(target: Target, options: LineOptions, found: Sequence[Seen], full: bool, poll: Poll) -> Iterator[Sample]:
    """1 on each segment that may be broken, with the sentence that says it."""
    trouble = began(found)
    since = None if trouble is None else _wall(trouble, poll)
    port = look(options.via, poll.known, since, poll.memory.setdefault("port", Past()), full)
    verdict = judge(port, found)
    if verdict is None:
        return
    if not verdict.segments:
        yield from CLEAR
    else:
        yield from (Sample(metrics.FAULT_SEGMENT, float(layer in verdict.segments), (layer,)) for layer in LAYERS)
    if verdict.case is Case.SERVES:
        poll.memory["wrong"] = None
        return
    poll.memory["wrong"] = poll.memory.get("wrong") or poll.monotonic
    at = began(found, verdict)
    main = options.backup_of is not None and serving(poll.known, options.backup_of) is True
    said = sentence(verdict, port, options.carrier, covering(target, poll.known), main)
    poll.diagnoses.append(Diagnosis(said, _wall(poll.memory["wrong"] if at is None else at, poll)))


def _wall(at: float, poll: Poll) -> float:
    """Unix seconds of a moment on the clock that never steps."""
    return poll.now - (poll.monotonic - at)


def _elapsed(target: Target, poll: Poll) -> float:
    """Seconds since the run before."""
    before: float = poll.memory.get("polled", poll.monotonic - target.every)
    poll.memory["polled"] = poll.monotonic
    return max(poll.monotonic - before, 1e-3)


def _serves(options: LineOptions, answers: Sequence[Answer]) -> bool | None:
    """Whether every business endpoint answers; one that fails decides, one that is unknown leaves it open."""
    layer = options.business_layer
    asked = [answer for answer in answers if answer.probe.layer == layer and not answer.probe.dont_fragment]
    if any(answer.unasked is None and not answer.up for answer in asked):
        return False
    if not asked or any(answer.unasked is not None for answer in asked):
        return None
    return True


def _complain(target: Target, answers: Sequence[Answer]) -> None:
    unasked = [(answer.probe, answer.unasked) for answer in answers if answer.unasked is not None]
    if unasked:
        reasons = "; ".join(f"probe {probe.layer} {probe.text}: {reason}" for probe, reason in unasked)
        raise CannotAsk(unasked[0][1].kind, f"{target.id}: {reasons}")


SECTION = Section("lines", LineOptions, kind="line")
COLLECTOR = Collector(name="line", kinds=("line",), metrics=metrics.ALL, collect=collect)
