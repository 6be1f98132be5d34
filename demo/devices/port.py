"""An interface of a switch: its link, the traffic through it, and the counters that follow from both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

ETHERNET, LOOPBACK, VIRTUAL, AGGREGATE = 6, 24, 53, 161
FRAME = 700.0  # bytes of an ordinary packet, on average


@dataclass(frozen=True, slots=True)
class Flow:
    """Traffic one way, in bytes per second. `broadcast` and `multicast` are shares of its packets; `errors` and
    `discards` are counted for each packet that got through."""

    bytes: float = 0.0
    frame: float = FRAME
    broadcast: float = 0.004
    multicast: float = 0.006
    errors: float = 0.0
    discards: float = 0.0

    def counted(self, seconds: float, limit: float) -> Mapping[str, float]:
        """What the counters gain on a line that carries no more than `limit` bytes per second."""
        carried = min(self.bytes, limit) * seconds
        packets = carried / self.frame
        return {
            "octets": carried,
            "unicast": packets * (1 - self.broadcast - self.multicast),
            "multicast": packets * self.multicast,
            "broadcast": packets * self.broadcast,
            "errors": packets * self.errors,
            "discards": packets * self.discards,
        }


COUNTED = tuple(Flow().counted(0, 0))
QUIET = Flow()


@dataclass(slots=True)
class Port:
    """`linked`: a cable with a live far end; `shut`: switched off by an administrator. `megabits` is the line's speed,
    0 where there is no line. `wide`: the device has 64-bit counters. `more`: bytes per second that come in beside
    `receive`. `counts` holds in_octets, out_unicast and so on, which a test may set near the end of their range; they
    have as many bits as they need."""

    index: int
    name: str | bytes
    alias: str | bytes = ""
    descr: str | bytes = ""
    type: int = ETHERNET
    megabits: int = 1000
    linked: bool = True
    shut: bool = False
    wide: bool = True
    vlan: int = 1
    receive: Flow = QUIET
    transmit: Flow = QUIET
    more: float = 0.0
    changed: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    _rests: dict[str, float] = field(default_factory=dict)
    _was_up: bool | None = None

    @property
    def up(self) -> bool:
        return self.linked and not self.shut

    def advance(self, seconds: float, uptime: float) -> None:
        """`uptime`: of the device, at the end of these seconds."""
        if self._was_up not in (None, self.up):
            self.changed = uptime
        self._was_up = self.up
        if not self.up:
            return
        limit = self.megabits * 125_000.0
        received = replace(self.receive, bytes=self.receive.bytes + self.more) if self.more else self.receive
        for way, flow in (("in", received), ("out", self.transmit)):
            if flow.bytes:
                self._count(way, flow.counted(seconds, limit))

    def _count(self, way: str, gained: Mapping[str, float]) -> None:
        for name, more in gained.items():
            key = f"{way}_{name}"
            total = more + self._rests.get(key, 0.0)
            whole = int(total)
            self._rests[key] = total - whole
            self.counts[key] = self.counts.get(key, 0) + whole

    def start(self) -> None:
        """The device starts: its counters begin at 0."""
        self.counts, self._rests, self.changed, self._was_up = {}, {}, 0.0, None
