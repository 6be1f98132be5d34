"""Access lists: whom each lets through. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from collectors.configuration.hardening.facts import Acl, Lines, acl_name
from collectors.configuration.hardening.lines import Node, sections
from collectors.configuration.hardening.networks import of_sources

VRP = (
    r"acl +(ipv6 +)?(?:number +(\d+)(?: +name +(\S+))?|name +(\S+)(?: +(?:number +)?(\d+))?"
    r"|(?:basic|advanced|mac) +(?:name +)?(\S+)|(\d+))"
)
VRP_RULE = re.compile(r"rule +(?:\d+ +)?(?P<action>permit|deny)(?P<what>.*)", re.IGNORECASE)
# An address that is none in particular, as VRP writes it: with its wildcard, or with the length of its prefix.
VRP_ANY = r"(?:any|\d\S* +255\.255\.255\.255|::(?:/| +)0)(?!\S)"
VRP_SOURCE = re.compile(rf"\bsource +(?!{VRP_ANY})\S|\bobject-group\b|\bsource-(?:ip|mac)\b")
VRP_NARROW = re.compile(rf"\b(?:source|destination) +(?!{VRP_ANY})\S|\b(?:source|destination)-port\b|\btcp-flag\b")
IOS = r"(ip|ipv6) +access-list +(?:(?:standard|extended) +)?(\S+)"
IOS_NUMBERED = r"access-list +(\d+)"
IOS_RULE = re.compile(r"(?:(?:sequence +)?\d+ +)?(?P<action>permit|deny) +(?P<what>.*)")
IOS_ANY = re.compile(r"\b\d\S* +255\.255\.255\.255(?!\S)|(?<!\S)::/0(?!\S)")  # as `any` also can be written
# What stands before the source of an extended rule; a standard rule begins with the source.
IOS_PROTOCOL = re.compile(
    r"(?P<protocol>ip|ipv6|tcp|udp|icmp|icmpv6|ahp|esp|gre|igmp|ospf|eigrp|pim|\d{1,3})\s+(?=\S+\s)"
)


def of_vrp(top: Sequence[Node]) -> Iterator[Acl]:
    """VRP and Comware, of both ways of naming."""
    for match, node in sections(VRP, top):
        six, *names = match.groups()
        rules = _rules(VRP_RULE, [each.text for each in node.below])
        permits = [(text, what) for text, action, what in rules if action == "permit"]
        anybody = tuple(text for text, what in permits if not VRP_SOURCE.search(what))
        anything = any(_whole(what) for _, what in permits)
        sources = of_sources([re.sub(r".*?\bsource +", "", what) for _, what in permits])
        # One that has a number and a name may be bound by either.
        for name in filter(None, names):
            yield Acl(acl_name(name, six), bool(anybody), anything, not rules, sources, (node.text, *anybody))


def _rules(pattern: re.Pattern[str], texts: Sequence[str]) -> list[tuple[str, str, str]]:
    """Each with what it does, and for what."""
    matches = ((text, pattern.match(text)) for text in texts)
    return [(text, rule["action"].lower(), rule["what"]) for text, rule in matches if rule]


def _whole(what: str) -> bool:
    protocol = what.split()[:1]
    return not VRP_NARROW.search(what) and protocol not in (["tcp"], ["udp"], ["icmp"], ["icmpv6"])


def of_ios(top: Sequence[Node]) -> Iterator[Acl]:
    """IOS and RGOS; numbered ones stand line by line in the older way."""
    for match, node in sections(IOS, top):
        name = acl_name(match[2], match[1].lower() == "ipv6")
        yield _ios(name, [each.text for each in node.below], node.text)
    numbered: dict[str, list[str]] = {}
    for match, node in sections(IOS_NUMBERED, top):
        numbered.setdefault(match[1], []).append(node.text)
    for name, texts in numbered.items():
        yield _ios(name, [re.sub(r"access-list +\d+ +", "", text) for text in texts], *texts)


def _ios(name: str, texts: Sequence[str], *lines: str) -> Acl:
    rules = _rules(IOS_RULE, texts)
    permits = [(text, IOS_ANY.sub("any", what).strip()) for text, action, what in rules if action == "permit"]
    anybody: Lines = tuple(text for text, what in permits if _after_protocol(what).split()[:1] == ["any"])
    anything = any(re.fullmatch(r"(?:ip +|ipv6 +)?any(?: +any)?(?: +log\S*)?", what) for _, what in permits)
    sources = of_sources([_after_protocol(what) for _, what in permits])
    return Acl(name, bool(anybody), anything, not rules, sources, (*lines, *anybody))


def _after_protocol(what: str) -> str:
    match = IOS_PROTOCOL.match(what)
    return what[match.end() :] if match else what
