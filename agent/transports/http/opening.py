"""A connection to a server with several addresses: the next is tried where one fails or dawdles (RFC 8305)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

from agent.core.http import HttpQuestion
from agent.core.reach import CannotAsk, ReachError
from agent.transports.resolve import Found
from agent.transports.tcp import connected

DAWDLING = 0.25  # seconds, RFC 8305 section 5: the next address is tried beside one that has not answered for so long
FAMILIES = {"ip4": socket.AF_INET, "ip6": socket.AF_INET6}
CALLED = {"ip4": "IPv4", "ip6": "IPv6"}


def preferred(addresses: Sequence[Found], question: HttpQuestion, name: str) -> list[Found]:
    """In the order to be tried, those of the preferred family first; CannotAsk(resolve) if none is left."""
    source, family = question.source, question.family
    chosen = list(addresses)
    if source is not None:
        wanted = socket.AF_INET6 if ":" in source else socket.AF_INET
        chosen = [each for each in chosen if each.family == wanted] or chosen
    if family is None:
        return chosen
    first = [each for each in chosen if each.family == FAMILIES[family]]
    others = [each for each in chosen if each.family != FAMILIES[family]]
    if not first and not question.fallback:
        raise CannotAsk("resolve", f"{name} has no {CALLED[family]} address, and no other is wanted")
    return first + (others if question.fallback else [])


async def connect(
    addresses: Sequence[Found], port: int, end: float, name: str, source: str | None
) -> tuple[socket.socket, Found]:
    """The first that stands. Fails as Tcp.connect does, with what the last address said."""
    if len(addresses) == 1:
        return await _attempt(addresses[0], port, end, name, source)
    left = list(reversed(addresses))
    running: set[asyncio.Task[tuple[socket.socket, Found]]] = set()
    stood: list[tuple[socket.socket, Found]] = []
    failure: ReachError | None = None
    try:
        while not stood and (left or running):
            if left:
                running.add(asyncio.create_task(_attempt(left.pop(), port, end, name, source)))
            wait = DAWDLING if left else None
            done, running = await asyncio.wait(running, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                error = each.exception()
                if error is None:
                    stood.append(each.result())
                elif isinstance(error, ReachError):
                    failure = error
                else:
                    raise error
        if not stood:
            raise failure or CannotAsk("resolve", f"{name}: no address to connect to")
        return stood.pop(0)
    finally:
        await _drop(running, stood)


async def _attempt(found: Found, port: int, end: float, name: str, source: str | None) -> tuple[socket.socket, Found]:
    place = f"{name} port {port}" if found.address[0] == name else f"{name} ({found.address[0]}) port {port}"
    opened, _ = await connected(found, port, end=end, place=place, source=source)
    return opened, found


async def _drop(
    running: set[asyncio.Task[tuple[socket.socket, Found]]], stood: list[tuple[socket.socket, Found]]
) -> None:
    for opened, _ in stood:
        opened.close()
    for each in running:
        each.cancel()
    for ended in await asyncio.gather(*running, return_exceptions=True):
        if isinstance(ended, tuple):
            ended[0].close()
