"""Access lists: whom each lets through. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from collectors.configuration.hardening.facts import Acl, Lines
from collectors.configuration.hardening.lines import Node, sections

VRP = r"acl +(?:ipv6 +)?(?:number +(\d+)|name +(\S+)|(?:basic|advanced|mac) +(?:name +)?(\S+)|(\d+))"
VRP_RULE = re.compile(r"rule +(?:\d+ +)?permit(?P<what>.*)", re.IGNORECASE)
VRP_SOURCE = re.compile(r"\bsource +(?!any\b)\S|\bobject-group\b|\bsource-(?:ip|mac)\b")
VRP_NARROW = re.compile(r"\b(?:source|destination) +(?!any\b)\S|\b(?:source|destination)-port\b|\btcp-flag\b")
IOS = r"(?:ip|ipv6) +access-list +(?:(?:standard|extended) +)?(\S+)"
IOS_NUMBERED = r"access-list +(\d+)"
IOS_RULE = re.compile(r"(?:\d+ +)?permit +(?P<what>.*)")
# What stands before the source of an extended rule; a standard rule begins with the source.
IOS_PROTOCOL = re.compile(
    r"(?P<protocol>ip|ipv6|tcp|udp|icmp|icmpv6|ahp|esp|gre|igmp|ospf|eigrp|pim|\d{1,3})\s+(?=\S+\s)"
)


def of_vrp(top: Sequence[Node]) -> Iterator[Acl]:
    """VRP and Comware, of both ways of naming."""
    for match, node in sections(VRP, top):
        name = next(each for each in match.groups() if each)
        rules = [(each.text, rule["what"]) for each in node.below if (rule := VRP_RULE.match(each.text))]
        anybody = tuple(text for text, what in rules if not VRP_SOURCE.search(what))
        anything = tuple(text for text, what in rules if _whole(what))
        yield Acl(name, bool(anybody), bool(anything), (node.text, *anybody))


def _whole(what: str) -> bool:
    protocol = what.split()[:1]
    return not VRP_NARROW.search(what) and protocol not in (["tcp"], ["udp"], ["icmp"], ["icmpv6"])


def of_ios(top: Sequence[Node]) -> Iterator[Acl]:
    """IOS and RGOS; numbered ones stand line by line in the older way."""
    for match, node in sections(IOS, top):
        yield _ios(match[1], [each.text for each in node.below], node.text)
    numbered: dict[str, list[str]] = {}
    for match, node in sections(IOS_NUMBERED, top):
        numbered.setdefault(match[1], []).append(node.text)
    for name, texts in numbered.items():
        yield _ios(name, [re.sub(r"access-list +\d+ +", "", text) for text in texts], *texts)


def _ios(name: str, texts: Sequence[str], *lines: str) -> Acl:
    rules = [(text, rule["what"]) for text in texts if (rule := IOS_RULE.match(text))]
    anybody: Lines = tuple(text for text, what in rules if _after_protocol(what).split()[:1] == ["any"])
    anything = any(re.fullmatch(r"(?:ip +|ipv6 +)?any(?: +any)?(?: +log\S*)?", what.strip()) for _, what in rules)
    return Acl(name, bool(anybody), anything, (*lines, *anybody))


def _after_protocol(what: str) -> str:
    match = IOS_PROTOCOL.match(what)
    return what[match.end() :] if match else what
