"""Contacts over time, whatever they are read by: debounce with a second look, and the samples that follow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

from agent.core.model import Metric, Sample
from agent.core.reach import Poll
from collectors import room_metrics as metrics
from collectors.contact_states import Contact, Seen, Wired, follow, told

LOOPS: Mapping[str, Metric] = {
    "water": metrics.WATER,
    "smoke": metrics.SMOKE,
    "door": metrics.DOOR,
    "other": metrics.CONTACT,
}
OF_CONTACTS = (
    metrics.WATER,
    metrics.SMOKE,
    metrics.DOOR,
    metrics.DOOR_UNEXPECTED,
    metrics.SENSOR_FAULT,
    metrics.COOLING_UP,
    metrics.COOLING_RUNNING,
    metrics.COOLING_ALARM,
)
LOOKS = 3  # equal shares of the timeout: a first look, the debounce, a second look
Sights = Mapping[str, Seen]  # by the contact's name
Known = dict[str, tuple[Contact, Seen]]
Look = Callable[[Sequence[Wired]], Awaitable[Sights]]


async def watch(
    contacts: Sequence[Wired], seen: Sights, again: Look, poll: Poll, *, began: float, timeout: float
) -> Known:
    """What is held of each contact that was seen. An alarm is told as soon as it has held for its debounce, not at the
    next poll: `again` looks a second time. `began`: when the first look did, by the loop's clock."""
    clock, share = asyncio.get_running_loop().time, timeout / LOOKS
    known = _follow(contacts, seen, poll, poll.monotonic + clock() - began)
    waiting = [each for each in contacts if each.name in known and known[each.name][0].waiting]
    waiting = [each for each in waiting if each.debounce <= share]
    if waiting and clock() - began <= share:
        await asyncio.sleep(max(each.debounce for each in waiting))
        second = await _in_time(again(waiting), share * 0.9)
        known |= _follow(waiting, second, poll, poll.monotonic + clock() - began)
    return known


async def _in_time(look: Awaitable[Sights], seconds: float) -> Sights:
    """Nothing where it fails: the contacts go on waiting, and the next poll says what is wrong."""
    try:
        async with asyncio.timeout(seconds):
            return await look
    except TimeoutError:
        return {}


def _follow(contacts: Sequence[Wired], seen: Sights, poll: Poll, at: float) -> Known:
    """What is held of each contact that was read; the poll's memory holds it of all."""
    held: dict[str, Contact] = poll.memory.setdefault("contacts", {})
    known: Known = {}
    for each in contacts:
        if (now := seen.get(each.name)) is not None:
            held[each.name] = follow(held.get(each.name, Contact()), now, at, each.debounce)
            known[each.name] = held[each.name], now
    return known


def contact_samples(contacts: Sequence[Wired], known: Known) -> Iterator[Sample]:
    active = {name: is_so for name, each in known.items() if (is_so := told(*each)) is not None}
    for each in contacts:
        if each.measures in LOOPS and each.name in active:
            yield Sample(LOOPS[each.measures], float(active[each.name]), (each.label,))
        if each.name in known:
            yield from _supervision(each, *known[each.name])
    yield from _cooling(contacts, active)


def _supervision(contact: Wired, held: Contact, seen: Seen) -> Iterator[Sample]:
    if held.fault is not None and seen.fault is not None:
        for fault in contact.faults:
            labels = (contact.label, contact.measures, fault)
            yield Sample(metrics.SENSOR_FAULT, float(held.fault.value == fault), labels)


def _cooling(contacts: Sequence[Wired], active: Mapping[str, bool]) -> Iterator[Sample]:
    units = {each.name: each.label for each in contacts if each.measures == "cooling"}
    running = {label: active[name] for name, label in units.items() if name in active}
    for label, runs in running.items():
        yield Sample(metrics.COOLING_UP, float(runs), (label,))
    # None of those that were read runs: that says nothing while others were not read.
    if running and (any(running.values()) or len(running) == len(units)):
        yield Sample(metrics.COOLING_RUNNING, float(sum(running.values())))
    alarms: dict[str, list[bool | None]] = {}
    for each in contacts:
        if each.measures == "cooling_alarm":
            alarms.setdefault(each.label, []).append(active.get(each.name))
    for label, those in alarms.items():
        if any(those) or None not in those:
            yield Sample(metrics.COOLING_ALARM, float(any(those)), (label,))
