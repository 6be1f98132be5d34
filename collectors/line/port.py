"""How the port is by which a line leaves, as far as the latest readings of its switch say."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

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


@dataclass
class Past:
    """What the port's counters said of late: damaged and discarded packets, packets sent and received."""

    _points: deque[tuple[float, float]] = field(default_factory=deque)
    _packets: deque[tuple[float, float, float]] = field(default_factory=lambda: deque(maxlen=2))

    def rates(self, reading: Reading, port: str, began: float | None) -> tuple[float, float] | None:
        """Packets a second sent and received since the reading before, if both are of since `began`."""
        sent, received = (_sum(reading, each, port) for each in (metrics.TRANSMIT_PACKETS, metrics.RECEIVE_PACKETS))
        if sent is not None and received is not None and (not self._packets or self._packets[-1][0] < reading.ended):
            self._packets.append((reading.ended, sent, received))
        if began is None or len(self._packets) < 2 or self._packets[0][0] < began:
            return None
        (then, *old), (now, *new) = self._packets
        grown = [more - less for less, more in zip(old, new, strict=True)]
        return (grown[0] / (now - then), grown[1] / (now - then)) if min(grown) >= 0 else None

    def growth(self, at: float, total: float) -> float:
        """Since the oldest that is known of the last minutes; a device that counts anew has had none."""
        if self._points and total < self._points[-1][1]:
            self._points.clear()
        if not self._points or self._points[-1][0] < at:
            self._points.append((at, total))
        while len(self._points) > 2 and self._points[1][0] < at - WINDOW:
            self._points.popleft()
        return self._points[-1][1] - self._points[0][1]


def look(via: Via | None, known: Known, began: float | None, past: Past, full: bool) -> Port:
    """`began`: since when (Unix seconds) something is wrong with the line, None if nothing is; `full`: its traffic is
    as much as it carries."""
    if via is None:
        return Port()
    device = known.target(str(via.switch))
    name = str(via.switch) if device is None else device.name
    address = () if device is None or device.address is None else (device.address,)
    state = _state(via, known, began, past, full)
    reading = known.reading(via.switch, metrics.TRANSMIT_PACKETS.name)
    rates = past.rates(reading, via.port, began) if reading is not None else None
    return Port(state, name, via.port, address, rates if state is PortState.UP else None)


def _state(via: Via, known: Known, began: float | None, past: Past, full: bool) -> PortState:
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
    if began is not None and reading.started < began:
        return PortState.STALE
    return PortState.FULL if full else PortState.FAULTY if grown >= GROWN else PortState.UP


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
