"""TLS with a server whose faults are wanted too: what it offers and shows is found out on connections of their own.

A handshake that verifies ends at the first fault before the certificate can be looked at, and one for TLS 1.2 ends
without telling that the server has TLS 1.1 only. So each failure asks once more, for less. The verdict on a chain is
remembered for some minutes and holds for the same certificates: a server with a fault costs one handshake a poll as
others do. That the server has the key to its certificate is proven each time.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from time import monotonic, time

from agent.core.model import Failure
from agent.core.reach import Unanswered
from agent.core.text import clean
from agent.core.tls import Certificate, Handshake, Tls, Version
from agent.transports.http.wire import Wire
from agent.transports.tls import VERSIONS, context, refused, shown

KEEP = 600.0  # seconds that a verdict is remembered
SERVERS = 1024  # remembered at most
Again = Callable[[], Awaitable[socket.socket]]
ORDER = tuple(VERSIONS)
OLDEST: Version = "TLSv1"


@dataclass(frozen=True, slots=True)
class Verdict:
    """On the chain that a handshake by `lax` showed, which verifies nothing."""

    lax: ssl.SSLContext
    chain: tuple[Certificate, ...]
    path: tuple[Certificate, ...]
    why_not: str
    until: float

    def holds(self) -> bool:
        return self.until > monotonic() and all(each.not_before <= time() < each.not_after for each in self.path)


@dataclass
class Securing:
    """One for the agent, since it remembers."""

    _verdicts: dict[tuple[object, ...], Verdict] = field(default_factory=dict)

    async def secure(
        self, opened: socket.socket, again: Again, wanted: Tls, name: str, address: object
    ) -> tuple[Wire, Handshake]:
        """TLS over a connection that stands to `address` (`again` makes another), whatever is wrong with it:
        see `fault`. Unanswered if the server speaks no TLS that we know."""
        strict = wanted if wanted.verify else replace(wanted, verify=True)
        made = context(strict, check_name=False)
        key = (address, name, made)
        known = self._verdicts.get(key)
        if known is not None and known.holds():
            with contextlib.suppress(OSError):
                wire, seen = await _once(opened, known.lax, name)
                if seen.chain == known.chain:
                    return wire, replace(seen, path=known.path, why_not=known.why_not)
                wire.close()
            opened = await again()
        wire, seen, trial = await _for_less(opened, again, strict, name, made)
        self._verdicts.pop(key, None)
        if len(self._verdicts) >= SERVERS:
            del self._verdicts[next(iter(self._verdicts))]
        lax = context(replace(trial, verify=False), check_name=False)
        self._verdicts[key] = Verdict(lax, seen.chain, seen.path, seen.why_not, monotonic() + KEEP)
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


async def _for_less(
    opened: socket.socket, again: Again, strict: Tls, name: str, made: ssl.SSLContext
) -> tuple[Wire, Handshake, Tls]:
    """The handshake, and what had to be done without: the check of the certificate, or a version that is safe."""
    trial, why_not = strict, ""
    first: OSError | None = None
    while True:
        try:
            wire, seen = await _once(opened, made, name)
            return wire, replace(seen, why_not=why_not) if why_not else seen, trial
        except ssl.SSLCertVerificationError as error:
            why_not, first = clean(error.verify_message), first or error
            further = replace(trial, verify=False)
        except OSError as error:
            first = first or error
            further = replace(trial, minimum=OLDEST)
        if further == trial:
            raise refused(first, name)
        trial, made = further, context(further, check_name=False)
        try:
            opened = await again()
        except Unanswered:
            raise refused(first, name) from None


async def _once(opened: socket.socket, made: ssl.SSLContext, name: str) -> tuple[Wire, Handshake]:
    """OSError, of which ssl.SSLError is one, if it fails; the connection is closed then."""
    wire = Wire(opened, name)
    try:
        return wire, shown(await wire.secure(made, name), name)
    except BaseException:
        wire.close()
        raise
