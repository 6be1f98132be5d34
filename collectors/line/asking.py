"""Asking a line's probes, all at once, and what each answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from agent.core.dns import Question
from agent.core.http import HttpQuestion
from agent.core.model import Failure, Target
from agent.core.reach import Burst, CannotAsk, Reach, Refusal, Unanswered
from agent.core.tls import Tls
from collectors.line.options import PAYLOAD, Probe, pace, time_to_ask
from collectors.nqa import latest
from collectors.nqa_result import Result, Running

SECOND_TRY = 0.5  # seconds between the two attempts of what is not a burst
SERVER_ERROR = 500
READ = 65536  # bytes of a page after which nothing more of it is waited for
ANSWERED = ("NOERROR", "NXDOMAIN")


class Answer(NamedTuple):
    """What one probe gave: round trips in seconds of those that came back, of how many; or what a device tells of the
    test that it makes by itself. `refused`: the other end answered, and said no. `unasked` says why it could not be
    put."""

    probe: Probe
    received: Sequence[float] = ()
    sent: int = 0
    unasked: CannotAsk | None = None
    told: Result | Running | None = None
    duplicates: int = 0
    reordered: int = 0
    refusal: Refusal | None = None
    refused: bool = False

    @property
    def labels(self) -> tuple[str, str]:
        return self.probe.layer, self.probe.text

    @property
    def up(self) -> bool:
        return self.told.answered if isinstance(self.told, Result) else bool(self.received)


async def ask_all(probes: Sequence[Probe], target: Target, reach: Reach) -> list[Answer]:
    if len(probes) == 1:
        return [await _ask(probes[0], target, reach)]
    return await asyncio.gather(*(_ask(probe, target, reach) for probe in probes))


async def _ask(probe: Probe, target: Target, reach: Reach) -> Answer:
    try:
        return await _way(probe)(probe, target, reach)
    except CannotAsk as error:
        return Answer(probe, unasked=error)


def _way(probe: Probe) -> Callable[[Probe, Target, Reach], Awaitable[Answer]]:
    if probe.icmp is not None:
        return _burst
    return _told if probe.nqa is not None else _twice


async def _burst(probe: Probe, target: Target, reach: Reach) -> Answer:
    count, interval, wait = pace(probe, target)
    burst: Burst = await reach.icmp.burst(
        probe.icmp or "",
        count=count,
        interval=interval,
        timeout=wait,
        size=probe.size or PAYLOAD,
        source=probe.source,
        whole=probe.dont_fragment,
    )
    return Answer(
        probe,
        burst.received,
        burst.sent,
        duplicates=burst.duplicates,
        reordered=burst.reordered,
        refusal=burst.refusal,
    )


async def _twice(probe: Probe, target: Target, reach: Reach) -> Answer:
    """One round trip, or none of two attempts. `sent` counts the attempts."""
    once = _connect if probe.tcp is not None else _fetch if probe.http is not None else _resolve
    each = (time_to_ask(target) - SECOND_TRY) / 2
    refused, refusal = False, None
    for attempt, pause in ((1, SECOND_TRY), (2, 0.0)):
        try:
            took = await once(probe, each, reach)
        except Unanswered as error:
            refused, refusal = error.kind == "refused", error.refusal or refusal
            await asyncio.sleep(pause)
        else:
            return Answer(probe, (took,), attempt)
    return Answer(probe, (), 2, refused=refused, refusal=refusal)


async def _connect(probe: Probe, seconds: float, reach: Reach) -> float:
    address, port = probe.tcp or ("", 0)
    return await reach.tcp.connect(address, port, timeout=seconds, source=probe.source)


async def _fetch(probe: Probe, seconds: float, reach: Reach) -> float:
    """Any answer but a 5xx: whether the page is right, and its certificate, is asked of an application. The round trip
    is that of the connection, so that a slow page is not taken for a slow line."""
    url = probe.http or ""
    tls = Tls(verify=False, minimum="TLSv1")
    answer = await reach.http.ask(
        HttpQuestion(url, redirects=0, tls=tls, source=probe.source, seconds=seconds, keep=0, read=READ)
    )
    if answer.status >= SERVER_ERROR:
        raise Unanswered("refused", f"{answer.url}: answers {answer.status}")
    if not answer.status:
        failure = answer.failure or Failure("protocol", f"{answer.url}: no answer")
        # Where the connection stood, the way is in order and the server is not.
        raise Unanswered("refused" if answer.addresses else failure.kind, failure.message)
    return answer.phases.connect


async def _resolve(probe: Probe, seconds: float, reach: Reach) -> float:
    """An answer, be it that there is no such name; a server that will not or cannot answer says no."""
    name, kind, server = ("", "A", None) if probe.dns is None else (probe.dns.name, probe.dns.type, probe.dns.server)
    answer = await reach.dns.ask(Question(name, kind), timeout=seconds, server=server, source=probe.source)
    if answer.rcode not in ANSWERED:
        raise Unanswered("refused", f"{probe.text}: answers {answer.rcode}")
    return answer.request


async def _told(probe: Probe, target: Target, reach: Reach) -> Answer:
    """A device that does not answer says nothing about the line: then the question could not be put."""
    device, test = (probe.nqa.device, probe.nqa.test) if probe.nqa else ("", "")
    source = replace(target.sources[device], timeout=time_to_ask(target))
    try:
        async with reach.snmp.session(source) as snmp:
            return Answer(probe, told=await latest(snmp, source.id, test))
    except Unanswered as error:
        raise CannotAsk(error.kind, str(error)) from None
