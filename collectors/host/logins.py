"""Logins: failures of the last hour, by source, successes after them, and those of administrators at odd times."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import NamedTuple

from agent.core.calendar import Calendar
from agent.core.model import Sample
from collectors.host.metrics import LOGIN_AFTER_FAILURES, LOGIN_FAILURES, LOGIN_UNUSUAL

WINDOWS = {"5m": 300.0, "1h": 3600.0}
GUESSED = 5  # failures of one source before a success that is taken for a guess


class Login(NamedTuple):
    """One attempt, in Unix seconds. `source` is an address, or a terminal where somebody sits at the machine."""

    at: float
    good: bool
    user: str
    source: str


def told(
    logins: Sequence[Login], now: float, odd: Callable[[Login], bool], since: float = -math.inf
) -> Iterator[Sample]:
    """`now` by the clock that wrote them. `odd` says whether a success was an administrator's at a time or from where
    none is expected. What was before `since` is not known, or not all of it: of a window that began before it only what
    is there is told, not that there is nothing."""
    hour = sorted(each for each in logins if now - WINDOWS["1h"] < each.at)
    failed = [each for each in hour if not each.good]
    for window, seconds in WINDOWS.items():
        sources = Counter(each.source for each in failed if now - seconds < each.at)
        if sources or since <= now - seconds:
            yield LOGIN_FAILURES.sample(sources.total(), window=window, scope="all")
            yield LOGIN_FAILURES.sample(max(sources.values(), default=0), window=window, scope="same_source")
    whole = since <= now - WINDOWS["1h"]
    if (after := guessed(hour)) or whole:
        yield LOGIN_AFTER_FAILURES.sample(after)
    if (unusual := any(each.good and odd(each) for each in hour)) or whole:
        yield LOGIN_UNUSUAL.sample(unusual)


def odd(login: Login, calendar: Calendar, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Outside working hours, or from outside the management networks where agent.yaml names some."""
    if not calendar.open("working", login.at):
        return True
    try:
        source = ip_address(login.source)
    except ValueError:
        return False
    return bool(networks) and not any(source in network for network in networks)


def guessed(logins: Sequence[Login]) -> bool:
    """Whether a success came after so many failures of the same source; in the order of time."""
    failures: Counter[str] = Counter()
    for each in logins:
        if each.good and failures[each.source] >= GUESSED:
            return True
        failures[each.source] += not each.good
    return False
