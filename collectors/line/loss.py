"""The newest bursts of echoes that hold so many packets, and how many of these were lost. Pure; times in seconds."""

from __future__ import annotations

from collections import deque


class Loss:
    """At least `packets` of them, once so many were sent, and none that is older than `seconds`."""

    def __init__(self, packets: int, seconds: float) -> None:
        self.sent = self.lost = 0
        self._packets, self._seconds = packets, seconds
        self._bursts: deque[tuple[float, int, int]] = deque()

    def add(self, at: float, sent: int, lost: int) -> None:
        self._bursts.append((at, sent, lost))
        self.sent += sent
        self.lost += lost
        while self.sent - self._bursts[0][1] >= self._packets or self._bursts[0][0] < at - self._seconds:
            self._drop(self._bursts.popleft())

    def forget(self, bursts: int) -> None:
        """The newest ones."""
        for _ in range(min(bursts, len(self._bursts))):
            self._drop(self._bursts.pop())

    @property
    def ratio(self) -> float | None:
        """Lost packets of those sent; None before as many as wanted were."""
        return self.lost / self.sent if self.sent >= self._packets else None

    def _drop(self, burst: tuple[float, int, int]) -> None:
        self.sent -= burst[1]
        self.lost -= burst[2]
