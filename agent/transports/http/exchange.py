"""One request and its answer on one connection, by httpcore: HTTP/1.1, or HTTP/2 where the server chose it."""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, cast

from agent import __version__
from agent.core.http import Basic, Bearer
from agent.core.reach import CannotAsk, Unanswered
from agent.core.secrets import Secret
from agent.core.text import clean
from agent.transports.http.redirect import Request
from agent.transports.http.wire import Wire
from agent.transports.tls import refused

if TYPE_CHECKING:
    import httpcore

HEADERS = 100  # of an answer that are kept
LONGEST = 1000  # characters of a header's value that are kept
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
WITH_BODY = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    version: str
    headers: Sequence[tuple[bytes, bytes]]
    chunks: AsyncIterator[bytes]

    def header(self, name: bytes) -> str | None:
        return next((value.decode("latin-1") for each, value in self.headers if each.lower() == name), None)


@cache
def library() -> ModuleType:
    import httpcore

    # They log headers, which may be secret, where all is logged.
    for name in ("httpcore", "hpack", "h2"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpcore


@asynccontextmanager
async def exchange(wire: Wire, request: Request, compression: str | None, *, http2: bool) -> AsyncIterator[Reply]:
    """The answer as far as its headers; its body comes while this is open. Unanswered if it is none, or breaks off."""
    core = library()
    place = str(request.place)
    try:
        asked = _asked(core, request, compression, http2)
        spoken = (core.AsyncHTTP2Connection if http2 else core.AsyncHTTP11Connection)(asked.url.origin, wire)
        response = await spoken.handle_async_request(asked)
        version = response.extensions.get("http_version", b"HTTP/").decode("latin-1").removeprefix("HTTP/")
        async with aclosing(response.stream.__aiter__()) as chunks:
            yield Reply(response.status, version, response.headers, chunks)
    except core.LocalProtocolError as error:
        raise CannotAsk("missing", f"{place}: no request that HTTP allows: {clean(str(error))}") from None
    except (core.ProtocolError, core.ConnectionNotAvailable) as error:
        raise Unanswered("protocol", f"{place}: {clean(str(error)) or 'the connection was ended'}") from None
    except ssl.SSLError as error:
        raise refused(error, place) from None
    except OSError as error:
        kind = "timeout" if isinstance(error, TimeoutError) else "refused"
        raise Unanswered(kind, f"{place}: the connection broke: {error.strerror}") from None


def _asked(core: ModuleType, request: Request, compression: str | None, http2: bool) -> httpcore.Request:
    place = request.place
    url = core.URL(
        scheme=place.scheme.encode(), host=place.host.encode(), port=place.port, target=place.target.encode()
    )
    headers = [(name.encode(), value.encode()) for name, value in _headers(request, compression, http2)]
    return cast("httpcore.Request", core.Request(request.method, url, headers=headers, content=request.body))


def _headers(request: Request, compression: str | None, http2: bool) -> list[tuple[str, str]]:
    """A header given in the question replaces ours."""
    ours = {"Host": request.place.authority, "User-Agent": f"Shouwang/{__version__}"}
    if not http2:
        ours["Connection"] = "close"
    if compression is not None:
        ours["Accept-Encoding"] = compression
    if request.body or request.method in WITH_BODY:
        ours["Content-Length"] = str(len(request.body))
    if request.authorization is not None:
        ours["Authorization"] = _authorization(request.authorization)
    given = [(name, value.reveal() if isinstance(value, Secret) else value) for name, value in request.headers]
    named = {name.lower() for name, _ in given}
    made = [(name, value) for name, value in ours.items() if name.lower() not in named] + given
    for name, value in made:
        if CONTROL.search(name + value):
            raise CannotAsk("missing", f"header {clean(name)}: a control character stands in it")
    return made


def _authorization(login: Basic | Bearer) -> str:
    if isinstance(login, Bearer):
        return f"Bearer {login.token.reveal()}"
    from base64 import b64encode

    return "Basic " + b64encode(f"{login.user}:{login.password.reveal()}".encode()).decode()


def harmless(headers: Sequence[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """As people may see them: names in lower case, at most so many and so long."""
    return tuple((_plain(name.lower(), 100), _plain(value, LONGEST)) for name, value in headers[:HEADERS])


def _plain(raw: bytes, limit: int) -> str:
    """What `clean` gives, at once for the printable ASCII that nearly every header is."""
    if len(raw) <= limit and raw.isascii() and (text := raw.decode("ascii")).isprintable() and "  " not in text:
        return text.strip()
    return clean(raw, limit)
