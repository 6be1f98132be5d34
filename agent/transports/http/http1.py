"""One request and its answer by HTTP/1.1 (RFC 9112); h11 builds and reads the messages."""

from __future__ import annotations

from contextlib import suppress

import h11

from agent.core.reach import CannotAsk, Unanswered
from agent.transports.http.redirect import Request
from agent.transports.http.reply import HEAD, Reply
from agent.transports.http.wire import CHUNK, Wire


async def ask(wire: Wire, request: Request, headers: list[tuple[bytes, bytes]]) -> Reply:
    """h11.RemoteProtocolError or OSError if it breaks off, also later in `Reply.more`. CannotAsk if it cannot be
    written."""
    spoken = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD)
    message = _written(spoken, request, headers)
    # A server may answer and close before it has read everything; then the answer counts.
    with suppress(BrokenPipeError, ConnectionResetError):
        await wire.write(message)

    async def more() -> bytes | None:
        event = await _event(wire, spoken)
        return bytes(event.data) if isinstance(event, h11.Data) else None

    while True:
        event = await _event(wire, spoken)
        if isinstance(event, h11.Response):
            return Reply(event.status_code, event.http_version.decode("ascii"), list(event.headers), more)
        if not isinstance(event, h11.InformationalResponse) or event.status_code == 101:
            raise Unanswered("protocol", f"{request.place}: answers with something else than HTTP")


def _written(spoken: h11.Connection, request: Request, headers: list[tuple[bytes, bytes]]) -> bytes:
    target = request.target or request.place.target
    try:
        parts = [spoken.send(h11.Request(method=request.method, target=target, headers=headers))]
        parts += [spoken.send(h11.Data(data=request.body))] if request.body else []
        parts += [spoken.send(h11.EndOfMessage())]
    except h11.LocalProtocolError:  # its words repeat the header, which may be secret
        raise CannotAsk("missing", f"{request.place}: HTTP/1.1 has no such request; look at its headers") from None
    return b"".join(each or b"" for each in parts)


async def _event(wire: Wire, spoken: h11.Connection) -> object:
    while (event := spoken.next_event()) is h11.NEED_DATA:
        data = await wire.read(CHUNK)
        if not data and spoken.their_state is h11.SEND_RESPONSE:
            raise h11.RemoteProtocolError("closed the connection without an answer")
        spoken.receive_data(data)
    await wire.turn()
    return event
