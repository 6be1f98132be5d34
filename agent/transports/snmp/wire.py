"""The UDP socket of one conversation, connected to the agent, and the answers that arrive on it."""

from __future__ import annotations

import asyncio
import socket
from typing import TypeAlias, cast

from agent.core.reach import CannotAsk, ReachError, Unanswered
from agent.transports.resolve import Found
from agent.transports.snmp import pdu
from agent.transports.snmp.errors import DecodeError
from agent.transports.snmp.message import Envelope

Answer: TypeAlias = pdu.Response | ReachError | None


async def connect(host: str, found: Found, port: int, envelope: Envelope) -> Wire:
    """A wire to the agent at this address. The socket is connected, so that the kernel drops what comes from elsewhere
    and reports ICMP errors here. ReachError if there is no route, no right to send or no free port."""
    peer = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    link = socket.socket(found.family, socket.SOCK_DGRAM)
    try:
        link.setblocking(False)
        link.connect(found.port(port))
        wire = Wire(peer, envelope)
        wire.transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: wire, sock=link)
    except OSError as error:
        link.close()
        raise _failure(peer, error) from None
    except BaseException:
        link.close()
        raise
    return wire


class Wire(asyncio.DatagramProtocol):
    """`ignored` counts datagrams that are no answer to an open question, `received` all bytes that came."""

    transport: asyncio.DatagramTransport

    def __init__(self, peer: str, envelope: Envelope) -> None:
        self.peer = peer
        self.ignored = 0
        self.received = 0
        self._envelope = envelope
        self._open: dict[int, asyncio.Future[Answer]] = {}

    async def ask(self, request_id: int, question: bytes, pause: float) -> Answer:
        """Sends the question; the answer, a failure that the kernel reports, or None after `pause` seconds.

        One timer from the sending on, which nothing that arrives can move; `asyncio.wait` would do the same for a
        third round of the event loop per packet.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._open[request_id] = answer
        timer = loop.call_later(pause, _settle, answer, None)
        try:
            self.transport.sendto(self._envelope.seal(question))
            return await answer
        finally:
            timer.cancel()
            del self._open[request_id]

    def close(self) -> None:
        self.transport.abort()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.received += len(data)
        try:
            response = pdu.response(*self._envelope.open(data))
        except DecodeError:
            self.ignored += 1
            return
        answer = self._open.get(response.request_id)
        if answer is None or answer.done():
            self.ignored += 1
        else:
            answer.set_result(response)

    def error_received(self, exc: Exception) -> None:
        """The kernel's word on something sent: ICMP port unreachable and the like, or the local firewall."""
        failure = _failure(self.peer, cast(OSError, exc))
        for answer in self._open.values():
            _settle(answer, failure)


def _settle(answer: asyncio.Future[Answer], outcome: Answer) -> None:
    if not answer.done():
        answer.set_result(outcome)


def _failure(peer: str, error: OSError) -> ReachError:
    if isinstance(error, ConnectionRefusedError):
        return Unanswered(
            "refused", f"{peer} refuses SNMP (port closed): switch its SNMP agent on, or put the port right"
        )
    if isinstance(error, PermissionError):
        return CannotAsk(
            "permission",
            f"this machine may not send to {peer} ({error.strerror}): local firewall, or a broadcast address?",
        )
    return Unanswered("unreachable", f"{peer} cannot be reached ({error.strerror}): address, route or cable wrong?")
