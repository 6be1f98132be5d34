"""Asking name servers: a real dnsmasq for what is right, a hostile server for everything else."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import socket
import struct
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.core.dns import DnsAnswer, Question
from agent.core.reach import CannotAsk, Unanswered
from agent.core.tls import Tls
from agent.transports.dns import AT_ONCE, DnsWay
from agent.transports.dns_message import NoMessage, sections
from tests.certificates import issue
from tests.dnsmasq import dnsmasq
from tests.peers import free_port
from tests.udp_server import answering

RECORDS = (
    "host-record=yewu.test,10.30.1.10,fd00::10,600",
    "address=/twenty.test/10.0.0.1",
    "mx-host=test,mail.test,10",
    "srv-host=_ldap._tcp.test,ldap.test,389",
    'txt-record=words.test,v=1;"quoted"',
    "cname=alias.test,yewu.test",
    "auth-zone=auth.test,10.99.0.0/16",
    "auth-server=ns.auth.test,127.0.0.9",
    "auth-soa=2026112401,hostmaster.auth.test,1200,120,1209600",
    *(f"host-record=many.test,10.77.0.{number}" for number in range(1, 61)),
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with dnsmasq(tmp_path_factory.mktemp("dnsmasq"), *RECORDS, "local=/test/") as port:
        yield port


def ask(
    port: int, question: Question, timeout: float = 20, server: str | None = "127.0.0.1", **how: object
) -> DnsAnswer:
    return asyncio.run(DnsWay().ask(question, server=server, port=port, timeout=timeout, **how))  # type: ignore[arg-type]


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("yewu.test", "A", ("10.30.1.10",)),
        ("yewu.test.", "AAAA", ("fd00::10",)),
        ("YEWU.test", "A", ("10.30.1.10",)),
        ("test", "MX", ("10 mail.test.",)),
        ("_ldap._tcp.test", "SRV", ("0 0 389 ldap.test.",)),
        ("words.test", "TXT", ('"v=1;\\"quoted\\""',)),
        ("10.30.1.10", "PTR", ("yewu.test.",)),
        ("fd00::10", "PTR", ("yewu.test.",)),
    ],
)
def test_what_a_real_server_knows(server: int, transport: str, name: str, kind: str, data: tuple[str, ...]) -> None:
    answer = ask(server, Question(name, kind, transport=transport))  # type: ignore[arg-type]
    assert (answer.rcode, answer.data(kind)) == ("NOERROR", data)
    assert (answer.server, answer.transport, answer.truncated) == ("127.0.0.1", transport, False)
    assert {"QR", "RD"} <= set(answer.flags)
    assert 0 <= answer.connect < 20
    assert 0 < answer.request < 20


def test_a_record_reads_as_a_line_of_a_zone_file(server: int) -> None:
    (record,) = ask(server, Question("yewu.test")).answer
    assert record.text == "yewu.test.\t600\tIN\tA\t10.30.1.10"


def test_an_alias_comes_with_what_it_stands_for(server: int) -> None:
    answer = ask(server, Question("alias.test"))
    assert (answer.data("CNAME"), answer.data("A")) == (("yewu.test.",), ("10.30.1.10",))


def test_a_name_that_is_not_there_is_an_answer(server: int) -> None:
    answer = ask(server, Question("nowhere.test"))
    assert (answer.rcode, answer.answer, answer.serial) == ("NXDOMAIN", (), None)


def test_the_serial_of_a_zone(server: int) -> None:
    answer = ask(server, Question("auth.test", "SOA", transport="tcp", recursion=False), server="127.0.0.1")
    assert (answer.rcode, answer.serial) == ("NOERROR", 2026112401)


def test_what_udp_cuts_off_is_asked_for_by_tcp(server: int) -> None:
    answer = ask(server, Question("many.test"))
    assert (answer.truncated, answer.transport, len(answer.answer)) == (True, "tcp", 60)


def test_what_udp_cuts_off_can_be_taken_as_it_is(server: int) -> None:
    answer = ask(server, Question("many.test", whole=False))
    assert (answer.truncated, answer.transport) == (True, "udp")
    assert len(answer.answer) < 60


def test_the_source_address_is_the_one_asked_for(tmp_path: Path) -> None:
    with dnsmasq(tmp_path, "log-queries=extra", "address=/x.test/10.0.0.1") as port:
        for transport in ("udp", "tcp"):
            ask(port, Question("x.test", transport=transport), source="127.0.0.7")  # type: ignore[arg-type]
        assert (tmp_path / "dnsmasq.log").read_text().count("127.0.0.7/") >= 2


@pytest.mark.parametrize("question", [Question("a..b"), Question("x" * 70 + ".test"), Question("a.test", "NONSENSE"),
                                      Question("a.test", dns_class="XX"), Question("a." * 200)])  # fmt: skip
def test_what_is_no_question_is_said(question: Question) -> None:
    with pytest.raises(CannotAsk, match="not a DNS question"):
        ask(1, question)


@pytest.mark.parametrize("source", ["203.0.113.9", "::1"])
def test_a_source_that_is_not_ours_cannot_ask(source: str) -> None:
    with pytest.raises(CannotAsk, match="not an address"):
        ask(free_port(socket.SOCK_DGRAM), Question("a.test"), source=source)


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_a_closed_port_is_told_at_once(transport: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unanswered) as caught:
        ask(free_port(), Question("a.test", transport=transport))  # type: ignore[arg-type]
    assert caught.value.kind == "refused"
    assert time.monotonic() - began < 10


def test_a_server_whose_name_is_not_found_cannot_be_asked() -> None:
    with pytest.raises(CannotAsk) as caught:
        ask(53, Question("a.test"), server="no-such-host.invalid")
    assert caught.value.kind == "resolve"


def test_the_addresses_of_a_name_are_those_of_this_machines_resolver() -> None:
    assert asyncio.run(DnsWay().addresses("fd00::0:1", timeout=5)) == ("fd00::1",)
    assert "127.0.0.1" in asyncio.run(DnsWay().addresses("localhost", timeout=5))
    assert asyncio.run(DnsWay().addresses("fe80::1%lo", timeout=5)) == (f"fe80::1%{socket.if_nametoindex('lo')}",)
    with pytest.raises(CannotAsk, match=r"no-such-name\.invalid"):
        asyncio.run(DnsWay().addresses("no-such-name.invalid", timeout=5))


def test_dns_over_tls_tells_the_certificate(server: int, tmp_path: Path) -> None:
    issued = issue("dns", ["127.0.0.1"])

    async def main() -> DnsAnswer:
        async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            inner, out = await asyncio.open_connection("127.0.0.1", server)
            out.write(await reader.read(1000))
            writer.write(await inner.read(1000))
            await reader.read()
            out.close()
            writer.close()

        front = await asyncio.start_server(relay, "127.0.0.1", 0, ssl=issued.server(tmp_path))
        async with front:
            return await DnsWay().ask(
                Question("yewu.test", transport="tls"),
                server="127.0.0.1",
                port=front.sockets[0].getsockname()[1],
                timeout=20,
                tls=Tls(ca=issued.file(tmp_path, "ca.pem")),
            )

    answer = asyncio.run(main())
    assert answer.data("A") == ("10.30.1.10",)
    assert answer.handshake is not None
    assert answer.handshake.trusted


A = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + b"\x0a\0\0\1"


def message(
    query: bytes, records: bytes = A, count: int = 1, flags: int = 0x8180, identity: bytes | None = None
) -> bytes:
    return (identity or query[:2]) + struct.pack("!HHHHH", flags, 1, count, 0, 0) + query[12:] + records


GARBAGE: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda query: b"",
    "noise": lambda query: os.urandom(300),
    "wrong id": lambda query: message(query, identity=bytes(each ^ 255 for each in query[:2])),
    "another question": lambda query: message(query[:12] + b"\x01b\x04test\0" + query[-4:]),
    "another type": lambda query: message(query[:-4] + b"\0\x1c" + query[-2:]),
    "a query": lambda query: query,
    "half a head": lambda query: query[:7],
    "another opcode": lambda query: message(query, flags=0x8180 | 5 << 11),
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_the_answer_is_found_behind_what_is_none(garbage: Callable[[bytes], bytes]) -> None:
    with answering(lambda query: [*[garbage(query)] * 60, message(query)]) as port:
        assert ask(port, Question("a.test")).data("A") == ("10.0.0.1",)


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_nothing_but_garbage_is_a_timeout_that_says_so(garbage: Callable[[bytes], bytes]) -> None:
    with (
        answering(lambda query: [garbage(query)]) as port,
        pytest.raises(Unanswered, match="no answer to it") as e,
    ):
        ask(port, Question("a.test"), timeout=0.3)
    assert e.value.kind == "timeout"


def test_an_answer_from_another_port_is_not_taken() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
    ):
        server.bind(("127.0.0.1", 0))

        async def main() -> DnsAnswer:
            way = DnsWay()
            asking = asyncio.create_task(
                way.ask(Question("a.test"), server="127.0.0.1", port=server.getsockname()[1], timeout=0.5)
            )
            await asyncio.sleep(0.1)
            query, peer = server.recvfrom(1000)
            other.sendto(message(query), peer)
            return await asking

        with pytest.raises(Unanswered, match=r"no answer within 0\.5 s\Z"):
            asyncio.run(main())


def test_a_question_that_is_lost_is_sent_again() -> None:
    seen: list[bytes] = []

    def reply(query: bytes) -> list[bytes]:
        seen.append(query)
        return [message(query)] if len(seen) > 1 else []

    with answering(reply) as port:
        assert ask(port, Question("a.test")).rcode == "NOERROR"
    assert len(set(seen)) == 1


LONG = b"\x01a" * 120 + b"\0"
AT = 12 + len(b"\x01a\x04test\0") + 4  # where the first record of a reply to a.test begins
BACK = struct.pack("!H", 0xC000 | AT)
SOA = struct.pack("!HHIH", 6, 1, 60, 24)
BAD: dict[str, tuple[bytes, int]] = {
    "a pointer to itself": (BACK + A[2:], 1),
    "pointers in a circle": (struct.pack("!H", 0xC000 | AT + 2) + BACK + A[2:], 1),
    "a pointer beyond the end": (b"\xff\xff" + A[2:], 1),
    "a name longer than 255": ((b"\x3f" + b"a" * 63) * 4 + b"\0" + A[2:], 1),
    "a label of an unknown kind": (b"\x80a\0" + A[2:], 1),
    "more records than bytes": (A, 400),
    "data longer than the message": (A[:-6] + b"\xff\xff" + A[-4:], 1),
    "an address of three bytes": (A[:-6] + b"\0\3" + A[-3:], 1),
    "10,000 records": (A * 600, 10_000),
    "long names of other types": ((BACK + struct.pack("!HHIH", 17, 1, 60, 4) + BACK + BACK) * 400, 400),
}  # fmt: skip


@pytest.mark.parametrize(("records", "count"), BAD.values(), ids=BAD.keys())
def test_an_answer_that_cannot_be_read_is_told_as_such(records: bytes, count: int) -> None:
    with answering(lambda query: [message(query, records, count)]) as port:
        with pytest.raises(Unanswered, match="cannot be read") as caught:
            ask(port, Question("a.test"))
        assert caught.value.kind == "protocol"


def test_records_that_all_point_at_one_long_name_are_read_in_no_time() -> None:
    records = LONG + A[2:] + (BACK + SOA + BACK + BACK + bytes(20)) * 499
    with answering(lambda query: [message(query, records, 500)]) as port:
        began = time.process_time()
        answer = ask(port, Question("a.test"))
        assert time.process_time() - began < 2  # dnspython's own reader takes 15 s
    assert len(answer.answer) == 500
    assert answer.answer[1].data.startswith("a.a.a.")


def test_names_of_any_bytes_are_escaped() -> None:
    record = b"\x04a.\xff \x04test\0" + struct.pack("!HHIH", 5, 1, 60, 2) + b"\xc0\x0c"
    with answering(lambda query: [message(query, record)]) as port:
        answer = ask(port, Question("a.test", "CNAME"))
    assert answer.answer[0].text == "a\\.\\255\\032.test.\t60\tIN\tCNAME\ta.test."


def test_no_bytes_make_the_reader_fail_in_another_way_than_its_own() -> None:
    chance = random.Random(20261124)
    for _ in range(5000):
        kind = chance.choice([*range(1, 66), 99, 249, 250, 255, 257, 32768, chance.randrange(65536)])
        data = chance.choice([chance.randbytes(chance.randint(0, 60)), b"\x04mail\xc0\x0c", b"\0\x0a\xc0\x0c"])
        record = b"\xc0\x0c" + struct.pack("!HHIH", kind, chance.choice([1, 3, 254, 255]), 60, len(data)) + data
        wire = bytearray(message(b"id" + bytes(10) + b"\x01a\x04test\0\0\1\0\1", record * 2, 2))
        for _ in range(chance.choice([0, 1, 3])):
            wire[chance.randrange(12, len(wire))] = chance.randrange(256)
        with contextlib.suppress(NoMessage):
            assert all(record.text for section in sections(bytes(wire)) for record in section)


def test_a_crowd_of_questions_takes_turns() -> None:
    async def main(port: int) -> tuple[list[BaseException | DnsAnswer], int]:
        way = DnsWay()
        patience = [1.5] * AT_ONCE + [0.5] * 20
        asking = [way.ask(Question("a.test"), server="127.0.0.1", port=port, timeout=each) for each in patience]
        tasks = [asyncio.create_task(each) for each in asking]
        await asyncio.sleep(0.3)
        opened = len(os.listdir("/proc/self/fd"))
        return await asyncio.gather(*tasks, return_exceptions=True), opened

    before = len(os.listdir("/proc/self/fd"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        told, opened = asyncio.run(main(silent.getsockname()[1]))
    assert AT_ONCE <= opened - before <= AT_ONCE + 10
    assert {type(each) for each in told[:AT_ONCE]} == {Unanswered}
    assert {type(each) for each in told[AT_ONCE:]} == {CannotAsk}


def test_a_refusal_without_the_question_is_an_answer() -> None:
    with answering(lambda query: [query[:2] + struct.pack("!HHHHH", 0x8105, 0, 0, 0, 0)]) as port:
        assert ask(port, Question("a.test")).rcode == "REFUSED"


@contextlib.contextmanager
def hostile_tcp(speak: Callable[[socket.socket], object]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)

        def serve() -> None:
            with contextlib.suppress(OSError):
                opened, _ = server.accept()
                with opened:
                    opened.settimeout(5)
                    speak(opened)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.close()
        thread.join(10)


def endless(opened: socket.socket) -> None:
    while True:
        opened.sendall(b"\xff\xff" + bytes(65535))


def slow(opened: socket.socket) -> None:
    while True:
        opened.sendall(b"\1")
        time.sleep(0.1)


def reset(opened: socket.socket) -> None:
    opened.recv(100)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize(
    ("speak", "kind"),
    [
        (endless, "protocol"),
        (slow, "timeout"),
        (lambda opened: opened.recv(100) and time.sleep(2), "timeout"),
        (reset, "refused"),
        (lambda opened: opened.recv(100), "refused"),
        (lambda opened: (opened.recv(100), opened.sendall(b"\0\x40abc")), "refused"),
    ],
    ids=["endless", "a byte at a time", "silent", "reset", "closed", "half an answer"],
)
def test_a_hostile_server_by_tcp_costs_neither_time_nor_memory_nor_descriptors(
    speak: Callable[[socket.socket], object], kind: str
) -> None:
    async def main(port: int) -> tuple[str, int, int]:
        before = len(os.listdir("/proc/self/fd"))
        with pytest.raises(Unanswered) as caught:
            await DnsWay().ask(Question("a.test", transport="tcp"), server="127.0.0.1", port=port, timeout=1)
        return caught.value.kind, before, len(os.listdir("/proc/self/fd"))

    with hostile_tcp(speak) as port:
        tracemalloc.start()
        found, before, after = asyncio.run(main(port))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert found == kind
    assert after <= before + 1  # the server's own end may still be open
    assert peak < 20e6


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_an_asker_that_is_cancelled_leaves_no_descriptor(transport: str) -> None:
    async def main(port: int) -> tuple[int, int]:
        before = len(os.listdir("/proc/self/fd"))
        task = asyncio.create_task(
            DnsWay().ask(Question("a.test", transport=transport), server="127.0.0.1", port=port, timeout=20)  # type: ignore[arg-type]
        )
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return before, len(os.listdir("/proc/self/fd"))

    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(server.getsockname())
        before, after = asyncio.run(main(server.getsockname()[1]))
    assert after == before


def conf(folder: Path, text: str) -> Path:
    path = folder / "resolv.conf"
    path.write_text(text)
    return path


def test_the_machines_own_resolvers_are_read_as_the_c_library_reads_them(tmp_path: Path) -> None:
    text = "# nameserver 9.9.9.9\nsearch test\nnameserver 10.0.0.1\nnameserver\nnameserver nonsense\n"
    text += "  nameserver fe80::1%eth0\nnameserver 10.0.0.1\nnameserver ::1\nnameserver 10.0.0.2\n"
    assert DnsWay(resolv_conf=conf(tmp_path, text)).resolvers() == ("10.0.0.1", "fe80::1%eth0", "::1")
    assert DnsWay(resolv_conf=tmp_path / "none").resolvers() == ()


def test_without_resolvers_nothing_can_be_asked(tmp_path: Path) -> None:
    with pytest.raises(CannotAsk, match="no name server"):
        asyncio.run(DnsWay(resolv_conf=conf(tmp_path, "")).ask(Question("a.test"), timeout=5))


@pytest.mark.parametrize("first", ["silent", "servfail"])
def test_the_next_resolver_is_asked_where_the_first_one_fails(tmp_path: Path, first: str) -> None:
    """Both on one port, as resolv.conf names none."""
    with (
        dnsmasq(tmp_path, "address=/a.test/10.0.0.1", address="127.0.0.3") as port,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bad,
    ):
        bad.bind(("127.0.0.2", port))

        async def main() -> DnsAnswer:
            way = DnsWay(resolv_conf=conf(tmp_path, "nameserver 127.0.0.2\nnameserver 127.0.0.3\n"))
            asking = asyncio.create_task(way.ask(Question("a.test"), port=port, timeout=4))
            await asyncio.sleep(0.1)
            query, peer = bad.recvfrom(1000)
            if first == "servfail":
                bad.sendto(message(query, b"", 0, flags=0x8182), peer)
            return await asking

        answer = asyncio.run(main())
    assert (answer.server, answer.data("A")) == ("127.0.0.3", ("10.0.0.1",))


def test_what_the_last_resolver_says_is_the_answer(tmp_path: Path) -> None:
    with answering(lambda query: [message(query, b"", 0, flags=0x8182)]) as port:
        way = DnsWay(resolv_conf=conf(tmp_path, "nameserver 127.0.0.1\n"))
        assert asyncio.run(way.ask(Question("a.test"), port=port, timeout=4)).rcode == "SERVFAIL"
