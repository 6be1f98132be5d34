"""The UDP socket of one conversation, connected to the agent, and the answers that arrive on it."""

from __future__ import annotations

import asyncio
import errno
import socket
from dataclasses import dataclass
from typing import Protocol, cast

from agent.core.reach import CannotAsk, ReachError, Unanswered
from agent.transports.resolve import Found
from agent.transports.snmp import pdu
from agent.transports.snmp.errors import DecodeError
from agent.transports.snmp.message import Envelope, Reported
from agent.transports.snmp.reply import Reply, Sending
from agent.transports.tcp import LACKING

# Reports that a question may have answered with a new sending: engine id and time, and both again after a reboot.
REPORTS = 4


def named(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def link(protocol: asyncio.DatagramProtocol, peer: str, found: Found, port: int) -> asyncio.DatagramTransport:
    """A socket connected to the agent, so that the kernel drops what comes from elsewhere and reports ICMP errors here.
    ReachError if there is no route, no right to send or no free port."""
    try:
        own = socket.socket(found.family, socket.SOCK_DGRAM)
    except OSError as error:
        raise failure(peer, error) from None
    try:
        own.setblocking(False)
        own.connect(found.port(port))
        return (await asyncio.get_running_loop().create_datagram_endpoint(lambda: protocol, sock=own))[0]
    except OSError as error:
        own.close()
        raise failure(peer, error) from None
    except BaseException:
        own.close()
        raise


async def connect(host: str, found: Found, port: int, envelope: Envelope) -> Wire:
    """A wire to the agent at this address; ReachError as `link`."""
    wire = Wire(named(host, port), envelope)
    wire.transport = await link(wire, wire.peer, found, port)
    return wire


class Dispatcher(Protocol):
    """What puts a session's questions to the agent (RFC 3411 section 3.1.1): here Wire, in by_pysnmp that of pysnmp.

    `ignored` counts datagrams that are no answer to an open question, `ignored_for` says why the last was none;
    `received` counts all bytes that came.
    """

    peer: str
    ignored: int
    ignored_for: str
    received: int

    @property
    def boots(self) -> int | None:
        """snmpEngineBoots of the device, where signed messages tell it."""
        ...

    def ask(self, sending: Sending, reply: Reply) -> None:
        """Sends it; what answers it is for `reply` to take until `drop`."""
        ...

    def drop(self, request_id: int) -> None:
        """Nobody waits for an answer to this question any more."""
        ...

    def silence(self) -> tuple[str, str]:
        """The kind of failure that it is when no answer came at all, and what may be wrong."""
        ...

    def close(self) -> None: ...


@dataclass(slots=True)
class Open:
    """A question that waits for its answer. `reports`: how often it was sent anew because of one."""

    sending: Sending
    content: bytes
    reply: Reply
    reports: int = 0


class Wire(asyncio.DatagramProtocol):
    """Implements Dispatcher on a socket of its own."""

    transport: asyncio.DatagramTransport

    def __init__(self, peer: str, envelope: Envelope) -> None:
        self.peer = peer
        self.ignored = 0
        self.received = 0
        self.ignored_for = ""
        self._envelope = envelope
        self._open: dict[int, Open] = {}

    @property
    def boots(self) -> int | None:
        return self._envelope.boots

    def ask(self, sending: Sending, reply: Reply) -> None:
        question, _, request_id = sending
        content = pdu.request(question.kind, request_id, question.names, repetitions=question.repetitions)
        self._open[request_id] = Open(sending, content, reply)
        self.transport.sendto(self._envelope.seal(request_id, content))

    def drop(self, request_id: int) -> None:
        self._open.pop(request_id, None)

    def silence(self) -> tuple[str, str]:
        return self._envelope.silence()

    def close(self) -> None:
        self.transport.abort()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.received += len(data)
        try:
            content = self._envelope.open(data)
            # Strays and duplicates can be large and many: only what somebody waits for is decoded whole.
            waiting = self._open.get(pdu.request_id(*content))
            if waiting is None or waiting.reply.answer is not None:
                raise DecodeError("an answer to another question")
            waiting.reply.take(waiting.sending, pdu.response(*content))
        except DecodeError as error:
            self._ignore(str(error))
        except Reported as report:
            self._heed(report)

    def _heed(self, report: Reported) -> None:
        """Sends the question anew if the report taught what it lacked; but not for ever."""
        waiting = self._open.get(report.request_id)
        if waiting is None or waiting.reply.answer is not None:
            self._ignore("a report on another question")
        elif report.again and waiting.reports < REPORTS:
            waiting.reports += 1
            self.transport.sendto(self._envelope.seal(report.request_id, waiting.content))
        else:
            waiting.reply.take(waiting.sending, Unanswered(report.kind, f"{self.peer} {report.said}"))

    def _ignore(self, why: str) -> None:
        self.ignored += 1
        self.ignored_for = why

    def error_received(self, exc: Exception) -> None:
        """The kernel's word on something sent: ICMP port unreachable and the like, or the local firewall."""
        said = failure(self.peer, cast(OSError, exc))
        for waiting in self._open.values():
            waiting.reply.take(waiting.sending, said)


def failure(peer: str, error: OSError) -> ReachError:
    """What the kernel's word on something sent means."""
    if isinstance(error, ConnectionRefusedError):
        return Unanswered(
            "refused", f"{peer} refuses SNMP (port closed): switch its SNMP agent on, or put the port right"
        )
    if error.errno in LACKING:
        return CannotAsk("missing", f"{peer} cannot be asked: {LACKING[error.errno]}")
    if error.errno == errno.EINVAL and peer.startswith("[fe80:") and "%" not in peer:
        host = peer[1:].partition("]")[0]
        return CannotAsk("missing", f"{peer} is a link-local address: write the interface behind it, like {host}%eth0")
    if isinstance(error, PermissionError):
        return CannotAsk(
            "permission",
            f"this machine may not send to {peer} ({error.strerror}): local firewall, or a broadcast address?",
        )
    return Unanswered("unreachable", f"{peer} cannot be reached ({error.strerror}): address, route or cable wrong?")
