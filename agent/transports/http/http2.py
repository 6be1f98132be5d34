"""One request and its answer by HTTP/2 (RFC 9113); h2 builds and reads the frames."""

from __future__ import annotations

from collections import deque
from contextlib import suppress

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import h2.settings

from agent.transports.http.redirect import Request
from agent.transports.http.reply import HEAD, Reply
from agent.transports.http.wire import Wire

SETTINGS = {h2.settings.SettingCodes.ENABLE_PUSH: 0, h2.settings.SettingCodes.MAX_HEADER_LIST_SIZE: HEAD}
PIECE = 2**12  # bytes read at once: up to 455 empty frames, each of which h2 works on for 0.1 ms
STREAM = 1  # the first, and the only one: a connection carries one request
# RFC 9113 section 8.2.2: they belong to HTTP/1.1.
NOT_HERE = (b"host", b"connection", b"transfer-encoding", b"keep-alive", b"upgrade", b"proxy-connection")


async def ask(wire: Wire, request: Request, headers: list[tuple[bytes, bytes]]) -> Reply:
    """h2.exceptions.ProtocolError or OSError if it breaks off, also later in `Reply.more`."""
    return await _Conversation(wire).ask(request, headers)


class _Conversation:
    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._spoken = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding=None))
        self._spoken.local_settings = h2.settings.Settings(client=True, initial_values=SETTINGS)
        self._events: deque[h2.events.Event] = deque()

    async def ask(self, request: Request, headers: list[tuple[bytes, bytes]]) -> Reply:
        named = [(name.lower(), value) for name, value in headers]
        head = [
            (b":method", request.method.encode()),
            (b":scheme", request.place.scheme.encode()),
            (b":authority", next(value for name, value in named if name == b"host")),
            (b":path", request.place.target.encode()),
            *((name, value) for name, value in named if name not in NOT_HERE),
        ]
        self._spoken.initiate_connection()
        self._spoken.send_headers(STREAM, head, end_stream=not request.body)
        with suppress(BrokenPipeError, ConnectionResetError):
            await self._flush()
            await self._send(request.body)
        while not isinstance(event := await self._event(), h2.events.ResponseReceived):
            pass
        answered = [(bytes(name), bytes(value)) for name, value in event.headers or ()]
        status = next((int(value) for name, value in answered if name == b":status" and value.isdigit()), 0)
        return Reply(status, "2", [each for each in answered if not each[0].startswith(b":")], self._more)

    async def _send(self, body: bytes) -> None:
        """As much as the server takes at a time; no more once it has begun to answer."""
        while body and not any(isinstance(each, h2.events.ResponseReceived) for each in self._events):
            room = min(self._spoken.local_flow_control_window(STREAM), self._spoken.max_outbound_frame_size)
            if room > 0:
                self._spoken.send_data(STREAM, body[:room], end_stream=len(body) <= room)
                body = body[room:]
                await self._flush()
            else:
                await self._receive()

    async def _more(self) -> bytes | None:
        while True:
            event = await self._event()
            if isinstance(event, h2.events.DataReceived):
                self._spoken.acknowledge_received_data(event.flow_controlled_length or 0, STREAM)
                await self._flush()
                return event.data or b""
            if isinstance(event, h2.events.StreamEnded):
                return None

    async def _event(self) -> h2.events.Event:
        while not self._events:
            await self._receive()
        event = self._events.popleft()
        if isinstance(event, h2.events.StreamReset):
            raise h2.exceptions.ProtocolError(f"broke the answer off with error {event.error_code}")
        return event

    async def _receive(self) -> None:
        data = await self._wire.read(PIECE)
        if not data:
            raise h2.exceptions.ProtocolError("closed the connection before the end of the answer")
        for event in self._spoken.receive_data(data):
            if isinstance(event, h2.events.ConnectionTerminated) and (event.last_stream_id or 0) < STREAM:
                raise h2.exceptions.ProtocolError(f"ended the connection with error {event.error_code}")
            if isinstance(event, WANTED):
                self._events.append(event)
        await self._flush()

    async def _flush(self) -> None:
        await self._wire.write(self._spoken.data_to_send())


WANTED = (h2.events.ResponseReceived, h2.events.DataReceived, h2.events.StreamEnded, h2.events.StreamReset)
