"""Whose a file of a log store is, by its path. Pure."""

from __future__ import annotations

import ipaddress
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass

from agent.options.pattern import search
from collectors.log_store.options import MOST_DEPTH, SOURCE, WILD

PACKERS = {"gz": "gzip", "xz": "xz", "zst": "zstd", "bz2": "bzip2"}
PACKED = re.compile(r"\.(gz|xz|zst|bz2)\Z")
# logrotate(8): a number, or a date (dateext, also with hours or seconds), behind the name or before its ending.
ADDED = r"(?:\.\d{1,4}|[-.]\d{8}(?:-?\d{2,10})?|-\d{4}-\d\d-\d\d)"
TURNED = (re.compile(ADDED + r"\Z"), re.compile(ADDED + r"(?=\.[A-Za-z]\w{0,7}\Z)"))
ENDING = re.compile(r"\.(?:log|txt|out|messages|syslog)\Z")


def packer(path: str) -> str | None:
    """The program that unpacks it."""
    found = PACKED.search(path)
    return PACKERS[found[1]] if found else None


@dataclass(frozen=True)
class Layout:
    """`folder` is looked through, `depth` folders deep; `expression` (RE2) finds the source in a path below it, whose
    group 1 it is. Without an expression the first part below names it."""

    folder: str
    depth: int
    expression: str | None = None

    def source(self, path: str, known: Callable[[str], object]) -> str | None:
        """The source of the file, as its path spells it; None if the file is none of the store's. Of several readings
        (`10.0.0.1` is an address, and it may be the first file put aside of a `10.0.0`) that which is `known`."""
        below = posixpath.relpath(path, self.folder).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        found = [name for each in _readings(below) if (name := self._named(each))]
        return next((name for name in found if known(name) or address(name)), found[-1] if found else None)

    def _named(self, below: str) -> str | None:
        if self.expression is not None:
            match = search(self.expression, below)
            return None if match is None else match[1]
        first, _, rest = below.partition("/")
        return first if rest else ENDING.sub("", first)


def layout(path: str) -> Layout:
    """As `path` of agent.yaml has it."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    fixed = next((place for place, part in enumerate(parts) if WILD.search(part)), len(parts))
    folder, below = "/" + "/".join(parts[:fixed]), parts[fixed:]
    if not below:
        return Layout(folder, MOST_DEPTH)
    depth = MOST_DEPTH if "**" in below else len(below)
    return Layout(folder, depth, "^" + "".join(map(_expression, below, [*([False] * (len(below) - 1)), True])) + "$")


def _expression(part: str, last: bool) -> str:
    if part == "**":
        return "(?s:.*)" if last else "(?:(?s:.*)/)?"
    said = {"*": "[^/]*", "?": "[^/]", SOURCE: "([^/]+)"}
    pieces = re.split(r"(\*|\?|\{source\})", part)
    return "".join(said.get(each) or _literal(each) for each in pieces) + ("" if last else "/")


def _literal(text: str) -> str:
    """Every character as itself, also in RE2."""
    return "".join(each if each.isalnum() else f"\\x{{{ord(each):x}}}" for each in text)


def _readings(below: str) -> list[str]:
    """The path as it is, without what unpacking takes away, and without what logrotate added."""
    unpacked = PACKED.sub("", below)
    folder, slash, name = unpacked.rpartition("/")
    first = next((cut for each in TURNED if (cut := each.sub("", name)) not in ("", name)), name)
    return list(dict.fromkeys([below, unpacked, folder + slash + first]))


def put_aside(path: str) -> bool:
    """Whether its name says that nothing is written into it any more."""
    name = posixpath.basename(path)
    return PACKED.search(name) is not None or any(each.search(name) for each in TURNED)


def address(text: str) -> str:
    """One spelling of each; rsyslog writes those of IPv4 in IPv6, too. Empty if it is none."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)
