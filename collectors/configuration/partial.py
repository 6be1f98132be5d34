"""A configuration of which the account may not see all, any more: by what no administrator takes away. Pure.

The end of it is there, and what every configuration has may be too; but a level, a role or a view that was narrowed
hides sections, or secrets, that were shown before. That is no change of the device.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from agent.core.console import Family

HIDDEN = re.compile(r"\b(?:cipher|hash|password|secret|key|community|simple|read|write)\s+(?:\d\s+)?\*{4,}(?!\S)")
PEOPLE = r"^ ?(?:local-user|username|snmp-agent|snmp-server) "
LINES = r"^(?:user-interface|line) "
_WORDS: Mapping[Family, Mapping[str, str]] = {
    "huawei_vrp": {
        "sysname": r"^ ?sysname ",
        "aaa": r"^aaa$",
        "user-interface": LINES,
        "local-user / snmp-agent": PEOPLE,
    },
    "hp_comware": {"sysname": r"^ ?sysname ", "domain": r"^domain ", "line": LINES, "local-user / snmp-agent": PEOPLE},
    "ruijie_os": {"version": "^version ", "line": LINES, "username / snmp-server": PEOPLE},
    "cisco_ios": {"version": "^version ", "hostname": "^hostname ", "line": LINES, "username / snmp-server": PEOPLE},
}
SECTIONS = {
    family: {word: re.compile(pattern, re.MULTILINE) for word, pattern in words.items()}
    for family, words in _WORDS.items()
}
SECRETS = "***"  # as a word among those of SECTIONS: secrets are not shown


def missing(family: Family, text: str) -> tuple[str, ...]:
    """What every configuration of this family has, and this one has not."""
    return tuple(word for word, pattern in SECTIONS[family].items() if pattern.search(text) is None)


def lost(family: Family, before: str, after: str) -> tuple[str, ...]:
    """What was shown before and is not now, by the keyword that begins it."""
    had = missing(family, before)
    return (*(each for each in missing(family, after) if each not in had), *_hidden(before, after))


def _hidden(before: str, after: str) -> Iterator[str]:
    if len(HIDDEN.findall(after)) > len(HIDDEN.findall(before)):
        yield SECRETS
