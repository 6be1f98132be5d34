"""Go's regular expressions (RE2) as Python's, for snmp.yml."""

from __future__ import annotations

import re
from functools import lru_cache

# RE2's names for characters, which stand within a bracket expression: [[:alpha:]_].
CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ", "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~", "space": r"\t\n\v\f\r ",
    "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
DIFFERENT = re.compile(
    r"\\Q(?P<literal>.*?)(?:\\E|\Z)|\\.|(?P<class>\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\])|\$", re.DOTALL
)
INNER = re.compile(r"\[:(?P<name>\w+):\]|\\.|\[", re.DOTALL)
FLAGS = re.compile(r"\(\?([a-zA-Z]+)\)")


@lru_cache(1024)
def compiled(go: str, whole: bool = True) -> re.Pattern[str]:
    """Matches what Go's does; with `whole`, a text from end to end. ValueError if Python has no such expression."""
    found = FLAGS.match(go)
    flags, rest = (found[1], go[found.end() :]) if found else ("", go)
    lines = "m" in flags
    text = DIFFERENT.sub(lambda part: _python(part, lines), rest)
    text = f"(?{flags}:{text})"
    try:
        # Go's \d, \s, \w and \b know ASCII only.
        return re.compile(rf"\A{text}\Z" if whole else text, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"not a regular expression that can be used here: {error}") from None


def _python(part: re.Match[str], lines: bool) -> str:
    text = part[0]
    if part["literal"] is not None:
        return re.escape(part["literal"])
    if part["class"] is not None:
        return "[" + INNER.sub(_in_class, text[1:-1]) + "]"
    # Python's $ also stands before a last line feed, Go's does not.
    return {"$": "$" if lines else r"\Z", r"\z": r"\Z"}.get(text, text)


def _in_class(part: re.Match[str]) -> str:
    name = part["name"]
    if name is not None and name not in CLASSES:
        raise ValueError(f"not a class of characters: [:{name}:]")
    return CLASSES[name] if name else r"\[" if part[0] == "[" else part[0]
