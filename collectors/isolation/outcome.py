"""Outcome: what came of one connection that was tried, in one word; and how a program is told what to try."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

Places = Sequence[tuple[str, int]]  # address and port of each connection

Outcome = Literal[
    "open",
    "refused",  # by the other end, or by a firewall that says so
    "unreachable",  # a router or a neighbour's silence says that this host is not to be had
    "no_route",  # the vantage has no way out to there: no boundary was put to the test
    "silent",  # no answer in time, as behind a firewall that drops
    "unresolved",
    "unsure",  # silent, and it may be the name's lookup that was
    "forbidden",  # by the host's own firewall or policy: says nothing about the network
    "untried",
    "failed",
]
SHUT: frozenset[Outcome] = frozenset(("refused", "unreachable", "silent"))

# Names of errno (Python) and numbers of Winsock (WSAECONNREFUSED …).
CODES: dict[str, Outcome] = {
    "open": "open",
    "silent": "silent",
    "unresolved": "unresolved",
    "untried": "untried",
    "ECONNREFUSED": "refused",
    "EHOSTUNREACH": "unreachable",
    "ENETUNREACH": "no_route",
    "ENETDOWN": "no_route",
    "EADDRNOTAVAIL": "no_route",  # IPv6 without an address of its own
    "EAFNOSUPPORT": "no_route",
    "EHOSTDOWN": "unreachable",
    "ETIMEDOUT": "silent",
    "EACCES": "forbidden",
    "EPERM": "forbidden",
    "10061": "refused",
    "10054": "refused",  # WSAECONNRESET of UDP: an ICMP port unreachable
    "10065": "unreachable",
    "10047": "no_route",
    "10049": "no_route",
    "10050": "no_route",
    "10051": "no_route",
    "10064": "unreachable",
    "10060": "silent",
    "10013": "forbidden",
    "11001": "unresolved",
    "11002": "unresolved",
    "11003": "unresolved",
    "11004": "unresolved",
}
# What bash and the kinds of nc say, in the locale C: strerror(3), or words of their own.
SAYINGS: tuple[tuple[str, Outcome], ...] = (
    ("connection refused", "refused"),
    ("no route to host|host is down", "unreachable"),
    (
        "network is (?:unreachable|down)|cannot assign requested address|address family not supported",
        "no_route",
    ),
    ("not permitted|permission denied", "forbidden"),
    ("timed out|timeout", "silent"),
    ("name or service not known|resol|bad address|host lookup|no address associated|unknown host", "unresolved"),
)
SNMP = 161  # the one port that is asked by UDP
LATE = 124  # timeout(1), and what a script here ends with


def arguments(places: Places) -> Iterator[str]:
    """Of a program that tries them: of each its address, then its port."""
    return (word for address, port in places for word in (address, str(port)))


def coded(code: str) -> Outcome:
    return CODES.get(code, "failed")


def said(status: int, text: str) -> Outcome:
    """Of the exit status of a program that tried, and of what it complained of."""
    if status == 0:
        return "open"
    if status in (LATE, 128 + 15):  # busybox before 1.34 ends with the signal
        return "silent"
    return next((outcome for pattern, outcome in SAYINGS if re.search(pattern, text, re.IGNORECASE)), "failed")
