"""HTTPS: what a server shows is told whatever is wrong with it, and nothing is sent to one that is not accepted."""

from __future__ import annotations

import asyncio
import os
import ssl
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from agent.core.http import HttpAnswer, HttpQuestion
from agent.core.reach import CannotAsk
from agent.core.secrets import Secret
from agent.core.tls import Tls
from agent.transports.http import HttpWay
from tests.certificates import DAY, NOW, Issued, issue
from tests.transports.hostile_http import listening, once
from tests.transports.http_server import plain, saying, speaking_h2
from tests.transports.test_tcp import full_backlog

ROOT = issue("root", authority=True, ends=50 * DAY)
MIDDLE = issue("middle", authority=True, by=ROOT, ends=40 * DAY)
NAMES = ("a.test", "127.0.0.1")


def leaf(begins: timedelta = -DAY, ends: timedelta = 60 * DAY, names: tuple[str, ...] = NAMES) -> Issued:
    return issue("leaf", names, by=MIDDLE, begins=begins, ends=ends)


GOOD = leaf()


class Heard:
    """A server that counts connections and requests."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.names: list[str | None] = []
        self.handshakes = 0

    def context(self, issued: Issued, folder: Path) -> ssl.SSLContext:
        made = issued.server(folder)

        def named(spoken: object, name: str | None, context: object) -> None:
            self.handshakes += 1
            self.names.append(name)

        made.sni_callback = named  # type: ignore[assignment]  # called without a name too
        return made

    async def say(self, asked: bytes, writer: asyncio.StreamWriter) -> None:
        self.heads.append(asked)
        await plain(b"secure")(asked, writer)


@pytest.fixture
def authority(tmp_path: Path) -> str:
    return ROOT.file(tmp_path, "authority.pem")


def asked(
    context: ssl.SSLContext, wanted: Tls, heard: Heard | None = None, times: int = 1, **more: Any
) -> list[HttpAnswer]:
    async def main() -> list[HttpAnswer]:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)  # the server's end of a refusal
        way = HttpWay()
        async with saying((heard or Heard()).say, context) as port:
            question = HttpQuestion(f"https://127.0.0.1:{port}/", tls=wanted, **{"seconds": 20.0, **more})
            return [await way.ask(question) for _ in range(times)]

    return asyncio.run(main())


def test_a_trusted_server_is_asked_and_its_chain_told_each_time(tmp_path: Path, authority: str) -> None:
    heard = Heard()
    for answer in asked(heard.context(GOOD, tmp_path), Tls(ca=authority), heard, times=3):
        assert (answer.status, answer.body, answer.failure) == (200, b"secure", None)
        assert answer.tls is not None
        assert (answer.tls.version, answer.tls.trusted, answer.tls.name_valid) == ("TLSv1.3", True, True)
        assert [each.subject for each in answer.tls.chain] == ["CN=leaf,O=普陀区", "CN=middle,O=普陀区"]
        assert answer.tls.path[-1].subject == "CN=root,O=普陀区"
        assert answer.tls.expiry == (NOW + 40 * DAY).timestamp()
        assert answer.phases.tls > 0
    assert heard.handshakes == 3


FAULTS = {
    "expired": (leaf(-3 * DAY, -DAY), "certificate has expired", True),
    "not yet valid": (leaf(DAY, 3 * DAY), "certificate is not yet valid", True),
    "self-signed": (issue("own", NAMES), "self-signed certificate", True),
    "incomplete": (Issued(GOOD.certificate, GOOD.key), "unable to get local issuer certificate", True),
    "another name": (leaf(names=("b.test",)), "the certificate is for b.test, not for 127.0.0.1", False),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_server_that_is_not_accepted_is_sent_nothing_and_its_facts_are_told(
    name: str, tmp_path: Path, authority: str
) -> None:
    issued, why, name_valid = FAULTS[name]
    heard = Heard()
    answers = asked(heard.context(issued, tmp_path), Tls(ca=authority), heard, times=3)
    for answer in answers:
        assert answer.failure is not None
        assert answer.failure.kind == "certificate"
        assert why in answer.failure.message
        assert answer.status == 0
        assert answer.tls is not None
        assert answer.tls.trusted == (name == "another name")
        assert answer.tls.name_valid == name_valid
        assert answer.tls.chain[0].not_after == issued.certificate.not_valid_after_utc.timestamp()
    assert heard.heads == []
    # The fault is found on a second connection once, and remembered.
    assert heard.handshakes == (3 if name == "another name" else 4)


@pytest.mark.parametrize("name", FAULTS)
def test_without_verification_it_is_asked_and_what_is_wrong_told_beside(
    name: str, tmp_path: Path, authority: str
) -> None:
    issued, why, _ = FAULTS[name]
    (answer,) = asked(issued.server(tmp_path), Tls(verify=False, ca=authority))
    assert (answer.status, answer.failure) == (200, None)
    assert answer.tls is not None
    if name == "another name":
        assert answer.tls.trusted
        assert not answer.tls.name_valid
    else:
        assert why in answer.tls.why_not


def test_a_certificate_that_was_renewed_is_noticed_at_the_next_question(tmp_path: Path, authority: str) -> None:
    async def main() -> list[HttpAnswer]:
        way, answers, port = HttpWay(), [], 0
        for issued in (leaf(-3 * DAY, -DAY), GOOD, issue("own", NAMES), GOOD):
            async with saying(plain(), issued.server(tmp_path), port=port) as port:
                question = HttpQuestion(f"https://127.0.0.1:{port}/", tls=Tls(ca=authority), seconds=20)
                answers.append(await way.ask(question))
        return answers

    answers = asyncio.run(main())
    assert [answer.status for answer in answers] == [0, 200, 0, 200]
    assert [answer.tls.trusted for answer in answers if answer.tls] == [False, True, False, True]


def test_a_server_with_old_tls_only_is_told_as_weak_and_sent_nothing(tmp_path: Path, authority: str) -> None:
    def old(heard: Heard) -> ssl.SSLContext:
        made = heard.context(GOOD, tmp_path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            made.set_ciphers("DEFAULT:@SECLEVEL=0")
            made.minimum_version = ssl.TLSVersion.TLSv1
            made.maximum_version = ssl.TLSVersion.TLSv1_1
        return made

    heard = Heard()
    for answer in asked(old(heard), Tls(ca=authority), heard, times=2):
        assert answer.failure is not None
        assert answer.failure.kind == "protocol"
        assert "offers TLSv1.1 at most" in answer.failure.message
        assert answer.tls is not None
        assert (answer.tls.weak, answer.tls.trusted, answer.tls.name_valid) == (True, True, True)
    assert heard.heads == []
    heard = Heard()
    (answer,) = asked(old(heard), Tls(ca=authority, minimum="TLSv1.1"), heard)
    assert (answer.status, answer.tls is not None and answer.tls.weak) == (200, True)


def test_the_name_asked_for_is_the_url_s_or_the_host_header_s_or_the_one_given(tmp_path: Path, authority: str) -> None:
    heard = Heard()
    context = heard.context(leaf(names=("a.test", "localhost", "127.0.0.1")), tmp_path)
    wanted = Tls(ca=authority)
    headers = (("Host", "a.test:8443"),)
    assert asked(context, wanted, heard)[0].status == 200
    assert asked(context, wanted, heard, headers=headers)[0].status == 200
    assert asked(context, Tls(ca=authority, name="localhost"), heard, headers=headers)[0].status == 200
    assert heard.names == [None, "a.test", "localhost"]
    answer = asked(context, Tls(ca=authority, name="c.test"), heard)[0]
    assert answer.failure is not None
    assert answer.failure.kind == "certificate"
    with pytest.raises(CannotAsk, match="is no name that TLS can ask for"):
        asked(context, Tls(ca=authority, name=".test"))


def test_a_client_certificate_is_shown_and_its_lack_told(tmp_path: Path, authority: str) -> None:
    client = issue("kiosk", by=ROOT)
    files = {"certificate": client.file(tmp_path, "kiosk.pem"), "key": client.with_key(tmp_path, "kiosk-key.pem")}
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = GOOD.server(tmp_path)
        context.maximum_version = version
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(authority)
        assert [each.status for each in asked(context, Tls(ca=authority, **files), times=2)] == [200, 200]
        with listening(once(b""), context, hears=True) as port:
            question = HttpQuestion(f"https://127.0.0.1:{port}/", tls=Tls(ca=authority), seconds=20)
            answer = asyncio.run(HttpWay().ask(question))
        assert answer.failure is not None
        assert answer.status == 0
        if version == ssl.TLSVersion.TLSv1_2:  # by 1.3 it is told after the handshake, and a reset may overtake it
            assert answer.failure.kind == "protocol"
            assert "alert handshake failure" in answer.failure.message


def test_a_file_that_is_not_there_cannot_be_asked_with(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(CannotAsk, match=r"none\.pem") as told:
        asked(GOOD.server(tmp_path), Tls(ca=str(tmp_path / "none.pem")))
    assert told.value.kind == "missing"
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("body", [b"", b"x" * 200_000])
def test_http_2_is_spoken_where_the_server_chooses_it(body: bytes, tmp_path: Path, authority: str) -> None:
    heard: list[Any] = []

    async def main() -> HttpAnswer:
        async with speaking_h2(GOOD.server(tmp_path), heard) as port:
            question = HttpQuestion(
                f"https://127.0.0.1:{port}/查?a=1",
                method="POST" if body else "GET",
                headers=(("X-Key", Secret("k3y")), ("Host", "a.test")),
                body=body,
                tls=Tls(ca=authority),
                seconds=20,
            )
            return await HttpWay().ask(question)

    answer = asyncio.run(main())
    assert (answer.status, answer.version, answer.failure) == (200, "2", None)
    assert answer.body == f"/%E6%9F%A5?a=1 {len(body)}".encode()
    assert answer.tls is not None
    assert answer.tls.alpn == "h2"
    assert answer.header("content-type") == "text/plain"
    assert answer.phases.processing > 0
    assert (heard[0][":authority"], heard[0]["x-key"], heard[0][":scheme"]) == ("a.test", "k3y", "https")


def test_http_2_is_not_offered_where_it_is_not_wanted(tmp_path: Path, authority: str) -> None:
    context = GOOD.server(tmp_path)
    context.set_alpn_protocols(["h2", "http/1.1"])
    (answer,) = asked(context, Tls(ca=authority), http2=False)
    assert (answer.status, answer.version) == (200, "1.1")


def test_a_redirect_from_http_to_https_keeps_to_the_rules_of_both(tmp_path: Path, authority: str) -> None:
    async def main() -> HttpAnswer:
        async with saying(plain(b"secure"), GOOD.server(tmp_path)) as there:
            redirect = plain(b"", "301 Moved", f"Location: https://127.0.0.1:{there}/x?y")
            async with saying(redirect) as port:
                question = HttpQuestion(f"http://127.0.0.1:{port}/", tls=Tls(ca=authority), seconds=20)
                return await HttpWay().ask(question)

    answer = asyncio.run(main())
    assert (answer.status, answer.redirects, answer.body) == (200, 1, b"secure")
    assert answer.url.startswith("https://")
    assert answer.tls is not None
    assert answer.phases.tls > 0


def still_open(ports: set[int]) -> int:
    """Connections of this process to the servers at these ports."""
    listed = psutil.Process().net_connections()
    return sum(1 for each in listed if each.raddr and each.raddr.port in ports)


@pytest.mark.parametrize("ended_by", ["cancellation", "deadline"])
def test_whatever_ends_a_question_leaves_no_connection(ended_by: str, tmp_path: Path, authority: str) -> None:
    async def silent(asked: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async def main(full: int) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        tls = GOOD.server(tmp_path)
        async with saying(silent) as mute, saying(silent, tls) as muted, saying(plain(), tls) as good:
            way, ports = HttpWay(), {mute, muted, good}
            seconds = 60.0 if ended_by == "cancellation" else 0.5
            # Waiting for the answer, for the handshake, for the connection, by one address and by several; and done.
            asking = [
                asyncio.ensure_future(way.ask(HttpQuestion(url, tls=Tls(ca=authority), seconds=seconds)))
                for port, schemes in (
                    (mute, ("http", "https")),
                    (muted, ("https",)),
                    (full, ("http",)),
                    (good, ("https",)),
                )
                for scheme in schemes
                for url in (f"{scheme}://127.0.0.1:{port}/", f"{scheme}://localhost:{port}/")
            ]
            while still_open(ports) < 3:
                await asyncio.sleep(0.01)
            if ended_by == "cancellation":
                for each in asking:
                    each.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
            assert still_open({*ports, full}) == 8  # those that fill the backlog

    with full_backlog() as full:
        asyncio.run(main(full))
