"""What is probed in the tests of /probe: servers on loopback that say what a path, a line or a question asks for."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl
import warnings
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from tests.certificates import DAY, Issued, issue
from tests.transports.http_server import saying, speaking_h2

OK = b"HTTP/1.1 200 OK\r\n"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def page(body: bytes = b"hello\n", status: str = "200 OK", *headers: str) -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")).encode() + body


def redirect(to: str, status: str = "302 Found", *headers: str) -> bytes:
    return page(b"", status, f"Location: {to}", *headers)


DEFLATED = zlib.compressobj(wbits=-15)
RAW = DEFLATED.compress(b"office" * 50) + DEFLATED.flush()
# What is said at each path.
PAGES: Mapping[str, bytes] = {
    "/": page(),
    "/empty": page(b""),
    "/missing": page(b"no\n", "404 Not Found"),
    "/broken": page(b"oops", "500 Internal Server Error"),
    "/none": b"HTTP/1.1 204 No Content\r\n\r\n",
    "/unchanged": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "/old": b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold",
    "/unknown-length": OK + b"\r\nuntil the end",
    "/chunked": OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
    "/chunked-badly": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello",
    "/short": OK + b"Content-Length: 100\r\n\r\nshort",
    "/modified": page(b"x", "200 OK", "Last-Modified: Wed, 21 Oct 2026 07:28:00 GMT"),
    "/modified-850": page(b"x", "200 OK", "Last-Modified: Wednesday, 21-Oct-26 07:28:00 GMT"),
    "/modified-asctime": page(b"x", "200 OK", "Last-Modified: Wed Oct  7 07:28:00 2026"),
    "/modified-elsewhere": page(b"x", "200 OK", "Last-Modified: Wed, 21 Oct 2026 07:28:00 +0800"),
    "/modified-utc": page(b"x", "200 OK", "Last-Modified: Wed, 21 Oct 2026 07:28:00 UTC"),
    "/modified-badly": page(b"x", "200 OK", "Last-Modified: yesterday"),
    "/headers": page(b"x", "200 OK", "X-State: ready", "X-State: steady", "Server: nginx/1.22.1"),
    "/policy": page(b"x", "200 OK", f"X-State: {'a' * 3000} steady"),
    "/none-with-length": b"HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\n",
    "/chinese": page("统一受理软件 正常".encode()),
    "/latin": page(b"caf\xe9 \xff"),
    "/large": page(b"0123456789" * 30_000),
    "/gzip": page(gzip.compress(b"office" * 50), "200 OK", "Content-Encoding: gzip"),
    "/deflate": page(RAW, "200 OK", "Content-Encoding: deflate"),
    "/to-page": redirect("/"),
    "/to-missing": redirect("/missing", "301 Moved Permanently"),
    "/to-twice": redirect("/to-page", "308 Permanent Redirect"),
    "/loop": redirect("/loop"),
    "/to-nowhere": redirect("http://127.0.0.1:1/"),
    "/to-ftp": redirect("ftp://127.0.0.1/"),
    "/to-login": redirect("/only-with-cookie", "302 Found", "Set-Cookie: session=abc; Path=/; HttpOnly"),
    "/without-location": page(b"lost", "302 Found"),
    "/wrong": b"SSH-2.0-OpenSSH_9.2\r\n",
    "/closed": b"",
    "/early-hints": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + page(),
}


async def say_page(asked: bytes, writer: asyncio.StreamWriter) -> None:
    head = asked.decode("latin-1")
    method, target, _ = head.split("\r\n")[0].split(" ", 2)
    path = target.partition("?")[0]
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:])}
    if path == "/slow":
        await _wait()
    elif path == "/drip":
        writer.write(OK + b"Content-Length: 100\r\n\r\nx")
        await _wait()
    elif path == "/host":
        writer.write(page(headers.get("host", "").encode()))
    elif path == "/method":
        writer.write(page(method.encode()))
    elif path == "/login":
        allowed = headers.get("authorization") in ("Basic dTpwdw==", "Bearer tk", "Token tk")
        writer.write(page() if allowed else page(b"", "401 Unauthorized"))
    elif path == "/token":
        writer.write(page(b'{"access_token": "tk", "token_type": "bearer"}'))
    elif path == "/token-refused":
        writer.write(page(b'{"error": "invalid_client"}', "401 Unauthorized"))
    elif path == "/token-broken":
        writer.write(page(b"<html>"))
    elif path == "/only-with-cookie":
        writer.write(page() if headers.get("cookie") == "session=abc" else page(b"", "403 Forbidden"))
    else:
        writer.write(PAGES.get(path, PAGES["/missing"]))
    if method == "HEAD":
        writer.close()


async def _wait() -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(30)


def lines(*script: tuple[str, str]) -> Talk:
    """Says each line after the one that it waits for; the first of all if it waits for none."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for awaited, said in script:
            if awaited and awaited not in (await reader.readline()).decode("latin-1"):
                return
            writer.write(said.encode())
        await reader.read(1)

    return talk


