"""A configuration of which the account may not see all, any more: by what no administrator takes away. Pure.

The end of it is there, and what every configuration has may be too; but a level, a role or a view that was narrowed
hides sections, or secrets, that were shown before. That is no change of the device.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from agent.core.configurations import MASKED
from agent.core.console import Family
from collectors.configuration.secrets import HIDDEN

STARS = re.compile(
    rf"\b(?:cipher|hash|password|secret|key|community|simple|read|write)\s+(?:\d\s+)?{HIDDEN.pattern}(?!\S)"
)
PEOPLE = r"^ ?(?:local-user|username|snmp-agent|snmp-server) "
LINES = r"^(?:user-interface|line) "
_IOS = {"line": LINES, "username / snmp-server": PEOPLE}
# Without a name or an interface, no text is an answer of agent.core.console at all.
_WORDS: Mapping[Family, Mapping[str, str]] = {
    "huawei_vrp": {"aaa": r"^aaa$", "user-interface": LINES, "local-user / snmp-agent": PEOPLE},
    "hp_comware": {"domain": r"^domain ", "line": LINES, "local-user / snmp-agent": PEOPLE},
    "ruijie_os": _IOS,
    "cisco_ios": _IOS,
}
SECTIONS = {
    family: {word: re.compile(pattern, re.MULTILINE) for word, pattern in words.items()}
    for family, words in _WORDS.items()
}
SECRETS = "the text of passwords and keys (****** now)"  # told like the words of SECTIONS


def missing(family: Family, text: str) -> tuple[str, ...]:
    """What every configuration of this family has, and this one has not."""
    return tuple(word for word, pattern in SECTIONS[family].items() if pattern.search(text) is None)


def lost(family: Family, before: str, after: str) -> tuple[str, ...]:
    """What was shown before and is not now, by the keyword that begins it."""
    had = missing(family, before)
    return (*(each for each in missing(family, after) if each not in had), *_hidden(before, after))


def _hidden(before: str, after: str) -> Iterator[str]:
    """More that is hidden alone may be one more of those that a device hides from everybody."""
    if _count(STARS, after) > _count(STARS, before) and _count(MASKED, after) < _count(MASKED, before):
        yield SECRETS


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))
