"""A device at an address: who may ask it there, and what it tells at the moment of a question."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from demo.devices.answers import Table
from demo.devices.codec import LONGEST
from demo.devices.device import Device

TICK = 0.01  # seconds: two looks at a device for one question are one moment
Moment = Callable[[Device], None]


@dataclass(frozen=True, slots=True)
class User:
    """A user of version 3 who signs with SHA and encrypts with AES-128."""

    name: str = "shouwang"
    auth_password: str = "demo-auth-password"  # noqa: S105 - what the simulated devices are asked with is no secret
    privacy_password: str = "demo-privacy-password"  # noqa: S105


def still(device: Device) -> None:
    """For whoever lets the time of the devices pass by himself."""


class Clockwork:
    """Lets each device's time pass with a clock, `speed` times as fast, whenever somebody looks at it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, speed: float = 1.0) -> None:
        self._clock, self._speed, self._seen = clock, speed, dict[int, float]()

    def __call__(self, device: Device) -> None:
        now = self._clock()
        passed = now - self._seen.setdefault(id(device), now)
        if passed >= TICK:
            self._seen[id(device)] = now
            device.advance(passed * self._speed)


@dataclass(eq=False)
class Place:
    """`port` 0 is any free one, which stands here once it is served. With a `user` only version 3 is answered there,
    without one versions 1 and 2c. `before`: called before each answer, to bring the device to the present.
    `refresh`: seconds for which an answer's values may be told again; many real agents take several."""

    device: Device
    address: str = "127.0.0.1"
    port: int = 0
    community: str = "public"
    user: User | None = None
    before: Moment = still
    limit: int = LONGEST
    refresh: float = 0.0
    _table: Table | None = field(default=None, repr=False)
    _read: float = 0.0

    def table(self) -> Table | None:
        """What it tells now; None if it answers nobody."""
        now = time.monotonic()
        if self._table is None or now - self._read >= self.refresh:
            self.before(self.device)
            self._table, self._read = Table(self.device.objects()), now
        return self._table if self.device.answers else None
