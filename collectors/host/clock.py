"""The clock of the machine that the agent runs on, by whose time everything is recorded: against time servers, and as
its own time service has it."""

from __future__ import annotations

import asyncio
import ctypes
import statistics
from collections.abc import AsyncIterator, MutableMapping, Sequence

from agent.core.model import Collector, Sample, Target
from agent.core.ntp import KissOfDeath, Time
from agent.core.reach import Poll, ReachError, Unanswered
from agent.core.text import Text, spoken
from collectors.host.metrics import DIFFERENCE, OFFSET, SYNCHRONIZED
from collectors.host.options import HostOptions

STAY_AWAY = ("RATE", "DENY", "RSTR")  # kisses of death after which a server must not be asked (RFC 5905 section 7.4)
PAUSE = 900.0  # seconds; then it is tried again
SLACK = 0.1  # seconds by which servers may differ beside what they say that they may be off
UNSYNCHRONIZED = Text(
    "时间服务器 {server}:它自己的时钟没有同步;请看它的上级时间源",
    "time server {server}: its own clock is not synchronised; look at its sources",
)
DISAGREE = Text(
    "时间服务器彼此相差 {seconds} 秒,没有多数一致,不知道哪一台对;请再写一台时间服务器,并查是哪一台错",
    "the time servers are {seconds} s apart and no majority agrees: which is right is not known; name another one, and "
    "look at which is wrong",
)
TIME_ERROR, TIMEX = 5, 512  # adjtimex(2): its answer for a clock that nobody keeps right; more bytes than its struct


async def collect(target: Target, options: HostOptions, poll: Poll) -> AsyncIterator[Sample]:
    """Unanswered if time servers are named and none of them tells a time to go by."""
    if (synchronized := _kept()) is not None:
        yield SYNCHRONIZED.sample(synchronized)
    if not options.ntp:
        return
    times = await _times(target, options.ntp, poll)
    offsets = [each.offset for each in times]
    if len(offsets) > 1:
        yield DIFFERENCE.sample(max(offsets) - min(offsets))
    ahead = agreed(times)
    if ahead is None:
        poll.remarks.append(DISAGREE.format(seconds=f"{max(offsets) - min(offsets):.1f}"))
    else:
        yield OFFSET.sample(-ahead)


def agreed(times: Sequence[Time]) -> float | None:
    """Seconds that the servers are ahead, by those of them that can all be right; None if these are no majority
    (RFC 5905 section 11.2.1)."""
    alike = ([each.offset for each in times if _alike(each, of)] for of in times)
    most = max(alike, key=len)
    return statistics.median(most) if 2 * len(most) > len(times) else None


def _alike(one: Time, other: Time) -> bool:
    return abs(one.offset - other.offset) <= one.distance + other.distance + SLACK


async def _times(target: Target, servers: Sequence[tuple[str, int]], poll: Poll) -> list[Time]:
    """Of those that are synchronised themselves; what is wrong with the others is remarked."""
    quiet: MutableMapping[tuple[str, int], float] = poll.memory.setdefault("quiet", {})
    asked = [each for each in servers if quiet.get(each, 0.0) <= poll.monotonic]
    answers = await asyncio.gather(*(_ask(each, poll, target.timeout * 0.8) for each in asked))
    good: list[Time] = []
    for server, answer in zip(asked, answers, strict=True):
        if isinstance(answer, Time) and answer.synchronized:
            good.append(answer)
        elif isinstance(answer, Time):
            poll.remarks.append(UNSYNCHRONIZED.format(server=server[0]))
        else:
            poll.remarks.append(str(answer))
            if isinstance(answer, KissOfDeath) and answer.code in STAY_AWAY:
                quiet[server] = poll.monotonic + PAUSE
    if not good:
        why = (
            "; ".join(spoken(each, "en") for each in poll.remarks)
            or f"they asked to be left alone, which they are for {PAUSE / 60:.0f} min"
        )
        kind = next((each.kind for each in answers if isinstance(each, ReachError)), "protocol")
        raise Unanswered(kind, f"{target.id}: no time server tells the time: {why}")
    return good


async def _ask(server: tuple[str, int], poll: Poll, timeout: float) -> Time | ReachError:
    address, port = server
    try:
        return await poll.reach.ntp.ask(address, port=port, timeout=timeout)
    except ReachError as error:
        return error


def _kept() -> bool | None:
    """Whether some time service keeps the kernel's clock right; None where a sandbox does not let one ask."""
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX))  # modes 0: it only reads
    return None if state < 0 else state != TIME_ERROR


COLLECTOR = Collector(
    name="host_clock",
    kinds=("host",),
    metrics=(OFFSET, SYNCHRONIZED, DIFFERENCE),
    collect=collect,
    watches=lambda target: bool(target.options.local),
)
