"""TCP connect as a probe: how long until the connection stands; it is closed at once."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from time import perf_counter

from agent.core.reach import CannotAsk, Unanswered
from agent.transports.resolve import Found, Resolver, literal, own
from agent.transports.told import RECEIVE_ERRORS, first_told, said_here

REFUSED = (errno.ECONNREFUSED, errno.ECONNRESET)
# What this machine lacks; everything else that connect says is about the way or the other end.
LACKING = {
    errno.EMFILE: "no file descriptor left; raise LimitNOFILE in the systemd unit",
    errno.ENFILE: "no file descriptor left on this machine; raise fs.file-max",
    errno.EADDRNOTAVAIL: "no free local port; widen net.ipv4.ip_local_port_range",
    errno.EAFNOSUPPORT: "this machine has no IPv6; probe an IPv4 address, or turn IPv6 on",
    errno.ENOBUFS: "no memory for another socket",
    errno.ENOMEM: "no memory for another socket",
}
IP_BIND_ADDRESS_NO_PORT = 24  # Linux ABI: the port is chosen at connect, when the other end is known


class _Kept(OSError):
    """This machine did not let the request out."""


class Connector:
    """The agent's Tcp."""

    def __init__(self, resolver: Resolver | None = None) -> None:
        self._resolver = resolver or Resolver()

    async def connect(self, address: str, port: int, *, timeout: float, source: str | None = None) -> float:
        """Seconds until the connection stood, without the name's lookup, which counts against `timeout`.

        Unanswered: refused, timeout, unreachable. CannotAsk: no such name (resolve), `source` not ours (missing).
        """
        end = perf_counter() + timeout
        found = literal(address) or await self._resolver.find(address, timeout)
        opened, took = await connected(found, port, end=end, place=f"{address} port {port}", source=source)
        opened.close()
        return took


async def connected(
    found: Found, port: int, *, end: float, place: str, source: str | None = None
) -> tuple[socket.socket, float]:
    """A socket that does not block, for the caller to close, and the seconds until the connection stood.

    `end` is on perf_counter's clock; failures, as in `Connector.connect`, call the other end `place`.
    """
    try:
        opened = socket.socket(found.family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            if source is not None:
                opened.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
                opened.bind(own(source, found).address)
            opened.setsockopt(*RECEIVE_ERRORS[found.family], 1)
            return opened, await _stand(opened, found.port(port), end, place)
        except OSError as error:
            reason = _reason(error, place)
            if isinstance(reason, Unanswered):
                reason.refusal = first_told(opened) or (said_here(error) if isinstance(error, _Kept) else None)
            opened.close()
            raise reason from None
        except BaseException:
            opened.close()
            raise
    except OSError as error:
        raise _reason(error, place) from None


async def _stand(opened: socket.socket, address: tuple[object, ...], end: float, place: str) -> float:
    """Closed with FIN, not reset (SO_LINGER 0): servers log and some count a reset as an attack or an aborted client
    and lock the address out; the port that stays in TIME_WAIT is one of the thousands to this one endpoint."""
    began = perf_counter()
    error = opened.connect_ex(address)
    if error and error != errno.EINPROGRESS:
        raise _Kept(error, os.strerror(error))
    if error:
        await _writable(opened, end - began, place)
        error = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    took = perf_counter() - began
    if error:
        raise OSError(error, os.strerror(error))
    # A connect to a closed port of this machine can meet itself, when the kernel picks that very port as its own.
    if opened.getsockname()[:2] == address[:2]:
        raise OSError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
    return took


async def _writable(opened: socket.socket, timeout: float, place: str) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[bool] = loop.create_future()
    descriptor = opened.fileno()
    loop.add_writer(descriptor, _settle, ready, True)
    timer = loop.call_later(timeout, _settle, ready, False)
    try:
        answered = await ready
    finally:
        timer.cancel()
        loop.remove_writer(descriptor)
    if not answered:
        raise Unanswered("timeout", f"{place}: no answer to a TCP connect within {timeout:.1f} s")


def _settle(ready: asyncio.Future[bool], answered: bool) -> None:
    if not ready.done():
        ready.set_result(answered)


def _reason(error: OSError, place: str) -> CannotAsk | Unanswered:
    if error.errno in LACKING:
        return CannotAsk("missing", f"{place}: {LACKING[error.errno]}")
    if error.errno in REFUSED:
        return Unanswered("refused", f"{place}: connection refused")
    if error.errno == errno.ETIMEDOUT:
        return Unanswered("timeout", f"{place}: no answer to a TCP connect")
    return Unanswered("unreachable", f"{place}: {error.strerror}")
