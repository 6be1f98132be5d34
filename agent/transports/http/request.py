"""What of a request goes out, beside its method and path: headers, ours and those of the question."""

from __future__ import annotations

import re
from base64 import b64encode

from agent import __version__
from agent.core.http import Basic, Bearer
from agent.core.reach import CannotAsk
from agent.core.secrets import Secret
from agent.core.text import clean
from agent.transports.http.redirect import Request

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
VALUE = re.compile(r"[\t\x20-\x7e\x80-\U0010ffff]*")
WITH_BODY = ("POST", "PUT", "PATCH")
FRAMING = ("content-length", "transfer-encoding", "trailer")  # how long the body is, only the body says


def headers(request: Request, compression: str | None, *, http2: bool) -> list[tuple[bytes, bytes]]:
    """A header given in the question replaces ours, except FRAMING. CannotAsk(missing) where HTTP does not allow one,
    with its name and never its value, which may be secret."""
    ours = {"Host": request.place.authority, "User-Agent": f"Shouwang/{__version__}"}
    if not http2:
        ours["Connection"] = "close"
    if compression is not None:
        ours["Accept-Encoding"] = compression
    if request.body or request.method in WITH_BODY:
        ours["Content-Length"] = str(len(request.body))
    if request.authorization is not None:
        ours["Authorization"] = _authorization(request.authorization)
    given = [
        (name, (value.reveal() if isinstance(value, Secret) else value).strip())
        for name, value in request.headers
        if name.lower() not in FRAMING
    ]
    named = {name.lower() for name, _ in given}
    made = [(name, value) for name, value in ours.items() if name.lower() not in named] + given
    _check(request.method, made)
    return [(name.encode(), value.encode()) for name, value in made]


def _check(method: str, made: list[tuple[str, str]]) -> None:
    if not TOKEN.fullmatch(method):
        raise CannotAsk("missing", f"{clean(method, 20)} is no method of HTTP")
    for name, value in made:
        if not TOKEN.fullmatch(name):
            raise CannotAsk("missing", f"{clean(name, 40)} is no name of a header")
        if not VALUE.fullmatch(value):
            raise CannotAsk("missing", f"header {name}: a control character stands in its value")


def _authorization(login: Basic | Bearer) -> str:
    if isinstance(login, Bearer):
        return f"Bearer {login.token.reveal().strip()}"
    return basic(login).reveal()


def basic(login: Basic) -> Secret:
    return Secret("Basic " + b64encode(f"{login.user}:{login.password.reveal()}".encode()).decode())
