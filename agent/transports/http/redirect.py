"""What a redirecting answer makes of a request (RFC 9110 section 15.4); credentials stay with their server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from agent.core.http import Basic, Bearer, HttpQuestion
from agent.core.secrets import Secret
from agent.transports.http.place import LONGEST, PORTS, Place, place

REDIRECTING = (301, 302, 303, 307, 308)
KEEPS_METHOD = (307, 308)
SECRET_HEADERS = ("authorization", "cookie", "cookie2", "www-authenticate", "proxy-authorization")
OF_THE_BODY = ("content-type", "content-length", "content-encoding", "transfer-encoding")


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a question: the first, or one that an answer redirected to."""

    place: Place
    url: str
    method: str
    headers: tuple[tuple[str, str | Secret], ...]
    body: bytes
    authorization: Basic | Bearer | None
    target: str = ""  # as a proxy is asked for it
    first: bool = True  # asked of the first server, whose name and secrets the question gives

    @property
    def host(self) -> str:
        """As asked for in the Host header, without a port."""
        named = next((str(value) for name, value in self.headers if name.lower() == "host"), None)
        if named is None:
            return self.place.host
        return named.partition("]")[0].lstrip("[") if named.startswith("[") else named.partition(":")[0]


def first(question: HttpQuestion) -> Request:
    """ValueError if its URL cannot be asked."""
    found = place(question.url)
    method = question.method.upper()
    return Request(found, question.url, method, question.headers, question.body, question.authorization or found.user)


def location(status: int, headers: Sequence[tuple[bytes, bytes]]) -> str | None:
    """Where an answer redirects to; one without Location is an answer like others."""
    if status not in REDIRECTING:
        return None
    return next((value.decode("utf-8", "replace") for name, value in headers if name == b"location"), "") or None


def redirected(request: Request, status: int, to: str) -> Request:
    """ValueError if `to` cannot be asked. A method other than HEAD becomes GET, without its body, where the status says
    no more than "elsewhere", as clients have always done."""
    url = urljoin(request.url, to)[: LONGEST + 1]
    found = place(url)
    headers, body, method = request.headers, request.body, request.method
    if status not in KEEPS_METHOD:
        body = b""
        if method not in ("GET", "HEAD"):
            method = "GET"
            headers = tuple((name, value) for name, value in headers if name.lower() not in OF_THE_BODY)
    authorization = found.user or request.authorization
    same = _same(request.place, found)
    if not same:
        headers = tuple((name, value) for name, value in headers if not _own(name, value))
        authorization = found.user
    return Request(found, url, method, headers, body, authorization, first=request.first and same)


def _same(before: Place, after: Place) -> bool:
    """The same server, or the same host by TLS where it was asked without, both at the usual port."""
    if before.server == after.server:
        return True
    upgraded = (before.scheme, before.port, after.scheme, after.port) == (
        "http",
        PORTS["http"],
        "https",
        PORTS["https"],
    )
    return upgraded and before.host == after.host


def _own(name: str, value: str | Secret) -> bool:
    """Whether a header is for the first server only: a secret, or its Host."""
    return isinstance(value, Secret) or name.lower() in (*SECRET_HEADERS, "host")
