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
from collectors.line.port import Past, Port, look
from collectors.line.remembering import p95, remembered, samples, seen
from collectors.line.sentence import sentence
from collectors.line.traffic import active, covering, rates, serving
from collectors.line.verdict import Case, Seen, Verdict, began, judge, since_of

OWN_WAY = "this machine has no route to {}, or its own firewall forbids it; see `ip route get` and `nft list ruleset`"


async def collect(target: Target, options: LineOptions, poll: Poll) -> AsyncIterator[Sample]:
    """A probe that fails is a reading. Where it cannot be known whether the line serves, the run fails after everything
    else was yielded."""
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
    found = seen(answers, memories, _elapsed(target, poll))
    port, verdict = _judged(options, found, poll)
    up = _serves(options, answers, verdict)
    for sample in _standing(target, options, up, poll):
        yield sample
    for each in _used(options, poll):
        yield Sample(metrics.UTILIZATION, *each)
    for sample in _segments(verdict):
        yield sample
    _conclude(target, options, found, port, verdict, poll)
    _complain(target, answers, up, verdict, poll)


def _standing(target: Target, options: LineOptions, up: bool | None, poll: Poll) -> Iterator[Sample]:
    """Whether it serves, what it means for the counters, and its place among its backups."""
    if up is not None:
        main = options.backup_of
        yield Sample(metrics.LINE_UP, float(up))
        yield Sample(metrics.STANDBY, float(main is not None and serving(poll.known, main) is True))
        carries = active(target, up, poll.known) if target.group else None
        if carries is not None:
            yield Sample(metrics.ACTIVE, float(carries))
    for counter in poll.known.counters(target.id):
        yield Sample(metrics.AFFECTS, 1.0, (counter, options.business))


def _used(options: LineOptions, poll: Poll) -> list[tuple[float, tuple[str]]]:
    """Shares of the bandwidth by direction."""
    if options.bandwidth is None:
        return []
    return [(rate / options.bandwidth, (way,)) for way, rate in rates(options.via, poll.known).items()]


def _judged(options: LineOptions, found: Sequence[Seen], poll: Poll) -> tuple[Port, Verdict | None]:
    """The port as it is now, and what that and the probes say."""
    trouble = began(found)
    since = None if trouble is None else _wall(trouble, poll)
    port = look(options.via, poll.known, since, poll.memory.setdefault("port", Past()), options.bandwidth)
    return port, judge(port, found)


def _segments(verdict: Verdict | None) -> Iterator[Sample]:
    """1 on each segment that may be broken."""
    if verdict is not None:
        yield from (Sample(metrics.FAULT_SEGMENT, float(layer in verdict.segments), (layer,)) for layer in LAYERS)


def _conclude(
    target: Target, options: LineOptions, found: Sequence[Seen], port: Port, verdict: Verdict | None, poll: Poll
) -> None:
    """The sentence that says what is wrong, and since when."""
    if verdict is None or verdict.case is Case.SERVES:
        poll.memory["wrong"] = None
        return
    poll.memory["wrong"] = poll.memory.get("wrong") or poll.monotonic
    at = since_of(verdict, found)
    main = options.backup_of is not None and serving(poll.known, options.backup_of) is True
    said = sentence(verdict, port, options.carrier, covering(target, poll.known), main)
    poll.diagnoses.append(Diagnosis(said, _wall(poll.memory["wrong"] if at is None else at, poll), acts=True))


def _wall(at: float, poll: Poll) -> float:
    """Unix seconds of a moment on the clock that never steps."""
    return poll.now - (poll.monotonic - at)


def _elapsed(target: Target, poll: Poll) -> float:
    """Seconds since the run before."""
    before: float = poll.memory.get("polled", poll.monotonic - target.every)
    poll.memory["polled"] = poll.monotonic
    return max(poll.monotonic - before, 1e-3)


def _serves(options: LineOptions, answers: Sequence[Answer], verdict: Verdict | None) -> bool | None:
    """Whether every business endpoint answers. One that fails decides; one that is unknown leaves it open, unless
    nothing gets so far: its name may be known only over the line that is cut."""
    if verdict is not None and verdict.case is Case.MACHINE:
        return None
    plain = [answer for answer in answers if not answer.probe.dont_fragment] or answers
    asked = [answer for answer in plain if answer.probe.layer == options.business_layer]
    if any(answer.unasked is None and not answer.up for answer in asked):
        return False
    if all(answer.unasked is None for answer in asked):
        return True
    return False if verdict is not None and verdict.cut else None


def _complain(target: Target, answers: Sequence[Answer], up: bool | None, verdict: Verdict | None, poll: Poll) -> None:
    """What could not be asked: a failure where nothing is known without it, or where no echo may be sent at all."""
    if verdict is not None and verdict.case is Case.MACHINE and verdict.failing is not None:
        raise CannotAsk("missing", f"{target.id}: {OWN_WAY.format(verdict.failing.probe)}")
    unasked = [(answer.probe, answer.unasked) for answer in answers if answer.unasked is not None]
    said = [f"{target.id}: probe {probe.layer} {probe.text}: {reason}" for probe, reason in unasked]
    fatal = next((reason.kind for _, reason in unasked if up is None or reason.kind == "permission"), None)
    if fatal is not None:
        raise CannotAsk(fatal, "; ".join(said))
    poll.remarks.extend(said)


SECTION = Section("lines", LineOptions, kind="line")
COLLECTOR = Collector(name="line", kinds=("line",), metrics=metrics.ALL, collect=collect)
