"""Regular expressions of the configuration over text from devices: RE2's language, which is Go's and so Prometheus's.

Its time grows with the text only, so no text can hold up the agent. Python's own `re` can be made to think for years by
30 characters, holds the interpreter's lock meanwhile, and cannot be stopped from another thread.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Protocol

from agent.options.base import Refused, shown

GROUP = re.compile(r"\$(?:(\$)|\{(\w+)\}|(\w+))", re.ASCII)


class Match(Protocol):
    def __getitem__(self, group: int | str, /) -> Any:
        """The text of a group, None if it took no part; IndexError if there is no such group."""
        ...


def search(expression: str, text: str) -> Match | None:
    """The first place that matches. ValueError if it is no regular expression; bytes that are no UTF-8 must have been
    replaced. The caller bounds the text: 10 MB cost some 60 ms."""
    found: Match | None = _compiled(expression).search(text)
    return found


@lru_cache(1024)
def _compiled(expression: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(expression, options)
    except re2.error as error:
        raise ValueError(error.args[0].decode(errors="replace")) from None


def pattern(value: str) -> str:
    """A regular expression, as text."""
    try:
        _compiled(value)
    except ValueError as error:
        raise Refused(
            f"不是正则表达式:{shown(value)}(RE2:{error})",
            f"not a regular expression: {shown(value)} (RE2: {error})",
        ) from None
    return value


def expanded(template: str, match: Match) -> str:
    """The template with $1, ${1}, $name and $$ filled in; what is no group is empty, as in Go."""

    def group(found: re.Match[str]) -> str:
        if found[1]:
            return "$"
        name = found[2] or found[3]
        try:
            return match[int(name) if name.isdecimal() else name] or ""
        except IndexError:
            return ""

    return GROUP.sub(group, template)
