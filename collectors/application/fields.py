"""Fields of a JSON document, and what a pattern finds in a text. Both are hostile and were bounded before."""

from __future__ import annotations

import json
from typing import Any

from agent.options.pattern import search

LONGEST = 256 * 1024  # characters of a document: small values take fifty times their length in memory


class Missing(Exception):
    """There is no such field."""


class NoJson(Exception):
    """It is no JSON, or more than is read."""


def document(text: str) -> Any:
    """NoJson if it is none."""
    if len(text) > LONGEST:
        raise NoJson(f"more than {LONGEST} characters")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoJson(type(error).__name__) from None


def field(found: Any, path: str) -> Any:
    """The value at `state.ok` or `items.0.name`; Missing if there is none. A name with dots in it is found too."""
    if isinstance(found, dict) and path in found:
        return found[path]
    for name in path.split("."):
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isdecimal() and len(name) < 7 and int(name) < len(found):
            found = found[int(name)]
        else:
            raise Missing(path)
    return found


def equals(found: Any, wanted: str | float | bool | None) -> bool:
    """`true` is not 1; a number may stand as text in the configuration."""
    if isinstance(wanted, bool) or wanted is None or isinstance(found, bool):
        return found is wanted
    if isinstance(wanted, str):
        return isinstance(found, str | int | float) and str(found) == wanted
    return isinstance(found, int | float) and found == wanted


def read(text: str, json_path: str | None, pattern: str | None) -> str:
    """The value as text. Missing or NoJson if it is not there."""
    if json_path is not None:
        found = field(document(text), json_path)
        if not isinstance(found, str | int | float) or isinstance(found, bool):
            raise Missing(json_path)
        return str(found)
    if pattern is None:
        return text
    match = search(pattern, text)
    if match is None:
        raise Missing(pattern)
    try:
        return match[1] or ""
    except IndexError:
        return str(match[0])
