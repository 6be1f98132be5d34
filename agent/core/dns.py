"""DNS as it is asked and answered (RFC 1035). Asking: agent/transports/dns.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from agent.core.reach import CannotAsk
from agent.core.tls import Handshake, Tls

DnsTransport = Literal["udp", "tcp", "tls"]
PORTS: dict[DnsTransport, int] = {"udp": 53, "tcp": 53, "tls": 853}


class NoSuchName(CannotAsk):
    """The name servers answer that there is no such name, or that it has no address: whoever else asks them cannot
    reach it either. With another CannotAsk(resolve) they did not answer, which says nothing of the name."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked and how: a domain name as it stands (no search domains), or with PTR an address.

    `whole`: what is cut off by UDP is asked for again by TCP.
    """

    name: str
    type: str = "A"
    dns_class: str = "IN"
    recursion: bool = True
    transport: DnsTransport = "udp"
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """One resource record; `data` as in a zone file. Names end in a dot."""

    name: str
    ttl: int
    dns_class: str
    type: str
    data: str

    @property
    def text(self) -> str:
        """One line of a zone file, its fields separated by tabs."""
        return "\t".join((self.name, str(self.ttl), self.dns_class, self.type, self.data))


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """What a server answered, whatever it says.

    `rcode` and `flags` by their RFC names (NXDOMAIN; AA, TC, RD, RA). `server` is the address that answered,
    `transport` how. `truncated`: the answer by UDP was cut off, and if `transport` is tcp, asked for again.
    `resolve`, `connect` and `request` are seconds: for the server's own name, for the connection (with TLS), and from
    sending to the answer.
    """

    rcode: str
    flags: tuple[str, ...]
    answer: tuple[Record, ...]
    authority: tuple[Record, ...]
    additional: tuple[Record, ...]
    server: str
    transport: DnsTransport
    truncated: bool
    resolve: float
    connect: float
    request: float
    handshake: Handshake | None = None

    @property
    def serial(self) -> int | None:
        """Of the last SOA record of the answer."""
        found = [each.data.split() for each in self.answer if each.type == "SOA"]
        return int(found[-1][2]) if found else None

    def data(self, record_type: str) -> tuple[str, ...]:
        """What the records of this type in the answer hold."""
        return tuple(each.data for each in self.answer if each.type == record_type)


class Dns(Protocol):
    def resolvers(self) -> tuple[str, ...]:
        """Addresses of the name servers that this machine uses, in the order of /etc/resolv.conf."""
        ...

    async def addresses(self, name: str, *, timeout: float) -> tuple[str, ...]:
        """Addresses of a name as this machine's resolver has them, /etc/hosts too, in its order; of an address itself.
        CannotAsk(resolve) if there are none."""
        ...

    async def ask(
        self,
        question: Question,
        *,
        timeout: float,
        server: str | None = None,
        port: int | None = None,
        source: str | None = None,
        tls: Tls | None = None,
    ) -> DnsAnswer:
        """The answer of `server`; without one, of the first of this machine's resolvers that answers well.

        `tls` is how TLS is wanted with transport tls. Unanswered: refused, timeout, unreachable, protocol (what came
        is no answer). CannotAsk: the server's name is not found (resolve), the question cannot be written, `source` is
        not ours, no resolver is set up (missing).
        """
        ...
