"""Outbox: every receiver of agent.yaml has a courier, who brings it what the store says is due."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agent.core.aside import aside
from agent.core.incident import Incident
from agent.core.site import Site
from agent.core.store import Store
from exporters.alertmanager import Alertmanager, Describe, Receiver
from exporters.courier import RENEW_SECONDS, Courier, ReceiverState
from exporters.notify import NotifyOptions

GRACE_SECONDS = 2.0  # what is due when the agent ends is sent if that takes no longer


@dataclass(frozen=True, slots=True)
class _Running:
    identity: tuple[Any, ...]  # what makes its courier another one
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
    ) -> None:
        self._store, self._clock, self._renew_seconds = store, clock, renew_seconds
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
            _, late = await asyncio.wait(settling, timeout=GRACE_SECONDS)
            await _end([*late, *self._tasks])
        await self._dismiss(list(self._running))

    def states(self) -> list[ReceiverState]:
        """How each receiver is, in the order of agent.yaml."""
        couriers = [each.courier for each in self._running.values()]
        return [replace(courier.state, waiting=courier.waiting) for courier in couriers]

    async def _assign(self, site: Site) -> None:
        async with self._assigning:
            receivers = {receiver.name: receiver for receiver in receivers_of(site)}
            center = site.center
            wanted = {name: (each, center.id, center.district) for name, each in receivers.items()}
            await self._dismiss([name for name, each in self._running.items() if wanted.get(name) != each.identity])
            await aside(lambda: self._store.assign(list(receivers)))
            kept = self._running
            self._running = {name: kept.get(name) or self._send_out(*identity) for name, identity in wanted.items()}
            self.wake()

    def _send_out(self, receiver: Receiver, center: str, district: str) -> _Running:
        channel = Alertmanager(receiver, center, district, self._alertname, self._describe)
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
