"""TLS with a server whose faults are wanted too: what it offers and shows is found out on connections of their own.

A handshake that verifies ends at the first fault before the certificate can be looked at, and one for TLS 1.2 ends
without telling that the server has TLS 1.1 only. So each failure asks once more, for less. What was found is remembered
for the same certificates, so that a server with a fault costs one handshake a poll as others do.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from time import monotonic

from agent.core.model import Failure
from agent.core.reach import Unanswered
from agent.core.text import clean
from agent.core.tls import Handshake, Tls, Version
from agent.transports.http.wire import Wire
from agent.transports.tls import VERSIONS, context, refused, shown

KEEP = 600.0  # seconds that a fault is remembered
SERVERS = 1024  # remembered at most
Again = Callable[[], Awaitable[socket.socket]]
ORDER = tuple(VERSIONS)
OLDEST: Version = "TLSv1"


@dataclass(frozen=True, slots=True)
class Fault:
    """For less than `trial` the server was not to be had; `why_not` its certificates `shown` are not trusted."""

    trial: Tls
    why_not: str
    shown: tuple[str, ...]
    until: float


@dataclass
class Securing:
    """One for the agent, since it remembers."""

    _faults: dict[tuple[object, ...], Fault] = field(default_factory=dict)

    async def secure(
        self, opened: socket.socket, again: Again, wanted: Tls, name: str, address: object
    ) -> tuple[Wire, Handshake]:
        """TLS over a connection that stands to `address` (`again` makes another), whatever is wrong with it:
        see `fault`. Unanswered if the server speaks no TLS that we know."""
        strict = replace(wanted, verify=True)
        key = (address, name, wanted.alpn, context(strict, check_name=False))
        known = self._faults.get(key)
        if known is not None and known.until > monotonic():
            with contextlib.suppress(OSError):
                wire, seen = await _once(opened, known.trial, name)
                if _certificates(seen) == known.shown:
                    return wire, replace(seen, why_not=known.why_not)
                wire.close()
            opened = await again()
        wire, seen, trial = await _for_less(opened, again, strict, name)
        self._faults.pop(key, None)
        if trial != strict:
            if len(self._faults) >= SERVERS:
                del self._faults[next(iter(self._faults))]
            self._faults[key] = Fault(trial, seen.why_not, _certificates(seen), monotonic() + KEEP)
        return wire, seen


def fault(seen: Handshake, wanted: Tls, name: str, place: str) -> Failure | None:
    """Why nothing may be sent to this server."""
    if seen.version in ORDER and ORDER.index(seen.version) < ORDER.index(wanted.minimum):
        return Failure(
            "protocol", f"{place}: offers {seen.version} at most, {wanted.minimum} is the least that is accepted"
        )
    if not wanted.verify:
        return None
    if not seen.trusted:
        return Failure("certificate", f"{place}: certificate not accepted: {seen.why_not}")
    if not seen.name_valid:
        names = ", ".join((*seen.chain[0].names, *seen.chain[0].addresses)[:5]) if seen.chain else ""
        return Failure("certificate", f"{place}: the certificate is for {names or 'no name'}, not for {name}")
    return None


async def _for_less(opened: socket.socket, again: Again, strict: Tls, name: str) -> tuple[Wire, Handshake, Tls]:
    """The handshake, and what had to be done without: the check of the certificate, or a version that is safe."""
    trial, why_not = strict, ""
    first: OSError | None = None
    while True:
        try:
            wire, seen = await _once(opened, trial, name)
            return wire, replace(seen, why_not=why_not) if why_not else seen, trial
        except ssl.SSLCertVerificationError as error:
            why_not, first = clean(error.verify_message), first or error
            further = replace(trial, verify=False)
        except OSError as error:
            first = first or error
            further = replace(trial, minimum=OLDEST)
        if further == trial:
            raise refused(first, name)
        trial = further
        try:
            opened = await again()
        except Unanswered:
            raise refused(first, name) from None


async def _once(opened: socket.socket, trial: Tls, name: str) -> tuple[Wire, Handshake]:
    """OSError, of which ssl.SSLError is one, if it fails; the connection is closed then."""
    wire = Wire(opened)
    try:
        return wire, shown(await wire.secure(context(trial, check_name=False), name), name)
    except BaseException:
        wire.close()
        raise


def _certificates(seen: Handshake) -> tuple[str, ...]:
    return tuple(each.fingerprint for each in seen.chain)
