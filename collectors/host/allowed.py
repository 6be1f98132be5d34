"""Allowed: which ports of a host may listen, and what listens beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import Literal, NamedTuple

from agent.core.model import Sample
from agent.core.text import Text
from collectors.host import words
from collectors.host.metrics import LISTENING

WRITTEN = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?(?:/(tcp|udp))?", re.ASCII)
LAST = 65535
SHOWN = 10  # ports that a remark names
# What should be open to nobody from outside: clear-text logins, file sharing, remote desktops, stores without a login.
DANGEROUS = frozenset((21, 23, 69, 111, 135, 139, 445, 512, 513, 514, 3389, 5900, 6379, 9200, 2375, 27017))


class Allowed(NamedTuple):
    """Ports from `first` to `last`; without a protocol of both."""

    first: int
    last: int
    protocol: Literal["tcp", "udp"] | None = None


class Listener(NamedTuple):
    """`address` as the host writes it, without brackets and scope."""

    protocol: str
    address: str
    port: int

    @property
    def local(self) -> bool:
        """Whether only the host itself can reach it."""
        try:
            return ip_address(self.address.removeprefix("::ffff:")).is_loopback
        except ValueError:
            return False


def allowed(text: str) -> Allowed | None:
    match = WRITTEN.fullmatch(text.strip())
    if match is None:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    protocol: Literal["tcp", "udp"] | None = "tcp" if match[3] == "tcp" else "udp" if match[3] else None
    return Allowed(first, last, protocol) if 0 < first <= last <= LAST else None


def unexpected(listeners: Sequence[Listener], may: Sequence[Allowed] | None) -> Iterator[Sample]:
    """Each port of a protocol counts once, by the widest reach that it has. Without a list (`may` None) only what is
    dangerous is told: nobody said what else may listen."""
    reach: dict[tuple[str, int], bool] = {}
    for each in listeners:
        if not _listed(each, may or ()):
            key = (each.protocol, each.port)
            reach[key] = reach.get(key, True) and each.local
    dangerous = [key for key, local in reach.items() if not local and key[1] in DANGEROUS]
    if may is not None:
        yield LISTENING.sample(sum(reach.values()), scope="local")
        yield LISTENING.sample(len(reach) - sum(reach.values()) - len(dangerous), scope="remote")
    yield LISTENING.sample(len(dangerous), scope="dangerous")


def _listed(listener: Listener, may: Sequence[Allowed]) -> bool:
    return any(each.first <= listener.port <= each.last and each.protocol in (None, listener.protocol) for each in may)


def beyond(listeners: Sequence[Listener], may: Sequence[Allowed] | None) -> Iterator[Text]:
    """A remark on those that are counted and that others can reach, if there are any."""
    counted = (each for each in listeners if not _listed(each, may or ()) and not each.local)
    strange = sorted({f"{each.protocol} {each.port}" for each in counted if may is not None or each.port in DANGEROUS})
    if strange:
        yield words.LISTENS.format(ports=", ".join(strange[:SHOWN]), more=words.more(len(strange) - SHOWN))
