"""Does it answer? Hosts by ping or TCP, network and machine-room devices by ping, SNMP or Modbus TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from agent.core.model import Collector, Metric, Sample, Target
from agent.core.reach import CannotAsk, Poll, ReachError, Unanswered

HOST_UP = Metric("host_up", "gauge", "0/1", ("role",), "Answers any of its probes; role server, terminal")
DEVICE_UP = Metric(
    "device_up",
    "gauge",
    "0/1",
    ("tier",),
    "Answers ICMP or SNMP; tier core, aggregation, access, firewall, other",
)
SYS_UP_TIME = "1.3.6.1.2.1.1.3.0"
SSH, REMOTE_DESKTOP = 22, 3389

Question = Coroutine[Any, Any, bool]


async def collect(target: Target, options: Any, poll: Poll) -> AsyncIterator[Sample]:
    """CannotAsk if no way in was open: then it is not known whether the target answers."""
    up = await _answers(target, options, poll)
    if target.kind == "host":
        yield Sample(HOST_UP, float(up), (options.role,))
    else:
        yield Sample(DEVICE_UP, float(up), (getattr(options, "tier", None) or "other",))


async def _answers(target: Target, options: Any, poll: Poll) -> bool:
    """One ping; where it is not answered, three more beside the other ways in, so that one lost packet says nothing."""
    wait = min(1.0, target.timeout / 4)
    questions: list[Question] = []
    closed: list[CannotAsk] = []
    try:
        if await _ping(target, poll, 1, wait):
            return True
        questions.append(_ping(target, poll, 3, wait))
    except CannotAsk as error:
        closed.append(error)
    others = _ways_into_host if target.kind == "host" else _ways_into_device
    return await _any(questions + others(target, options, poll, min(3.0, target.timeout / 2)), closed)


def _ways_into_host(target: Target, options: Any, poll: Poll, wait: float) -> list[Question]:
    ssh = target.login.ssh.port if target.login and target.login.ssh else SSH
    return [_connect(target, poll, port, wait) for port in options.ports or (ssh, REMOTE_DESKTOP)]


def _ways_into_device(target: Target, options: Any, poll: Poll, wait: float) -> list[Question]:
    ways = [_snmp(target, poll, wait)] if target.login and target.login.snmp else []
    modbus = getattr(options, "modbus", None)
    return [*ways, _connect(target, poll, modbus.port, wait)] if modbus else ways


async def _any(questions: list[Question], closed: list[CannotAsk]) -> bool:
    """True as soon as one is answered. `closed` are the ways in that were not open; if all are, nothing was asked."""
    tasks = [asyncio.ensure_future(question) for question in questions]
    try:
        for task in asyncio.as_completed(tasks):
            try:
                if await task:
                    return True
            except CannotAsk as error:
                closed.append(error)
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if len(closed) > len(questions):
        raise closed[0]
    return False


async def _ping(target: Target, poll: Poll, count: int, wait: float) -> bool:
    burst = await poll.reach.icmp.burst(target.address or "", count=count, interval=0.2, timeout=wait)
    return bool(burst.received)


async def _connect(target: Target, poll: Poll, port: int, wait: float) -> bool:
    """A refusal is an answer: something is there to refuse."""
    try:
        await poll.reach.tcp.connect(target.address or "", port, timeout=wait)
    except Unanswered as error:
        return error.kind == "refused"
    return True


async def _snmp(target: Target, poll: Poll, wait: float) -> bool:
    """An answer that we may not read, or cannot, is an answer too."""
    try:
        async with asyncio.timeout(wait), poll.reach.snmp.session(target) as session:
            await session.get([SYS_UP_TIME])
    except TimeoutError:
        return False
    except CannotAsk:
        raise
    except ReachError as error:
        return error.kind in ("authentication", "protocol")
    return True


COLLECTOR = Collector(
    name="reach",
    kinds=("host", "switch", "machine_room"),
    metrics=(HOST_UP, DEVICE_UP),
    collect=collect,
    watches=lambda target: target.kind != "host" or not target.options.local,
)
