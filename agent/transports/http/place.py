"""Where a URL leads: server, what is asked of it, and how it is called where people read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from agent.core.http import Basic
from agent.core.secrets import Secret

PORTS = {"http": 80, "https": 443}
LONGEST = 8192  # characters of a URL
# What RFC 3986 allows in path and query, with % for what is encoded already.
ALLOWED = "/%:=&?~+!$,;'@()*[]"
HOST = re.compile(r"[A-Za-z0-9._~%:-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """`host` as it is looked up, `target` as it is asked for, `user` what stood before the host."""

    scheme: str
    host: str
    port: int
    target: str
    user: Basic | None = None

    @property
    def server(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """As the Host header has it (RFC 9110 section 7.2): the port where it is not the scheme's own."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"

    def __str__(self) -> str:
        """Printable ASCII, without user, password and query, which may be secret."""
        path, asked, _ = self.target.partition("?")
        return f"{self.scheme}://{self.authority}{path[:300]}{'?…' if asked else ''}"


def place(url: str) -> Place:
    """ValueError says what is wrong, without repeating the URL."""
    if len(url) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    parts = urlsplit(url)
    if parts.scheme not in PORTS:
        raise ValueError("it starts with neither http:// nor https://")
    host = _host(parts.hostname or "")
    try:
        port = PORTS[parts.scheme] if parts.port is None else parts.port
    except ValueError:
        raise ValueError("its port is no number from 1 to 65535") from None
    target = quote(parts.path or "/", safe=ALLOWED) + (f"?{quote(parts.query, safe=ALLOWED)}" if parts.query else "")
    user = None
    if parts.username is not None:
        user = Basic(unquote(parts.username), Secret(unquote(parts.password or "")))
    return Place(parts.scheme, host, port, target, user)


def _host(written: str) -> str:
    try:
        host = written if written.isascii() else written.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    if not HOST.fullmatch(host):
        raise ValueError("it has no host name or address that can be asked")
    return host
