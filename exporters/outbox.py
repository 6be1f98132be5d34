"""Outbox: every receiver of agent.yaml has a courier, who brings it what the store says is due."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.core.aside import aside
from agent.core.incident import Incident
from agent.core.site import Site
from agent.core.store import Store
from exporters.alertmanager import Alertmanager, Describe, Receiver
from exporters.courier import RENEW_SECONDS, Courier, ReceiverState
from exporters.farewell import farewell
from exporters.notify import NotifyOptions

GRACE_SECONDS = 2.0  # what is due when the agent ends is sent if that takes no longer
FAREWELL_SECONDS = 5.0  # as long as a reload may take to tell a receiver the end of what it knew by another name
IDENTITIES = "alerts told as"  # remembered: {receiver: [center, district]}, for a change while the agent is down


@dataclass(frozen=True, slots=True)
class _Running:
    identity: tuple[Receiver, str, str]  # with centre and district: what makes its courier another one
    courier: Courier
    task: asyncio.Task[None]


class Outbox:
    """`start`, `reload`, `wake`, `stop` on the event loop. The agent's end resolves nothing."""

    def __init__(
        self,
        store: Store,
        alertname: Callable[[Incident], str],
        describe: Describe,
        site: Site,
        clock: Callable[[], float] = time.time,
        renew_seconds: float = RENEW_SECONDS,
        farewell_seconds: float = FAREWELL_SECONDS,
    ) -> None:
        self._store, self._clock = store, clock
        self._renew_seconds, self._farewell_seconds = renew_seconds, farewell_seconds
        self._alertname, self._describe = alertname, describe
        self._site = site
        self._running: dict[str, _Running] = {}
        self._assigning = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        await self._assign(self._site)

    def reload(self, site: Site) -> None:
        """Take up the receivers of this site; who is unchanged notices nothing."""
        self._site = site
        task = asyncio.ensure_future(self._assign(site))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def wake(self) -> None:
        """Changes were recorded."""
        for each in self._running.values():
            each.courier.wake()

    async def stop(self) -> None:
        """What is due is sent if its receiver takes it within seconds; the rest is on disk."""
        settling = [asyncio.ensure_future(each.courier.settle()) for each in self._running.values()]
        if settling:
            await asyncio.wait(settling, timeout=GRACE_SECONDS)
        await _end([*settling, *self._tasks])
        await self._dismiss(list(self._running))

    def states(self) -> list[ReceiverState]:
        """How each receiver is, in the order of agent.yaml."""
        couriers = [each.courier for each in self._running.values()]
        return [replace(courier.state, waiting=courier.waiting) for courier in couriers]

    def channels(self) -> list[Alertmanager]:
        """A way of its own to each receiver, to be closed by who asks."""
        center = self._site.center
        return [self._channel(each, center.id, center.district) for each in receivers_of(self._site)]

    async def _assign(self, site: Site) -> None:
        async with self._assigning:
            receivers = {receiver.name: receiver for receiver in receivers_of(site)}
            center = site.center
            wanted = {name: (each, center.id, center.district) for name, each in receivers.items()}
            known = {name: each.identity[0] for name, each in self._running.items()} | receivers
            await self._dismiss([name for name, each in self._running.items() if wanted.get(name) != each.identity])
            await self._take_leave(known, {name: [center.id, center.district] for name in receivers})
            await aside(lambda: self._store.assign(list(receivers)))
            kept = self._running
            self._running = {name: kept.get(name) or self._send_out(*identity) for name, identity in wanted.items()}
            self.wake()

    async def _take_leave(self, known: Mapping[str, Receiver], identities: Mapping[str, list[str]]) -> None:
        """Of those who were told alerts by a name that is not theirs any more; `known` says how to reach them."""
        before: Mapping[str, list[str]] = await aside(lambda: self._store.recall(IDENTITIES)) or {}
        gone = {name: identity for name, identity in before.items() if identities.get(name) != identity}
        channels = [self._channel(known.get(name, Receiver(name)), *identity) for name, identity in gone.items()]
        await asyncio.gather(*(farewell(each, self._store, self._clock, self._farewell_seconds) for each in channels))
        if before != identities:
            await aside(lambda: self._store.remember(IDENTITIES, identities))

    def _channel(self, receiver: Receiver, center: str, district: str) -> Alertmanager:
        return Alertmanager(receiver, center, district, self._alertname, self._describe)

    def _send_out(self, receiver: Receiver, center: str, district: str) -> _Running:
        channel = self._channel(receiver, center, district)
        courier = Courier(channel, self._store, self._clock, self._renew_seconds, receiver.resolve_after)
        task = asyncio.create_task(courier.run(), name=f"alerts to {receiver.name}")
        return _Running((receiver, center, district), courier, task)

    async def _dismiss(self, names: Sequence[str]) -> None:
        await _end([self._running.pop(name).task for name in names])


def receivers_of(site: Site) -> list[Receiver]:
    """The Alertmanagers of `notify`: an address alone, or with a login and its group_wait."""
    notify = site.sections.get("notify")
    if not isinstance(notify, NotifyOptions):
        return []
    after = notify.resolve_after
    return [
        Receiver(each, resolve_after=after)
        if isinstance(each, str)
        else Receiver(each.url, each.group_wait, after, each.user or "", each.password)
        for each in notify.alertmanagers
    ]


async def _end(tasks: Sequence[asyncio.Future[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
