"""A round of scripts as agent.transports.ssh.windows writes it for `powershell -Command -`, and its answer's form.

Nothing is run: a script is known by the name that stands in it. Needs the standard library only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

PROGRAM = b"powershell "  # what the line begins with that is run
END = b"\r\nexit\r\n"  # the end of what is sent
WHOLE = re.compile(r"Invoke-Expression \(\[regex\]::Unescape\('((?:[^']|'')*)'\)\)\r\n")
ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|(.))")
MARK = re.compile(r"\$M='([0-9a-f]+)'")
BLOCK = re.compile(r"^shouwang (\d+) \{& 'Invoke-Script'((?: '(?:[^']|'')*')+)\}$", re.MULTILINE)
WORD = re.compile(r" '((?:[^']|'')*)'")
NAME = re.compile(r"<#shouwang ([a-z_]+)#>")
LINE = 76


class Block(NamedTuple):
    """A script by its name, with what it is given, and of how many characters of its output one may tell."""

    name: str
    given: Sequence[str]
    limit: int


class Said(NamedTuple):
    stdout: bytes
    stderr: bytes = b""
    status: int = 0


Say = Callable[[Block], Said]


def unescaped(text: str) -> str:
    """As Regex.Unescape, of what stood between single quotes; \\uXXXX are UTF-16 units."""
    found = ESCAPE.sub(lambda each: chr(int(each[1], 16)) if each[1] else each[2], text.replace("''", "'"))
    return found.encode("utf-16", "surrogatepass").decode("utf-16")


def arguments(words: str) -> list[str]:
    """What stands between single quotes; PowerShell takes the typographic ones for the same, each doubled."""
    return [re.sub("(['\u2018-\u201b])\\1", r"\1", each) for each in WORD.findall(words)]


def answered(line: bytes, say: Say) -> Iterator[Said]:
    """What comes of the first line of what is sent: an answer each, and behind each the boundary, as before the first.
    ValueError where it is no round."""
    sent = WHOLE.fullmatch(line.decode("ascii"))
    script = unescaped(sent[1]) if sent else ""
    mark = MARK.search(script)
    if mark is None:
        raise ValueError("no round came")
    yield _ended(mark[1], "-")
    for limit, words in BLOCK.findall(script):
        text, *given = arguments(words)
        said = say(Block(NAME.findall(text)[0], given, int(limit)))
        yield said
        yield _ended(mark[1], str(said.status))


def document(facts: Mapping[str, Any]) -> bytes:
    """JSON as a script's `give` writes it: ASCII without a blank, in lines that no console wraps."""
    said = json.dumps(facts, separators=(",", ":")).replace(" ", "\\u0020")
    return "".join(f"{said[at : at + LINE]}\r\n" for at in range(0, len(said), LINE)).encode("ascii")


def _ended(mark: str, status: str) -> Said:
    return Said(f"\n{mark} {status}\n".encode(), f"\n{mark}\n".encode())
