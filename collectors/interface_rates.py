"""What the agent's own polls say about an interface over time: utilization, errors, broadcasts, flaps.

Pure; times in seconds on the clock that never steps. A wrap of a counter goes on as if it had more bits; a reboot, a
cleared counter, another port under the same name, or more than the line could carry begins anew, so that no rate is
ever absurd.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from collectors.if_mib import COUNTS, Interface
from collectors.interface_metrics import RECEIVE_BYTES, RECEIVE_PACKETS, TRANSMIT_BYTES, TRANSMIT_PACKETS

WINDOW, SHORT_WINDOW = 300.0, 60.0
FLAP_WINDOWS = {"10m": 600.0, "1h": 3600.0}
LONGEST_GAP = 900.0  # polls further apart than this say nothing about the last minutes
SHORTEST = 10.0  # seconds that a rate is taken over at least: agents refresh their counters only every few seconds
LEAST_PACKETS = 10_000
LEAST_PACKET = 64  # bytes: an Ethernet frame
# A line cannot carry more than its speed, but a poll may come late and the counters be refreshed in steps.
OVERRUN, HIGHEST_RATIO = 2.0, 1.05
REFRESH = 15.0
SETTLED = 1.0  # seconds: an ifLastChange that is younger is looked at again with the next poll

_of = {(count.metric, count.labels): position for position, count in enumerate(COUNTS)}
BYTES_IN, BYTES_OUT = _of[RECEIVE_BYTES, ()], _of[TRANSMIT_BYTES, ()]
PACKETS_IN = tuple(position for (metric, _), position in _of.items() if metric is RECEIVE_PACKETS)
PACKETS = (*PACKETS_IN, *(position for (metric, _), position in _of.items() if metric is TRANSMIT_PACKETS))
BROADCASTS_IN = _of[RECEIVE_PACKETS, ("broadcast",)]
FAULTS = tuple(
    position for (metric, labels), position in _of.items() if not labels and position not in (BYTES_IN, BYTES_OUT)
)

Totals = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Track:
    """One interface over time. `at`: when its state was last read; `points`: (time, growth of each counter since the
    first point), oldest first.

    `seen` has the counters of the last point. `high`: which of them have been seen with 64 bits. `changes`: when
    ifOperStatus became or ceased to be up; `up`: what it was last known to be; `last_change`: the ifLastChange that is
    accounted for.
    """

    seen: Interface
    at: float
    points: tuple[tuple[float, Totals], ...] = ()
    high: tuple[bool, ...] = (False,) * len(COUNTS)
    up: bool | None = None
    changes: tuple[float, ...] = ()
    last_change: int | None = None

    @property
    def counts(self) -> tuple[int | None, ...]:
        """The counters as the device has them. One that had 64 bits and is now told with 32 is left out: whoever
        computes rates from the series would take the step down for a reset, and the step up for traffic."""
        pairs = zip(self.seen.counts, self.high, self.seen.high, strict=True)
        return tuple(None if was_high and not high else count for count, was_high, high in pairs)


def noticed(
    track: Track | None, now: Interface, at: float, device_restarted: bool = False, uptime: float | None = None
) -> Track:
    """The track after the state of the interface was read once more, but not its counters; `uptime` is sysUpTime in
    seconds. If the counters are others now, what they grew is forgotten."""
    if track is None:
        return Track(now, at, up=now.up, last_change=now.last_change)
    changes, last_change = _changed(track, now, at, None if device_restarted else uptime)
    changes = tuple(each for each in changes if each > at - max(FLAP_WINDOWS.values()))
    up = track.up if now.up is None else now.up
    if device_restarted:
        return Track(now, at, up=up, changes=changes, last_change=last_change)
    same = (track.seen.index, track.seen.discontinuity) == (now.index, now.discontinuity)
    seen = replace(now, counts=track.seen.counts, high=track.seen.high) if same else now
    points = track.points if same else ()
    return Track(seen, at, points, track.high, up, changes, last_change)


def counted(track: Track, now: Interface, at: float) -> Track:
    """The track, after what `noticed` told, with the counters as they were at `at`."""
    high = tuple(a or b for a, b in zip(track.high, now.high, strict=True))
    grown = _growth(track, now, at)
    if grown is None:
        return replace(track, seen=now, points=((at, (0,) * len(COUNTS)),), high=high)
    totals = tuple(total + more for total, more in zip(track.points[-1][1], grown, strict=True))
    return replace(track, seen=now, points=(*_within(track.points, at - WINDOW), (at, totals)), high=high)


def _changed(track: Track, now: Interface, at: float, uptime: float | None) -> tuple[tuple[float, ...], int | None]:
    """The changes, and the ifLastChange that is accounted for. What is as it was, but changed between the two polls,
    has gone and come back. An agent that always tells its own time is not believed, nor a time before the last poll.
    """
    if now.up is None:
        return track.changes, track.last_change
    if track.up not in (now.up, None):
        return (*track.changes, at), now.last_change
    if uptime is None or None in (now.last_change, track.last_change) or now.last_change == track.last_change:
        return track.changes, now.last_change
    age = uptime - (now.last_change or 0) / 100
    if age < SETTLED:
        return track.changes, track.last_change
    between = age <= at - track.at + 2 * SETTLED
    return (*track.changes, *([at - age] * 2 if between else ())), now.last_change


def _growth(track: Track, now: Interface, at: float) -> Totals | None:
    """What each counter grew since they were last read; None if they are not the same counters any more."""
    if not track.points or track.seen.high != now.high or at - track.points[-1][0] > LONGEST_GAP:
        return None
    before, elapsed = track.seen, at - track.points[-1][0]
    grown = []
    carried = now.speed * OVERRUN * (elapsed + REFRESH) if now.speed else None
    for position, (old, new) in enumerate(zip(before.counts, now.counts, strict=True)):
        more = _more(old, new, position, now.wrap(position), carried)
        if more is None:
            return None
        grown.append(more)
    return tuple(grown)


def _more(old: int | None, new: int | None, position: int, wrap: int, carried: float | None) -> int | None:
    """Growth of one counter, None where it cannot be; `carried`: bytes that the line can have carried since, if known.

    Errors and discards that cannot be are none: some devices count them down again, and the rest goes on.
    """
    if old is None or new is None:
        return 0
    of_bytes = position in (BYTES_IN, BYTES_OUT)
    limit = carried if of_bytes or carried is None else min(carried / LEAST_PACKET, wrap / 2)
    more = new - old
    if more < 0 and limit is not None:
        more += wrap
    if more >= 0 and (limit is None or more <= limit):
        return more
    return 0 if position in FAULTS else None


def _within(points: tuple[tuple[float, Totals], ...], since: float) -> tuple[tuple[float, Totals], ...]:
    """The points of a window, and the newest before it, where the window begins."""
    first = max((place for place, (at, _) in enumerate(points) if at <= since), default=0)
    return points[first:]


def _over(track: Track, window: float) -> tuple[float, Totals] | None:
    """Seconds and growth over the window, as far as it is known; None if that is too short to say."""
    at, totals = track.points[-1]
    began, first = _within(track.points, at - window)[0]
    if at - began < SHORTEST:
        return None
    return at - began, tuple(now - then for now, then in zip(totals, first, strict=True))


def utilization(track: Track) -> Iterator[tuple[str, float]]:
    """Direction and ratio of the speed, over 5 minutes."""
    over, speed = _over(track, WINDOW), track.seen.speed
    if over is None or not speed:
        return
    seconds, grown = over
    for direction, position in (("receive", BYTES_IN), ("transmit", BYTES_OUT)):
        if track.seen.counts[position] is not None:
            yield direction, min(grown[position] / seconds / speed, HIGHEST_RATIO)


def error_ratio(track: Track) -> float | None:
    """Errors and discards per packet over 5 minutes; None below 10,000 packets."""
    over = _over(track, WINDOW)
    packets = sum(over[1][position] for position in PACKETS) if over else 0
    if over is None or packets < LEAST_PACKETS:
        return None
    return min(sum(over[1][position] for position in FAULTS) / packets, 1.0)


def broadcasts(track: Track) -> tuple[float, float | None] | None:
    """Received broadcasts a second over one minute, and their share of all received packets, if there were any."""
    over = _over(track, SHORT_WINDOW)
    if over is None or track.seen.counts[BROADCASTS_IN] is None:
        return None
    seconds, grown = over
    received = sum(grown[position] for position in PACKETS_IN)
    return grown[BROADCASTS_IN] / seconds, grown[BROADCASTS_IN] / received if received else None


def flaps(track: Track) -> Iterator[tuple[str, int]]:
    """Window and number of changes within it."""
    for window, seconds in FLAP_WINDOWS.items():
        yield window, sum(each > track.at - seconds for each in track.changes)
