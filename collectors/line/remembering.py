"""What the answers of one run add to what is remembered of each probe, and the samples that follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.core.model import Sample
from agent.core.reach import CannotAsk, Poll
from collectors.line import metrics
from collectors.line.asking import Answer
from collectors.line.options import LAYERS
from collectors.line.trouble import State
from collectors.line.verdict import Seen
from collectors.line.windows import ProbeMemory
from collectors.nqa_result import Result, Running, follow


def remembered(poll: Poll, answers: Sequence[Answer]) -> tuple[list[Answer], list[ProbeMemory]]:
    """Each answer, and the memory of its probe with it; what a reload took out of the line is forgotten."""
    known: dict[tuple[str, str], ProbeMemory] = poll.memory.get("probes", {})
    before: Mapping[str, Any] = {} if known else poll.kept.get("probes", {})
    behind = poll.now - poll.monotonic
    kept = {
        answer.labels: known.get(answer.labels) or _recalled(before.get(_name(answer)), poll.monotonic, behind)
        for answer in answers
    }
    poll.memory["probes"] = kept
    pairs = zip(answers, kept.values(), strict=True)
    entered, memories = [_entered(answer, memory, poll.monotonic) for answer, memory in pairs], list(kept.values())
    _compare(entered, memories)
    poll.kept["probes"] = {_name(answer): memory.told(behind) for answer, memory in zip(entered, memories, strict=True)}
    return entered, memories


def _name(answer: Answer) -> str:
    return " ".join(answer.labels)


def _recalled(told: Mapping[str, Any] | None, now: float, behind: float) -> ProbeMemory:
    memory = ProbeMemory()
    if told is not None:
        memory.recall(told, now, behind)
    return memory


def _compare(answers: Sequence[Answer], memories: Sequence[ProbeMemory]) -> None:
    """Which probes are silent where farther ones are answered, those of large packets among themselves."""
    for whole in (False, True):
        asked = [
            (LAYERS.index(answer.probe.layer), memory)
            for answer, memory in zip(answers, memories, strict=True)
            if answer.unasked is None and answer.probe.dont_fragment == whole
        ]
        farthest = max((layer for layer, memory in asked if memory.state is not State.SILENT), default=-1)
        for layer, memory in asked:
            if memory.state is not State.SILENT:
                memory.unheard = 0
            elif layer < farthest:
                memory.unheard += 1


def _entered(answer: Answer, memory: ProbeMemory, now: float) -> Answer:
    if answer.told is not None:
        return _held(answer, answer.told, memory, now)
    if answer.unasked is not None:
        return answer
    memory.recent.add(now, answer.received)
    if answer.probe.icmp:
        memory.loss.add(now, answer.sent, answer.sent - len(answer.received))
        memory.duplicates += answer.duplicates
        memory.reordered += answer.reordered
        memory.felt(memory.lately.burst(now, answer.sent, answer.received), now)
    else:
        memory.felt(memory.lately.connect(now, answer.sent, answer.received, answer.refused), now)
    memory.refusal = answer.refusal or (None if answer.up else memory.refusal)
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
        # The device tells a mean, not each round trip: it stands for all that came back.
        came = (result.round_trip or 0.0,) * (max(result.sent - result.lost, 1) if result.answered else 0)
        memory.felt(memory.lately.burst(now, max(result.sent, len(came), 1), came), now)
    return answer._replace(told=result, received=received)


def seen(answers: Sequence[Answer], memories: Sequence[ProbeMemory], elapsed: float) -> list[Seen]:
    """What the verdict is made of: nothing of a probe that could not be asked, or that is silent as ever. `elapsed`:
    seconds since the run before."""
    return [
        Seen(
            answer.probe.layer,
            answer.probe.text,
            memory.state,
            memory.lately.loss,
            memory.lately.seconds,
            memory.refusal,
            answer.probe.dont_fragment,
            answer.sent / elapsed,
            answer.probe.icmp is not None or answer.probe.nqa is not None,
            memory.since,
        )
        for answer, memory in zip(answers, memories, strict=True)
        if answer.unasked is None and not memory.mute
    ]


def samples(answer: Answer, memory: ProbeMemory) -> Iterator[Sample]:
    if answer.unasked is not None:
        return
    labels = answer.labels
    yield Sample(metrics.PROBE_UP, float(answer.up), labels)
    if answer.received:
        yield Sample(metrics.ROUND_TRIP, sum(answer.received) / len(answer.received), labels)
    if answer.probe.icmp:
        yield from _of_echoes(answer, memory, labels)
    if answer.probe.icmp or answer.probe.nqa:
        jitter = answer.told.jitter if isinstance(answer.told, Result) else memory.recent.jitter
        if jitter is not None:
            yield Sample(metrics.JITTER, jitter, labels)
        if (loss := memory.loss.ratio) is not None:
            yield Sample(metrics.LOSS, loss, labels)


def _of_echoes(answer: Answer, memory: ProbeMemory, labels: tuple[str, str]) -> Iterator[Sample]:
    if answer.received:
        yield Sample(metrics.SHORTEST, min(answer.received), labels)
        yield Sample(metrics.LONGEST, max(answer.received), labels)
    yield Sample(metrics.DUPLICATES, float(memory.duplicates), labels)
    yield Sample(metrics.REORDERED, float(memory.reordered), labels)
    if memory.refusal is not None and memory.refusal.mtu:
        yield Sample(metrics.PATH_MTU, float(memory.refusal.mtu), labels)


def p95(answers: Sequence[Answer], memories: Sequence[ProbeMemory]) -> float | None:
    """Of the farthest probe that answers."""
    answering = [
        (LAYERS.index(answer.probe.layer), len(memory.recent.values), memory.recent)
        for answer, memory in zip(answers, memories, strict=True)
        if answer.received
    ]
    if not answering:
        return None
    return max(answering, key=lambda each: each[:2])[2].p95
