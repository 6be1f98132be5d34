"""TCP as a probe: a connection, and a conversation over it. The real one: agent/transports/tcp.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from agent.core.model import Failure
from agent.core.tls import Handshake, Tls


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a conversation: wait for a line, send one, then change to TLS; each only where it is said.

    `expect` is a regular expression in RE2's syntax. Lines that do not match are passed over. In `send` ${1} stands
    for the first group of what matched; a line feed is added. `raw`: `expect` is tried on all that came since the last
    step, and nothing is added; both are bytes then, written as the characters U+0000 to U+00FF.
    """

    expect: str = ""
    send: str = ""
    starttls: bool = False
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """`secure`: TLS from the start. `tls` is how TLS is wanted, then or at `starttls`."""

    steps: tuple[Step, ...] = ()
    secure: bool = False
    tls: Tls = field(default_factory=Tls)


@dataclass(frozen=True, slots=True)
class Talk:
    """How a conversation went over a connection that stood.

    `resolve`, `connect` and `seconds` (the whole) in seconds. `handshake` is also told where the certificate was not
    accepted. `matched`: the lines that were expected, harmless. `failure` says why it ended early, at the step with
    this index (None: at TLS from the start); `unmet`: because the server closed without the expected line.
    """

    resolve: float
    connect: float
    seconds: float
    handshake: Handshake | None = None
    matched: tuple[str, ...] = ()
    failure: Failure | None = None
    step: int | None = None
    unmet: bool = False


class Tcp(Protocol):
    async def connect(self, address: str, port: int, *, timeout: float, source: str | None = None) -> float:
        """Seconds until the connection stood (it is closed at once). Unanswered if refused, unreachable or silent."""
        ...

    async def talk(self, address: str, port: int, script: Script, *, timeout: float, source: str | None = None) -> Talk:
        """A conversation of at most `timeout` seconds. Unanswered and CannotAsk as with connect, until the connection
        stands; CannotAsk (missing) also for a file of `tls` that cannot be used."""
        ...


_LDAP_STARTTLS = "0\x1d\x02\x01\x01w\x18\x80\x161.3.6.1.4.1.1466.20037"  # RFC 4511 section 4.14.1, in BER
_LDAP_SUCCESS = r"(?s)^0.\x02\x01\x01x.\n\x01\x00"  # an ExtendedResponse to it with resultCode 0

# How TLS is begun where a service starts without it: RFC 3207, RFC 9051, RFC 2595, RFC 4217, RFC 4511.
STARTTLS: dict[str, tuple[Step, ...]] = {
    "smtp": (
        Step(expect=r"^220 ", send="EHLO shouwang\r"),
        Step(expect=r"^250[ -]STARTTLS", send="STARTTLS\r"),
        Step(expect=r"^220 ", starttls=True),
    ),
    "imap": (Step(expect=r"^\* OK", send="a STARTTLS\r"), Step(expect=r"^a OK", starttls=True)),
    "pop3": (Step(expect=r"^\+OK", send="STLS\r"), Step(expect=r"^\+OK", starttls=True)),
    "ftp": (Step(expect=r"^220 ", send="AUTH TLS\r"), Step(expect=r"^234 ", starttls=True)),
    "ldap": (Step(send=_LDAP_STARTTLS, raw=True), Step(expect=_LDAP_SUCCESS, raw=True, starttls=True)),
}
