"""The self-test of the alerts' way: at the first start, then each service day at 08:00 (item EMR-05)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agent.core.aside import aside
from agent.core.model import Metric, Sample
from exporters.self_test import deliver

if TYPE_CHECKING:
    from agent.app import Agent

SENT = Metric(
    "shouwang_self_test_timestamp_seconds",
    "gauge",
    "Unix seconds",
    (),
    "When the last test alert was sent through the whole channel, each service day at 08:00",
)
DELIVERY = Metric(
    "shouwang_self_test_delivery_seconds",
    "gauge",
    "seconds",
    (),
    "Until every Alertmanager had taken and shown the last test alert, or so far; +Inf if one never had",
)
METRICS = (SENT, DELIVERY)
AT = 8 * 60  # minute of the day
LATEST = 12 * 60  # an agent that starts later tests tomorrow
FACT = "self_test"
LOOK_EVERY = 30.0


class SelfTesting:
    """`last` is what the last one found: when it was sent, and how long it took (None if one never had it)."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        kept: Mapping[str, Any] = agent.store.recall(FACT) or {}
        self.last: tuple[float, float | None] | None = (kept["sent"], kept["took"]) if kept else None
        self._under_way = False

    async def turn(self) -> None:
        """Tests, if it is time."""
        if self.due(self._agent.clock.now()):
            await self.test()

    def due(self, now: float) -> bool:
        if self.last is None:
            return True  # whoever sets up an agent is there, and learns at once whether alerts arrive
        calendar = self._agent.site.calendar
        local = calendar.local(now)
        if not calendar.spans("service", local.date()) or not AT <= local.hour * 60 + local.minute < LATEST:
            return False
        return self.last[0] < calendar.moment(local.date(), AT)

    async def test(self) -> None:
        """Now. Without a receiver there is nothing to be tested."""
        receivers = self._agent.outbox.channels()
        if not receivers:
            return
        sent = self._agent.clock.now()
        self.last, self._under_way = (sent, None), True
        try:
            took = await deliver(receivers)
        finally:
            self._under_way = False
        self.last = (sent, None if math.isinf(took) else took)
        await aside(lambda: self._agent.store.remember(FACT, {"sent": sent, "took": self.last and self.last[1]}))

    def samples(self) -> Sequence[Sample]:
        if self.last is None:
            return ()
        sent, took = self.last
        if self._under_way:
            took = max(0.0, self._agent.clock.now() - sent)
        return (SENT.sample(sent), DELIVERY.sample(math.inf if took is None else took))
