"""What a TLS server shows: every fault of a certificate is told apart, and the rest of it is told all the same."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.reach import CannotAsk
from agent.core.tls import Certificate, Handshake, Tls
from agent.transports import tls
from tests.certificates import DAY, NOW, Issued, issue

ROOT = issue("root", authority=True, ends=50 * DAY)
MIDDLE = issue("middle", authority=True, by=ROOT, ends=40 * DAY)
NAMES = ("a.test", "*.b.test", "127.0.0.1")


def leaf(begins: timedelta = -DAY, ends: timedelta = 60 * DAY) -> Issued:
    return issue("leaf", NAMES, by=MIDDLE, begins=begins, ends=ends)


@contextlib.asynccontextmanager
async def serving(issued: Issued, folder: Path, context: ssl.SSLContext | None = None) -> AsyncIterator[tls.Opening]:
    made = context or issued.server(folder)
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)  # the server's end of a refusal
    held: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda reader, writer: held.append(writer), "127.0.0.1", 0, ssl=made)
    port = server.sockets[0].getsockname()[1]

    @contextlib.asynccontextmanager
    async def opening() -> AsyncIterator[asyncio.StreamWriter]:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield writer
        finally:
            writer.transport.abort()

    async with server:
        yield opening
        for each in held:
            each.transport.abort()


def look(issued: Issued, folder: Path, wanted: Tls, name: str, context: ssl.SSLContext | None = None) -> Handshake:
    async def main() -> Handshake:
        async with serving(issued, folder, context) as opening:
            try:
                async with opening() as plain:
                    made = await tls.secure(plain, wanted, name)
                    made.writer.transport.abort()
                    return made.handshake
            except ssl.SSLCertVerificationError as error:
                found = await tls.inspect(opening, wanted, name, error)
                assert found is not None
                return found

    return asyncio.run(main())


@pytest.fixture
def authority(tmp_path: Path) -> str:
    return ROOT.file(tmp_path, "authority.pem")


def test_a_good_server_shows_its_chain_and_the_path_to_the_authority(tmp_path: Path, authority: str) -> None:
    found = look(leaf(), tmp_path, Tls(ca=authority), "a.test")
    assert (found.version, found.trusted, found.name_valid, found.why_not) == ("TLSv1.3", True, True, "")
    assert [each.subject for each in found.chain] == ["CN=leaf,O=普陀区", "CN=middle,O=普陀区"]
    assert [each.subject for each in found.path] == [*(each.subject for each in found.chain), "CN=root,O=普陀区"]
    assert found.expiry == (NOW + 40 * DAY).timestamp()
    first = found.chain[0]
    assert (first.issuer, first.names, first.addresses) == ("CN=middle,O=普陀区", NAMES[:2], NAMES[2:])
    assert (first.not_before, first.not_after) == ((NOW - DAY).timestamp(), (NOW + 60 * DAY).timestamp())
    assert 0 < found.seconds < 5


@pytest.mark.parametrize("name", ["a.test", "x.b.test", "127.0.0.1"])
def test_names_and_addresses_that_fit(tmp_path: Path, authority: str, name: str) -> None:
    assert look(leaf(), tmp_path, Tls(ca=authority), name).name_valid


@pytest.mark.parametrize("name", ["c.test", "x.y.b.test", "b.test", "127.0.0.2"])
def test_a_wrong_name_does_not_hide_that_the_chain_is_good(tmp_path: Path, authority: str, name: str) -> None:
    found = look(leaf(), tmp_path, Tls(ca=authority), name)
    assert (found.trusted, found.name_valid) == (True, False)


@pytest.mark.parametrize(
    ("issued", "name", "why_not"),
    [
        (leaf(ends=-timedelta(hours=1)), "a.test", "certificate has expired"),
        (leaf(begins=DAY), "a.test", "certificate is not yet valid"),
        (leaf(ends=-timedelta(hours=1)), "c.test", "certificate has expired"),
        (issue("self", NAMES), "a.test", "self-signed certificate"),
        (issue("other", NAMES, by=issue("else", authority=True)), "a.test", "unable to get local issuer certificate"),
    ],
)
def test_what_is_wrong_with_a_chain_is_said_and_the_certificate_shown(
    tmp_path: Path, authority: str, issued: Issued, name: str, why_not: str
) -> None:
    found = look(issued, tmp_path, Tls(ca=authority), name)
    assert (found.trusted, found.why_not, found.name_valid) == (False, why_not, name == "a.test")
    assert found.chain[0].not_after == issued.certificate.not_valid_after_utc.timestamp()


def test_without_verifying_anything_is_taken(tmp_path: Path) -> None:
    found = look(issue("self", NAMES), tmp_path, Tls(verify=False), "other.test")
    assert (found.trusted, found.why_not, found.name_valid) == (False, "not verified", False)


def test_a_server_of_old_versions_is_weak(tmp_path: Path) -> None:
    issued = leaf()
    old = issued.server(tmp_path)
    with pytest.warns(DeprecationWarning, match="TLSVersion"):
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    found = look(issued, tmp_path, Tls(verify=False, minimum="TLSv1"), "a.test", old)
    assert (found.version, found.weak) == ("TLSv1.1", True)
    with pytest.raises(OSError) as caught:  # noqa: PT011 - asyncio as a server closes without an alert
        look(issued, tmp_path, Tls(verify=False), "a.test", old)
    assert str(tls.refused(caught.value, "a.test port 443")).startswith("a.test port 443: no TLS: ")


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"])
def test_an_authority_file_that_is_not_usable_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CannotAsk, match=r"ca\.pem"):
        tls.context(Tls(ca=str(path)))


def test_a_renewed_authority_file_is_read_again(tmp_path: Path, authority: str) -> None:
    assert tls.context(Tls(ca=authority)) is tls.context(Tls(ca=authority, name="a.test"))
    before = tls.context(Tls(ca=authority))
    Path(authority).write_bytes(MIDDLE.pem())
    assert tls.context(Tls(ca=authority)) is not before


def test_garbage_among_certificates_is_left_out() -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    good = ROOT.certificate.public_bytes(Encoding.DER)
    assert [each.subject for each in tls.certificates([b"", b"\x30\x82", good, good[:-1]])] == ["CN=root,O=普陀区"]


@pytest.mark.parametrize(
    ("name", "fits"),
    [("a.test.", True), ("A.TEST", True), ("::1", True), ("0:0:0:0:0:0:0:1", True), ("", False), ("*.a.test", False)],
)
def test_names_are_compared_as_names_and_addresses_as_addresses(name: str, fits: bool) -> None:
    certificate = Certificate("", "", ("a.test", "*.test"), ("::1",), 0, 1, "1", "00")
    assert certificate.fits(name) is fits
