"""Networks of IPv4 as configurations write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Network

from collectors.configuration.hardening.lines import Node, found

SOURCE = re.compile(r"(?P<host>host +)?(?P<address>\d\S*)(?: +(?P<wildcard>\d\S*))?", re.ASCII)
HOST = ("0", "0.0.0.0")  # noqa: S104 - a wildcard


def of_interface(node: Node) -> tuple[IPv4Network, ...]:
    """Of `ip address 10.1.0.1 255.255.255.0` and `ip address 10.1.0.1 24`."""
    pairs = (_network(match[1], match[2]) for match in found(r"ip +address +(\d\S*) +(\d\S*)", node.below))
    return tuple(each for each in pairs if each is not None)


def of_sources(sources: Sequence[str]) -> tuple[IPv4Network, ...]:
    """Of `10.1.0.0 0.0.0.255`, `10.1.0.5 0`, `host 10.1.0.5`, as access lists write whom a rule is about, with what
    follows it; none at all where one of them says it in another way."""
    networks = [_source(each) for each in sources]
    known = tuple(each for each in networks if each is not None)
    return known if len(known) == len(networks) else ()


def _source(text: str) -> IPv4Network | None:
    match = SOURCE.match(text)
    if match is None:
        return None
    alone = match["host"] or match["wildcard"] is None or match["wildcard"] in HOST
    return _network(match["address"], "32" if alone else match["wildcard"])


def _network(address: str, mask: str) -> IPv4Network | None:
    try:
        return IPv4Network(f"{address}/{mask}", strict=False)
    except ValueError:
        return None
