"""One request and its answer on one connection: HTTP/1.1, or HTTP/2 where the server chose it.

h11 and h2 speak the protocols over our own wire. httpcore, which does the same with them, takes half a millisecond more
of CPU for a probe, for connections to be shared between requests, which a probe never does.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from agent.core.reach import Unanswered
from agent.core.text import clean
from agent.transports.http.redirect import Request
from agent.transports.http.reply import HEAD, Reply
from agent.transports.http.request import headers
from agent.transports.http.wire import Wire
from agent.transports.tls import refused


def load(scheme: str) -> None:
    """What the first question of a scheme imports. They log headers, which may be secret, where all is logged."""
    from agent.transports.http import http1, http2  # noqa: F401

    if scheme == "https":
        from cryptography import x509  # noqa: F401
    for name in ("hpack", "h2"):
        logging.getLogger(name).setLevel(logging.WARNING)


async def exchange(wire: Wire, request: Request, compression: str | None, *, http2: bool) -> Reply:
    """What h11, h2 and OpenSSL raise where it breaks off, `told` tells."""
    sent = headers(request, compression, http2=http2)
    if http2:
        from agent.transports.http.http2 import ask

        return await ask(wire, request, sent)
    from agent.transports.http.http1 import ask

    return await ask(wire, request, sent)


@contextmanager
def told(place: str) -> Iterator[None]:
    """Failures of an exchange as Unanswered."""
    from h2.exceptions import ProtocolError
    from h11 import RemoteProtocolError

    try:
        yield
    except (RemoteProtocolError, ProtocolError) as error:
        endless = isinstance(error, RemoteProtocolError) and error.error_status_hint == 431
        why = f"sends a head longer than {HEAD // 1024} KiB" if endless else clean(str(error)) or "breaks off"
        raise Unanswered("protocol", f"{place}: {why}") from None
    except ssl.SSLError as error:
        raise refused(error, place) from None
    except OSError as error:
        kind = "timeout" if isinstance(error, TimeoutError) else "refused"
        raise Unanswered(kind, f"{place}: the connection broke: {error.strerror}") from None
