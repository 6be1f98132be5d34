"""Whether what a probe got of late is good, lossy, slow, or silence. Pure; times in seconds."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from collectors.line.baseline import DIGITS
from collectors.line.loss import Loss

SECONDS = 300.0  # what is older says nothing about now
PACKETS = 60  # newest packets that loss is judged by; of fewer than FEWEST nothing is said
FEWEST = 20
LOSSY, LEAST_LOST = 0.08, 4
CONNECTS, TROUBLED, CLEAN = (
    10,
    2,
    5,
)  # newest connects that are looked at; so many troubled are loss, so many clean none
# RFC 6298 section 2: a SYN without an answer is sent again after a second.
RETRANSMISSION = 0.9
SLOW_FACTOR, SLOW_MORE = 5.0, 0.1
HOUR, HOURS = 3600.0, 48
BEFORE_USUAL = 3  # bursts until it is known what is usual


class State(StrEnum):
    GOOD = "good"
    UNSURE = "unsure"  # it answers; whether it loses is not known
    LOSSY = "lossy"
    SLOW = "slow"
    REFUSED = "refused"
    SILENT = "silent"


WELL = (State.GOOD, State.UNSURE)


@dataclass
class Usual:
    """The shortest median round trip of each of the last 48 hours; None for an hour before a restart."""

    hours: deque[tuple[int | None, float]] = field(default_factory=lambda: deque(maxlen=HOURS))
    seen: int = 0

    def add(self, at: float, middle: float) -> None:
        hour = int(at // HOUR)
        self.seen += 1
        if self.hours and self.hours[-1][0] == hour:
            self.hours[-1] = hour, min(middle, self.hours[-1][1])
        else:
            self.hours.append((hour, middle))

    @property
    def seconds(self) -> float | None:
        return min(least for _, least in self.hours) if self.seen >= BEFORE_USUAL else None

    def told(self) -> list[float]:
        """What `recall` takes up after a restart."""
        return [round(least, DIGITS) for _, least in self.hours] if self.seen >= BEFORE_USUAL else []

    def recall(self, told: Sequence[float]) -> None:
        self.hours.extend((None, least) for least in told)
        self.seen = BEFORE_USUAL if told else 0


@dataclass
class Lately:
    """The newest answers of one probe; `loss` is a ratio, `seconds` the median of the last burst that was answered."""

    usual: Usual = field(default_factory=Usual)
    seconds: float = 0.0
    loss: float = 0.0
    _bursts: Loss = field(default_factory=lambda: Loss(PACKETS, SECONDS))
    _connects: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=CONNECTS))
    _silent: int = 0  # questions in a row without one answer
    _lossy: bool = False
    _out: bool = False  # the last of them was called silence

    def burst(self, at: float, sent: int, received: Sequence[float]) -> State:
        """Of echoes: the state after this burst."""
        if received and self._out:  # an outage that is over is no loss
            self._bursts.forget(self._silent)
        slow = self._times(at, received)
        self._bursts.add(at, sent, sent - len(received))
        # Under heavy loss a whole burst may vanish; that twice is silence.
        self._out = not received and not (self._lossy and self._silent == 1)
        if self._out:
            return State.SILENT
        self.loss = self._bursts.lost / self._bursts.sent
        self._lossy = self._bursts.sent >= FEWEST and self._bursts.lost >= LEAST_LOST and self.loss >= LOSSY
        return State.LOSSY if self._lossy else State.SLOW if slow else State.GOOD

    def connect(self, at: float, attempts: int, received: Sequence[float], refused: bool) -> State:
        """Of a connect, a page, a name: too few packets to count loss by, but a lost one takes a second."""
        usual = self.usual.seconds
        if received and self._silent > 1:  # an outage that is over is no loss
            for _ in range(min(self._silent, len(self._connects))):
                self._connects.pop()
        if refused and not received:  # it came through, so it says nothing of loss
            self._silent = 0
            return State.REFUSED
        slow = self._times(at, received)
        troubled = attempts > 1 or not received or received[0] > (usual or 0.0) + RETRANSMISSION
        self._connects.append((at, troubled))
        while self._connects[0][0] < at - SECONDS:
            self._connects.popleft()
        if not received:
            return State.SILENT
        marks = [mark for _, mark in self._connects]
        self.loss = sum(marks) / len(marks)
        if sum(marks) >= TROUBLED:
            return State.LOSSY
        if slow and not troubled:
            return State.SLOW
        return State.GOOD if len(marks) >= CLEAN and not any(marks[-CLEAN:]) else State.UNSURE

    def _times(self, at: float, received: Sequence[float]) -> bool:
        """Whether these round trips are far longer than usual."""
        self._silent = 0 if received else self._silent + 1
        if not received:
            return False
        self.seconds, usual = sorted(received)[len(received) // 2], self.usual.seconds
        self.usual.add(at, self.seconds)
        return usual is not None and self.seconds > SLOW_FACTOR * usual and self.seconds > usual + SLOW_MORE