@contextlib.asynccontextmanager
async def talking(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    tasks: set[asyncio.Task[None] | None] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        tasks.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await talk(reader, writer)
        tasks.discard(task)
        writer.transport.abort()

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        left = [each for each in tasks if each is not None]
        for each in left:
            each.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def starttls(context: ssl.SSLContext) -> Talk:
    """SMTP as far as STARTTLS (RFC 3207)."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await reader.readline()
        writer.write(b"250-mail.example\r\n250-STARTTLS\r\n250 HELP\r\n")
        await reader.readline()
        writer.write(b"220 go ahead\r\n")
        await writer.drain()
        with contextlib.suppress(OSError):
            await writer.start_tls(context)
            if (await reader.readline()).startswith(b"EHLO"):
                writer.write(b"250 by TLS\r\n")
            await reader.read(1)
        writer.transport.abort()

    return talk


async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Asks others on loopback, if it is told u and pw; and for a tunnel the branch, too."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    method, target, _ = head.split("\r\n")[0].split(" ", 2)
    if "\r\nProxy-Authorization: Basic dTpwdw==\r\n" not in head:
        writer.write(page(b"", "407 Proxy Authentication Required"))
    elif method == "CONNECT" and "\r\nX-Branch: changshou\r\n" not in head:
        writer.write(page(b"", "403 Forbidden"))
    elif method == "CONNECT":
        from_there, to_there = await asyncio.open_connection("127.0.0.1", int(target.rpartition(":")[2]))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = asyncio.create_task(_pipe(from_there, writer))
        try:
            await _pipe(reader, to_there)
        finally:
            back.cancel()
            to_there.close()
            await asyncio.gather(back, to_there.wait_closed(), return_exceptions=True)
    else:
        await say_page(head.replace(target, "/" + target.partition("://")[2].partition("/")[2], 1).encode(), writer)
    await writer.drain()
    await reader.read(1)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


ZONE: Mapping[tuple[str, str], str] = {
    ("one.example.", "A"): "one.example. 300 IN A 10.0.0.1",
    ("one.example.", "AAAA"): "one.example. 300 IN AAAA fd00::1",
    ("one.example.", "ANY"): "one.example. 300 IN A 10.0.0.1",
    ("text.example.", "TXT"): 'text.example. 60 IN TXT "v=spf1 -all" "second part"',
    ("mail.example.", "MX"): "mail.example. 60 IN MX 10 mx1.mail.example.\nmail.example. 60 IN MX 20 mx2.mail.example.",
    ("example.", "SOA"): "example. 60 IN SOA ns.example. root.example. 2026112401 3600 600 86400 60",
    ("two.example.", "A"): "two.example. 300 IN A 10.0.0.1\ntwo.example. 300 IN A 10.0.0.2",
    ("alias.example.", "A"): "alias.example. 9 IN CNAME one.example.\none.example. 300 IN A 10.0.0.1",
    ("_ldap._tcp.example.", "SRV"): "_ldap._tcp.example. 60 IN SRV 5 10 389 one.example.",
    ("cut.example.", "A"): "cut.example. 300 IN A 10.0.0.9",
    ("version.bind.", "TXT"): 'version.bind. 0 CH TXT "dnsmasq-2.89"',
}
RCODES = {"refused.example.": "REFUSED", "failing.example.": "SERVFAIL", "none.example.": "NXDOMAIN"}


def answer(query: bytes) -> bytes:
    asked = dns.message.from_wire(query)
    question = asked.question[0]
    said = dns.message.make_response(asked)
    name, kind = str(question.name), dns.rdatatype.to_text(question.rdtype)
    for line in ZONE.get((name, kind), "").splitlines():
        owner, ttl, group, each, data = line.split(" ", 4)
        said.answer.append(dns.rrset.from_text(owner, int(ttl), group, each, data))
    if name in RCODES:
        said.set_rcode(dns.rcode.from_text(RCODES[name]))
        said.authority.append(
            dns.rrset.from_text("example.", 60, "IN", "SOA", "ns.example. root.example. 7 3600 600 86400 60")
        )
    if name == "one.example.":
        said.additional.append(dns.rrset.from_text("ns.example.", 60, "IN", "A", "10.0.0.53"))
    if name == "cut.example.":
        said.flags |= dns.flags.TC
    if not asked.flags & dns.flags.RD:
        said.set_rcode(dns.rcode.REFUSED)
    return b"" if name == "silent.example." else b"garbage" if name == "garbage.example." else said.to_wire()


class _Datagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, peer: tuple[str, int]) -> None:
        if said := answer(data):
            self.transport.sendto(said, peer)  # type: ignore[attr-defined]  # a DatagramTransport


async def say_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError):
        while True:
            query = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
            if said := answer(query):
                writer.write(len(said).to_bytes(2, "big") + said)


def older(context: ssl.SSLContext, version: ssl.TLSVersion) -> ssl.SSLContext:
    """Speaks this version only."""
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is what it is for
        context.minimum_version = context.maximum_version = version
    return context


# Street and e-mail, two units, a serial number, a name of a later standard, one of nobody; what must be escaped.
SUBJECT = (
    ("2.5.4.9", "长寿路 1 号"), ("1.2.840.113549.1.9.1", "admin@portal.example"), ("2.5.4.11", "one, two"),
    ("2.5.4.6", "CN"), ("2.5.4.11", '#"+;<>\\ '), ("2.5.4.5", "77"), ("2.5.4.5", "78"), ("2.5.4.17", "200060"),
    ("2.5.4.12", "x" * 200), ("1.2.3.4.5", "odd"), ("2.5.4.7", "上海"), ("2.5.4.8", "上海"), ("2.5.4.10", " other"),
)  # fmt: skip


@dataclass
class Servers:
    """Ports by name, and the files of certificates that modules name."""

    ports: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


@contextlib.asynccontextmanager
async def serving_targets(folder: Path) -> AsyncIterator[Servers]:
    found = Servers()
    root = issue("Root", authority=True, ends=400 * DAY)
    middle = issue("Middle", by=root, authority=True, ends=40 * DAY)
    found.files = {
        "ca": root.file(folder, "ca.pem"),
        "client": issue("client", by=root).with_key(folder, "client.pem"),
        "other_ca": issue("Other", authority=True).file(folder, "other.pem"),
        "no_pem": str(folder / "no.pem"),
    }
    (folder / "no.pem").write_text("not what is expected\n")
    names = ("localhost", "127.0.0.1", "portal.example")
    certificates = {
        "tls": issue("good", names, by=middle),
        "tls_expired": issue("expired", names, by=root, begins=-9 * DAY, ends=-DAY),
        "tls_other": issue("other", ("other.example",), by=root),
        "tls_self": issue("self", names),
        "tls_named": issue("named", names, by=root, more=SUBJECT),
        "tls_12": issue("twelve", names, by=root),
        "tls_11": issue("eleven", names, by=root),
        "tls_asking": issue("asking", names, by=root),
    }
    contexts = {name: each.server(folder) for name, each in certificates.items()}
    older(contexts["tls_12"], ssl.TLSVersion.TLSv1_2)
    older(contexts["tls_11"], ssl.TLSVersion.TLSv1_1)
    contexts["tls_asking"].verify_mode = ssl.CERT_REQUIRED
    contexts["tls_asking"].load_verify_locations(found.files["ca"])
    async with contextlib.AsyncExitStack() as stack:
        enter = stack.enter_async_context
        found.ports["http"] = await enter(saying(say_page))
        found.ports["h2"] = await enter(speaking_h2(certificates["tls"].server(folder), []))
        for name, context in contexts.items():
            found.ports[name] = await enter(saying(say_page, context))
        await _tcp(found, stack, certificates["tls"], folder)
        await _dns(found, stack, certificates["tls"].server(folder))
        found.ports["closed"] = _closed()
        found.files |= {f"port_{name}": str(port) for name, port in found.ports.items()}
        yield found


async def _tcp(found: Servers, stack: contextlib.AsyncExitStack, certificate: Issued, folder: Path) -> None:
    scripts = {
        "ssh": lines(("", "SSH-2.0-OpenSSH_9.2p1\r\n"), ("blackbox", "fine\n")),
        "irc": lines(("", ":hub NOTICE Auth :hello\n"), ("NICK", ""), ("USER", "PING :4711\n"),
                     ("PONG 4711", ":hub 001 prober :Welcome\n")),
        "pop3": lines(("", "+OK ready\r\n")),
        "silent": lines(("never", "")),
        "hurried": lines(),
        "long": lines(("", "x" * 70_000 + "\n")),
        "smtp": starttls(certificate.server(folder)),
        "proxy": proxy,
    }  # fmt: skip
    for name, script in scripts.items():
        found.ports[name] = await stack.enter_async_context(talking(script))
    found.ports["pop3s"] = await stack.enter_async_context(talking(scripts["pop3"], certificate.server(folder)))


async def _dns(found: Servers, stack: contextlib.AsyncExitStack, tls: ssl.SSLContext) -> None:
    loop = asyncio.get_running_loop()
    found.ports["dns_tcp"] = await stack.enter_async_context(talking(say_answer))
    found.ports["dns_tls"] = await stack.enter_async_context(talking(say_answer, tls))
    transport, _ = await loop.create_datagram_endpoint(_Datagrams, ("127.0.0.1", 0))
    stack.callback(transport.close)
    found.ports["dns"] = transport.get_extra_info("sockname")[1]


def _closed() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
