"""HTTP as it is asked and as it was answered. The way itself: agent/transports/http. In a collector:

    answer = await poll.reach.http.ask(HttpQuestion(options.url, seconds=target.timeout - 0.5, keep=65536))
    yield UP.sample(answer.failure is None and answer.status in options.status)
    for phase, seconds in answer.phases.items():
        yield RESPONSE.sample(seconds, role=options.role, phase=phase)
    if answer.tls and answer.tls.chain:
        yield WEAK.sample(answer.tls.weak)
        yield CHAIN_VALID.sample(answer.tls.trusted, subject=answer.tls.chain[0].subject)

What TLS showed is told also where the certificate was not accepted, and where nothing was sent therefore.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import Literal, Protocol

from agent.core.model import Failure
from agent.core.secrets import Secret
from agent.core.tls import Handshake, Tls

Family = Literal["ip4", "ip6"]
Coding = Literal["gzip", "deflate", "identity"]
MEBIBYTE = 2**20
# Those of the web (the Encoding Standard's, as Python calls them). Not all of Python's: its punycode takes minutes for
# a megabyte.
CHARSETS = frozenset((
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "gb2312", "hz", "big5", "big5hkscs",
    "ascii", "iso2022_jp", "shift_jis", "euc_jp", "euc_kr", "cp949", "koi8-r", "koi8-u", "cp866", "mac-roman", "cp874",
    *(f"iso8859-{part}" for part in range(1, 17)), *(f"cp{page}" for page in range(1250, 1259)),
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Basic:
    """RFC 7617; it goes before what stands in the url."""

    user: str
    password: Secret


@dataclass(frozen=True, slots=True)
class Bearer:
    """RFC 6750."""

    token: Secret


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that is spoken to by HTTP. `headers` go with CONNECT, by which HTTPS goes through."""

    host: str
    port: int
    login: Basic | None = None
    headers: tuple[tuple[str, Secret], ...] = ()

    def __str__(self) -> str:
        return f"proxy {self.host} port {self.port}"


@dataclass(frozen=True, slots=True)
class HttpQuestion:
    """One request, on a connection of its own.

    `redirects` followed at most; 0: none. Credentials, cookies and Secrets go to no other server than the first.
    `tls.name`, where it is not given, is the Host header's or the url's host; HTTP/2 is spoken where `http2` and the
    server chooses it (ALPN). `family` is preferred, and with `fallback` another taken where a name has no such address.
    `address`: where the url's host is, for who has looked it up; other hosts are looked up; a `proxy`
    is asked for that address. `cookies`: those that an
    answer sets go with the requests that it redirects to, to the same host.
    `seconds` from the question to the end of the body. At most `keep` bytes of the body are kept, and after `read`
    bytes the rest is left unread; both count what is decompressed, as far as `decode` says: "declared" by the answer,
    as "asked" in `compression` whatever is declared, or "never".
    """

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str | Secret], ...] = ()
    body: bytes = b""
    authorization: Basic | Bearer | None = None
    redirects: int = 10
    tls: Tls = field(default_factory=Tls)
    http2: bool = True
    source: str | None = None
    family: Family | None = None
    fallback: bool = True
    seconds: float = 10.0
    keep: int = MEBIBYTE
    read: int = 8 * MEBIBYTE
    compression: Coding | None = None
    decode: Literal["declared", "asked", "never"] = "declared"
    address: str | None = None
    proxy: Proxy | None = None
    cookies: bool = False


@dataclass(frozen=True, slots=True)
class Phases:
    """Seconds, as blackbox_exporter 0.23 counts them, summed over redirects: until the name was resolved, the
    connection stood, TLS was agreed, the first byte of the answer came, and (of the last answer) the body had come."""

    resolve: float = 0.0
    connect: float = 0.0
    tls: float = 0.0
    processing: float = 0.0
    transfer: float = 0.0

    def items(self) -> tuple[tuple[str, float], ...]:
        return tuple((name, getattr(self, name)) for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came of it, as far as it came: with `failure` set, the rest tells what was there before it.

    `url` asked last, without user, password and query; `addresses` that the requests went to, one each.
    `answered`: the head of the last answer came; otherwise `status` and `version` are those of the redirect before it.
    `status` is 0 and `version` empty without an answer; `version` "1.0", "1.1" or "2". `headers` in order, names in
    lower case, made harmless and capped. `body` decompressed, `size` bytes of it were read, and `cut` says that there
    was more than is in `body`. `declared` is the Content-Length, None if there was none. `redirects` counts the answers
    that redirect; one more than allowed is the last answer. `seconds` is everything together.
    `tls` is the last server's handshake, None over plain HTTP.
    """

    url: str
    status: int = 0
    version: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    size: int = 0
    cut: bool = False
    declared: int | None = None
    redirects: int = 0
    addresses: tuple[str, ...] = ()
    phases: Phases = field(default_factory=Phases)
    seconds: float = 0.0
    tls: Handshake | None = None
    failure: Failure | None = None
    answered: bool = False

    def header(self, name: str) -> str | None:
        """The first with this name, which is given in lower case."""
        return next((value for each, value in self.headers if each == name), None)

    @property
    def text(self) -> str:
        """The body in the charset that Content-Type names; without one, or one unknown, UTF-8 or else GB18030.
        Hostile, and as long as the body: what is shown of it goes through agent.core.text.clean."""
        named = re.search(r"charset=[\"']?([\w.:-]{1,40})", self.header("content-type") or "", re.ASCII | re.IGNORECASE)
        for charset in ((named[1],) if named else ()) + ("utf-8", "gb18030"):
            try:
                if codecs.lookup(charset).name not in CHARSETS:
                    continue
                return self.body.decode(charset, "replace" if named and charset == named[1] else "strict")
            except (LookupError, ValueError):
                continue
        return self.body.decode("utf-8", "replace")


class Http(Protocol):
    async def ask(self, question: HttpQuestion) -> HttpAnswer:
        """Never longer than `question.seconds`. No answer, or one that broke off, is an answer with `failure`; its
        kinds: timeout, refused, unreachable, protocol, certificate. CannotAsk: the question itself is wrong (missing),
        its name has no address (resolve), this machine lacks something."""
        ...
