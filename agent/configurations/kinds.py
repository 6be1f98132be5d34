"""What a difference of two configurations is about, so that whoever approves it sees at once what it touches. Pure."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from agent.core.configurations import MASK
from agent.core.text import Text

Place = tuple[str, str]  # the line that begins a section, and a line in it

KINDS: Mapping[str, Text] = {
    "interface": Text("接口", "interfaces"),
    "vlan": Text("VLAN", "VLAN"),
    "acl": Text("访问控制列表", "access lists"),
    "route": Text("路由", "routes"),
    "secret": Text("口令和密钥", "passwords and keys"),
    "management": Text("管理和登录", "management and logins"),
    "other": Text("其他", "other"),
}
# Looked for in the line itself, then in the line that begins its section; the first that fits.
_WORDS = (
    ("secret", re.escape(MASK)),
    ("acl", r"^ ?(?:acl|ip access-list|access-list|rule|traffic-filter|packet-filter|ip access-group)\b"),
    (
        "route",
        r"^ ?(?:(?:undo )?ip route|ipv6 route|router|ospf|bgp|isis|rip|route-policy|route-map|ip prefix|ip ip-prefix)",
    ),
    ("vlan", r"^ *(?:vlan\b|port (?:default |access |trunk |hybrid |link-type )|switchport )"),
    (
        "management",
        r"^ ?(?:aaa|local-user|username|user-interface|line |snmp|ssh|stelnet|telnet|http|ntp|clock|info-center|logging"
        r"|radius|hwtacacs|tacacs|enable|super|sysname|hostname|domain|role|ftp|sftp|scp|header|banner|lldp|netconf)",
    ),
    ("interface", r"^ *(?:interface\b|shutdown|undo shutdown|no shutdown|ip address|speed|duplex|description)"),
)
WORDS = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _WORDS)


def kinds(before: str, after: str) -> tuple[str, ...]:
    """Keys of KINDS, in their order; none where the two are the same."""
    old, new = _sorted_out(before), _sorted_out(after)
    different = (old - new) + (new - old)
    if not different and before != after:
        different = Counter(_moved(before.splitlines(), after.splitlines()))
    found = {_kind(*place) for place in different}
    return tuple(kind for kind in KINDS if kind in found)


def _sorted_out(text: str) -> Counter[Place]:
    """Its lines, each with the one that begins its section."""
    section = ""
    found: Counter[Place] = Counter()
    for line in text.splitlines():
        section = section if line.startswith(" ") else line
        if line.strip("#! "):
            found[section, line] += 1
    return found


def _moved(before: Sequence[str], after: Sequence[str]) -> Iterator[Place]:
    """The lines that stand in another place, where that is all there is."""
    for tag, start, end, _, _ in difflib.SequenceMatcher(None, before, after).get_opcodes():
        if tag != "equal":
            yield from (("", line) for line in before[start:end])


def _kind(section: str, line: str) -> str:
    """By the line itself, else by its section."""
    return next((kind for text in (line, section) for kind, words in WORDS if words.search(text)), "other")
