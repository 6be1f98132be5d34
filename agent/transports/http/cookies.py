"""Cookies as far as the redirects of one question need them (RFC 6265): kept for the host that set them, and no longer
than the question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agent.transports.http.place import Place
from agent.transports.http.redirect import Request

MOST = 50  # cookies
LONGEST = 4096  # bytes of one
PAIR = re.compile(rb"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*([\x21-\x3a\x3c-\x7e]*)\s*(?:;|\Z)")
ENDED = re.compile(rb";\s*max-age\s*=\s*(?:-|0+\s*(?:;|\Z))", re.IGNORECASE)
SECURE = re.compile(rb";\s*secure\s*(?:;|\Z)", re.IGNORECASE)
PATH = re.compile(rb";\s*path\s*=\s*(/[\x21-\x3a\x3c-\x7e]*)", re.IGNORECASE)


@dataclass
class Jar:
    _kept: dict[tuple[str, str, str], tuple[str, bool]] = field(default_factory=dict)  # by host, path, name

    def take(self, place: Place, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """What an answer from there sets. Domain and Expires are not heeded: the host that set it is its own."""
        for name, value in headers:
            if name == b"set-cookie" and len(value) <= LONGEST and (pair := PAIR.match(value)):
                path = PATH.search(value)
                to = path[1].decode("ascii") if path else _folder(place.target)
                key = place.host, to, pair[1].decode("ascii")
                if ENDED.search(value):
                    self._kept.pop(key, None)
                elif len(self._kept) < MOST:
                    self._kept[key] = pair[2].decode("ascii"), SECURE.search(value) is not None

    def given(self, request: Request) -> Request:
        """The request with the cookies that belong to it, after those that it has already."""
        place, path = request.place, request.place.target.partition("?")[0]
        found = [
            f"{name}={value}"
            for (host, to, name), (value, secure) in self._kept.items()
            if host == place.host and _within(path, to) and (not secure or place.scheme == "https")
        ]
        if not found:
            return request
        own = [value for name, value in request.headers if name.lower() == "cookie"]
        others = tuple(each for each in request.headers if each[0].lower() != "cookie")
        said = [value if isinstance(value, str) else value.reveal() for value in own]
        return replace(request, headers=(*others, ("Cookie", "; ".join((*said, *found)))))


def _folder(target: str) -> str:
    return target.partition("?")[0].rpartition("/")[0] or "/"


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder if folder.endswith("/") else f"{folder}/")
