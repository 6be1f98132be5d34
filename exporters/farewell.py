"""Farewell: a receiver that is told no more, or told of a centre by another name, hears the end of what it knows.

An alert's identity has the centre and the district in it, and its end lies a day ahead: nobody would renew or resolve
it under the old identity any more. The agent's own end is no farewell.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from agent.core.aside import aside
from agent.core.store import Store
from exporters.courier import Channel, Message, Untaken, parts

log = logging.getLogger(__name__)


async def farewell(channel: Channel, store: Store, clock: Callable[[], float], seconds: float) -> None:
    """Resolves all that the receiver has heard of firing, if it takes that within so many seconds. What is still open
    waits to be told anew from then on."""
    name = channel.name
    messages = _last_words(name, store, clock())
    try:
        async with asyncio.timeout(seconds):
            await _say(channel, store, clock, messages)
    except (Untaken, TimeoutError) as error:
        reason = str(error) or f"no answer within {seconds:g} s"
        log.warning("%s was not told the end of its alerts (%d), which comes in a day: %s", name, len(messages), reason)
    finally:
        await channel.close()


async def _say(channel: Channel, store: Store, clock: Callable[[], float], messages: Sequence[Message]) -> None:
    if not messages:
        return
    greeting = await channel.greet()
    for part in parts(messages):
        await channel.post(part, greeting)
        await _note(store, part, clock())


def _last_words(receiver: str, store: Store, now: float) -> list[Message]:
    """`tried`: it may have heard of it though it never answered."""
    held = [
        Message("resolved", replace(incident, class_=row.class_), row, row.ended or now)
        for row, incident in store.deliveries(receiver)
        if row.resolved is None and (row.tried or row.fired is not None)
    ]
    return sorted(held, key=lambda message: message.incident.id)


async def _note(store: Store, messages: Sequence[Message], at: float) -> None:
    told = [message.told for message in messages]
    await aside(lambda: store.delivered(told, at))
