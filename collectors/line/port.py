"""How the port is by which a line leaves, as far as the latest readings of its switch say."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf

from agent.core.model import Metric, Reading
from agent.core.others import Known
from collectors import interface_metrics as metrics
from collectors.interface_choice import plain
from collectors.line.options import Via

DEVICE_UP = "device_up"  # of collectors.reach: whether the switch answers at all
ERRORS = (metrics.RECEIVE_ERRORS, metrics.TRANSMIT_ERRORS, metrics.RECEIVE_DISCARDS, metrics.TRANSMIT_DISCARDS)
GROWN = 10  # packets within the window that are no accident any more
WINDOW = 300.0
FULL = 0.9  # of the bandwidth or of the port's speed


class PortState(StrEnum):
    NONE = "none"  # agent.yaml names no port
    UNREAD = "unread"  # the switch gives no readings now
    STALE = "stale"  # up when it was last read, before the trouble began
    MISSING = "missing"  # the switch has no such port (any more)
    SILENT = "silent"  # the switch itself does not answer
    UP = "up"
    FAULTY = "faulty"  # up, and packets are damaged or thrown away at it
    FULL = "full"  # up, and its traffic is as much as the line carries
    DOWN = "down"
    SHUT = "shut"  # by an administrator


@dataclass(frozen=True, slots=True)
class Port:
    """`addresses` are the switch's. `rates`: packets a second that the port sends and receives, between the two latest
    readings since the trouble began; None where that is not known."""

    state: PortState = PortState.NONE
    device: str = ""
    name: str = ""
    addresses: tuple[str, ...] = ()
    rates: tuple[float, float] | None = None

    @property
    def sent(self) -> float:
        return self.rates[0] if self.rates else 0.0

    @property
    def received(self) -> float:
        return self.rates[1] if self.rates else 0.0


Two = deque[tuple[float, float, float]]  # when, sent and received: of the two latest readings


@dataclass
class Past:
    """What the port's counters said of late: damaged and discarded packets; packets, and bytes, sent and received."""

    _points: deque[tuple[float, float]] = field(default_factory=deque)
    _packets: Two = field(default_factory=lambda: deque(maxlen=2))
    _bytes: Two = field(default_factory=lambda: deque(maxlen=2))

    def rates(self, reading: Reading, port: str, began: float | None) -> tuple[float, float] | None:
        """Packets a second sent and received since the reading before, if both are of since `began`."""
        both = _grown(self._packets, reading, port, (metrics.TRANSMIT_PACKETS, metrics.RECEIVE_PACKETS))
        return None if began is None or not self._packets or self._packets[0][0] < began else both

    def load(self, reading: Reading, port: str) -> float:
        """Bytes a second since the reading before, in the fuller direction; 0 where that is not known."""
        both = _grown(self._bytes, reading, port, (metrics.TRANSMIT_BYTES, metrics.RECEIVE_BYTES))
        return max(both or (0.0,))

    def growth(self, at: float, total: float) -> float:
        """Since the oldest that is known of the last minutes; a device that counts anew has had none."""
        if self._points and total < self._points[-1][1]:
            self._points.clear()
        if not self._points or self._points[-1][0] < at:
            self._points.append((at, total))
        while len(self._points) > 2 and self._points[1][0] < at - WINDOW:
            self._points.popleft()
        return self._points[-1][1] - self._points[0][1]


def look(via: Via | None, known: Known, began: float | None, past: Past, bandwidth: float | None) -> Port:
    """`began`: since when (Unix seconds) something is wrong with the line, None if nothing is; `bandwidth`: bytes a
    second that it carries, None for as much as the port does."""
    if via is None:
        return Port()
    device = known.target(str(via.switch))
    name = str(via.switch) if device is None else device.name
    address = () if device is None or device.address is None else (device.address,)
    state = _state(via, known, began, past, bandwidth)
    reading = known.reading(via.switch, metrics.TRANSMIT_PACKETS.name)
    rates = past.rates(reading, via.port, began) if reading is not None else None
    return Port(state, name, via.port, address, rates if state is PortState.UP else None)


def _state(via: Via, known: Known, began: float | None, past: Past, bandwidth: float | None) -> PortState:
    answering = known.reading(via.switch, DEVICE_UP)
    if answering is not None and all(sample.value == 0 for sample in answering.by_metric[DEVICE_UP]):
        return PortState.SILENT
    reading = known.reading(via.switch, metrics.INTERFACE_UP.name)
    if reading is None or reading.failure is not None:
        return PortState.UNREAD
    up = value_of(reading, metrics.INTERFACE_UP.name, via.port)
    if up is None:
        return PortState.MISSING
    if up == 0:
        admin = value_of(reading, metrics.INTERFACE_ADMIN_UP.name, via.port)
        return PortState.SHUT if admin == 0 else PortState.DOWN
    totals = [value_of(reading, each.name, via.port) or 0.0 for each in ERRORS]
    grown = past.growth(reading.ended, sum(totals))
    carries = bandwidth or value_of(reading, metrics.SPEED.name, via.port) or inf
    full = past.load(reading, via.port) >= FULL * carries
    if began is not None and reading.started < began:
        return PortState.STALE
    return PortState.FULL if full else PortState.FAULTY if grown >= GROWN else PortState.UP


def _grown(latest: Two, reading: Reading, port: str, counters: tuple[Metric, Metric]) -> tuple[float, float] | None:
    """By how much a second both grew between the two latest readings; None where that is not known."""
    sent, received = (_sum(reading, each, port) for each in counters)
    if sent is not None and received is not None and (not latest or latest[-1][0] < reading.ended):
        latest.append((reading.ended, sent, received))
    if len(latest) < 2:
        return None
    (then, *old), (now, *new) = latest
    first, second = (more - less for less, more in zip(old, new, strict=True))
    return (first / (now - then), second / (now - then)) if min(first, second) >= 0 else None


def _sum(reading: Reading, metric: Metric, port: str) -> float | None:
    """Over all casts; None where the port does not tell it."""
    wanted = plain(port)
    found = [each.value for each in reading.by_metric.get(metric.name, ()) if plain(each.labels[0]) == wanted]
    return sum(found) if found else None


def value_of(reading: Reading, metric: str, port: str, *more: str) -> float | None:
    """The value at this port, whose name people mix up; `more` are the label values that follow."""
    wanted = plain(port)
    for sample in reading.by_metric.get(metric, ()):
        if plain(sample.labels[0]) == wanted and sample.labels[1:] == more:
            return sample.value
    return None
