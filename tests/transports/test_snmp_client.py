"""The client with agents that keep to the rules: values, tables, versions, and what it says when all is silent.

What holds of both engines is asked of both; what only one can do stands in docs/snmp-client.md.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, get_args

import pytest

from agent.core.model import Target
from agent.core.reach import CannotAsk, Login, SnmpLogin, Unanswered
from agent.core.secrets import Secret
from agent.transports.logins import AuthProtocol, PrivacyProtocol
from agent.transports.resolve import Found, Resolver
from agent.transports.snmp import Manners, Session, SnmpWay
from agent.transports.snmp.login import AUTHENTICATION, PRIVACY
from agent.transports.snmp.usm import authentication, privacy
from agent.transports.snmp.values import Counter32, Counter64, Missing, TimeTicks
from tests.namespace import run_script
from tests.peers import free_port
from tests.snmp_agent import (
    Asked,
    SnmpAgent,
    address,
    counter32,
    counter64,
    exception,
    object_id,
    reply,
    ticks,
)
from tests.snmp_v3_agent import served, target

SYS_DESCR, SYS_OBJECT_ID, SYS_UP_TIME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0", "1.3.6.1.2.1.1.3.0"
DESCR, OCTETS, NAME, HC = (
    "1.3.6.1.2.1.2.2.1.2",
    "1.3.6.1.2.1.2.2.1.10",
    "1.3.6.1.2.1.31.1.1.1.1",
    "1.3.6.1.2.1.31.1.1.1.6",
)
SYSTEM = {SYS_DESCR: "a switch", SYS_OBJECT_ID: object_id("1.3.6.1.4.1.2011.2.23.1"), SYS_UP_TIME: ticks(3600)}
QUICK = Manners(pauses=(0.15, 0.15, 0.15))  # where no answer will come
PATIENT = Manners(pauses=(0.3, 5, 5))  # where one will, on however busy a machine
versions = pytest.mark.parametrize("version", ["1", "2c", "3"])
engines = pytest.mark.parametrize("engine", ["own", "pysnmp"])


def table(rows: int) -> dict[str, Any]:
    return {
        f"{column}.{row}": value
        for row in range(1, rows + 1)
        for column, value in (
            (DESCR, f"port {row}"),
            (OCTETS, counter32(row)),
            (NAME, f"p{row}"),
            (HC, counter64(row << 40)),
        )
    }


def ask(device: Target, question: Callable[[Session], Coroutine[Any, Any, Any]], manners: Manners = PATIENT) -> Any:
    async def run() -> Any:
        async with SnmpWay(manners=manners).session(device) as session:
            return await question(session)

    return asyncio.run(run())


def get(*oids: str) -> Callable[[Session], Coroutine[Any, Any, Any]]:
    return lambda session: session.get(oids)


def columns(*oids: str) -> Callable[[Session], Coroutine[Any, Any, Any]]:
    async def read(session: Session) -> dict[str, Any]:
        return {index: row async for index, row in session.columns(oids)}

    return read


@versions
@engines
def test_values_come_by_oid_with_their_types_and_what_is_missing_is_absent(version: str, engine: str) -> None:
    with served(version, {**SYSTEM, "1.3.6.1.2.1.4.20.1.1.1": address("10.0.0.1")}) as agent:
        found = ask(
            target(agent, version, engine=engine),
            get(SYS_DESCR, "1.3.6.1.2.1.1.99.0", SYS_UP_TIME, SYS_OBJECT_ID, "1.3.6.1.2.1.4.20.1.1.1"),
        )
    assert found[SYS_DESCR] == b"a switch"
    assert found[SYS_OBJECT_ID] == "1.3.6.1.4.1.2011.2.23.1"
    assert found[SYS_UP_TIME] == TimeTicks(360000)
    assert str(found["1.3.6.1.2.1.4.20.1.1.1"]) == "10.0.0.1"
    assert "1.3.6.1.2.1.1.99.0" not in found


@versions
@engines
def test_nothing_of_what_was_asked_is_no_error(version: str, engine: str) -> None:
    with served(version, SYSTEM) as agent:
        assert ask(target(agent, version, engine=engine), get("1.3.6.1.2.1.1.99.0", "1.3.6.1.2.1.1.98.0")) == {}


@versions
@engines
def test_many_names_are_asked_in_several_packets(version: str, engine: str) -> None:
    with served(version, table(100)) as agent:
        found = ask(target(agent, version, engine=engine), get(*(f"{DESCR}.{row}" for row in range(1, 101))))
        assert len(agent.asked) == 3
    assert found[f"{DESCR}.100"] == b"port 100"


@engines
@pytest.mark.parametrize("rows", [1, 24, 25, 26, 300])
def test_a_table_is_read_whole_in_the_order_of_its_index(rows: int, engine: str) -> None:
    with SnmpAgent(table(rows)) as agent:
        found = ask(target(agent, "2c", engine=engine), columns(DESCR, OCTETS, NAME, HC))
    assert list(found) == [str(row) for row in range(1, rows + 1)]
    assert found[str(rows)] == {
        DESCR: f"port {rows}".encode(),
        OCTETS: Counter32(rows),
        NAME: f"p{rows}".encode(),
        HC: Counter64(rows << 40),
    }


@engines
def test_several_columns_share_a_packet(engine: str) -> None:
    with SnmpAgent(table(10), limit=60000) as agent:
        ask(target(agent, "2c", engine=engine), columns(DESCR, OCTETS, NAME, HC))
        assert len(agent.asked) == 1


@pytest.mark.parametrize("version", ["2c", "3"])  # version 1 has no 64-bit counters
@engines
def test_a_hole_in_a_column_does_not_shift_its_values(version: str, engine: str) -> None:
    with served(version, table(60)) as agent:
        for row in (1, 7, 8, 9, 60):
            del agent[f"{HC}.{row}"]
        found = ask(target(agent, version, engine=engine), columns(HC, NAME))
    assert found["7"] == {NAME: b"p7"}
    assert found["10"] == {NAME: b"p10", HC: 10 << 40}
    assert found["60"] == {NAME: b"p60"}


@versions
@engines
def test_a_column_that_the_agent_does_not_have_is_empty(version: str, engine: str) -> None:
    with served(version, table(3)) as agent:
        found = ask(target(agent, version, engine=engine), columns(NAME, "1.3.6.1.4.1.9.9.9"))
        assert found == {str(row): {NAME: f"p{row}".encode()} for row in (1, 2, 3)}
        assert ask(target(agent, version, engine=engine), columns("1.3.6.1.4.1.9.9.9")) == {}


@engines
def test_version_1_walks_without_getbulk_and_without_64_bits(engine: str) -> None:
    with SnmpAgent(table(30)) as agent:
        found = ask(target(agent, "1", engine=engine), columns(OCTETS, NAME, HC))
        assert {asked.kind for asked in agent.asked} == {0xA1}
    assert found["30"] == {OCTETS: 30, NAME: b"p30"}


@versions
@engines
@pytest.mark.parametrize("beyond", [{}, {"1.3.6.1.2.1.1.6.0": "here"}], ids=["last in the view", "not the last"])
def test_a_walk_of_a_scalar_gives_the_scalar(version: str, engine: str, beyond: dict[str, Any]) -> None:
    async def walk(session: Session) -> list[tuple[str, Any]]:
        return [pair async for pair in session.walk(SYS_UP_TIME)]

    with served(version, {**SYSTEM, **beyond}) as agent:
        assert ask(target(agent, version, engine=engine), walk) == [(SYS_UP_TIME, 360000)]


@versions
@engines
def test_a_walk_gives_everything_below_a_name_and_nothing_beyond(version: str, engine: str) -> None:
    async def walk(session: Session) -> list[tuple[str, Any]]:
        return [pair async for pair in session.walk("1.3.6.1.2.1.1")]

    with served(version, {**SYSTEM, **table(2)}) as agent:
        assert [name for name, _ in ask(target(agent, version, engine=engine), walk)] == [
            SYS_DESCR,
            SYS_OBJECT_ID,
            SYS_UP_TIME,
        ]


@engines
def test_a_reply_of_the_largest_datagram_is_received_whole(engine: str) -> None:
    text = "x" * 65000
    with SnmpAgent({SYS_DESCR: text}, limit=65507) as agent:
        assert ask(target(agent, "2c", engine=engine), get(SYS_DESCR)) == {SYS_DESCR: text.encode()}


@engines
def test_replies_of_many_kilobytes_are_received_whole(engine: str) -> None:
    with SnmpAgent({f"{DESCR}.{row}": f"{row:0200}" for row in range(1, 400)}, limit=30000) as agent:
        assert len(ask(target(agent, "2c", engine=engine), columns(DESCR))) == 399
        assert len(agent.asked) < 20


@engines
def test_an_agent_without_room_for_a_whole_row_is_read_all_the_same(engine: str) -> None:
    with SnmpAgent(table(40), limit=110) as agent:
        found = ask(target(agent, "2c", engine=engine), columns(DESCR, OCTETS, NAME, HC))
    assert len(found) == 40
    assert all(len(row) == 4 for row in found.values())


@engines
def test_an_agent_on_ipv6_is_read(engine: str) -> None:
    try:
        peer = SnmpAgent(SYSTEM, host="::1")
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with peer as agent:
        assert ask(target(agent, "2c", engine=engine), get(SYS_DESCR)) == {SYS_DESCR: b"a switch"}


@engines
def test_a_host_name_is_an_address(engine: str) -> None:
    first = socket.getaddrinfo("localhost", 0, type=socket.SOCK_DGRAM)[0][4][0]
    with SnmpAgent(SYSTEM, host=str(first)) as agent:
        assert SYS_DESCR in ask(target(agent, "2c", engine=engine, address="localhost"), get(SYS_DESCR))


def named_twice(*hosts: str) -> Resolver:
    """Knows `twin` by these addresses, as if it had just looked it up."""
    every = tuple(Found(socket.AF_INET, (host, 0)) for host in hosts)
    return Resolver({"twin": (time.monotonic(), every)})


@engines
def test_of_a_name_with_several_addresses_the_one_that_answers_is_asked(engine: str) -> None:
    """127.0.0.2 refuses, 127.0.0.3 is silent; then the one that answered goes away, and another answers."""

    async def polls(agent: SnmpAgent, others: list[SnmpAgent]) -> None:
        way = SnmpWay(named_twice("127.0.0.2", "127.0.0.3", "127.0.0.1"), Manners(pauses=(0.3,)))
        login = SnmpLogin("2c", Secret("public"), port=agent.port, engine=engine)

        async def poll() -> Any:
            async with way.open("twin", login, 20) as session:
                return await session.get([SYS_DESCR])

        assert await poll() == {SYS_DESCR: b"a switch"}
        agent.forget()
        assert await poll() == {SYS_DESCR: b"a switch"}
        assert len(agent.asked) == 1
        agent.behave, others[0].behave = silent, lambda asked, answer: [answer]
        with pytest.raises(Unanswered):
            await poll()
        assert await poll() == {SYS_DESCR: b"another switch"}

    def silent(asked: Asked, answer: bytes) -> list[bytes]:
        return []

    with (
        SnmpAgent(SYSTEM) as agent,
        SnmpAgent({SYS_DESCR: "another switch"}, host="127.0.0.3", port=agent.port, behave=silent) as other,
    ):
        asyncio.run(polls(agent, [other]))


def test_a_name_of_which_no_address_answers_says_what_each_did() -> None:
    async def poll(port: int) -> None:
        way = SnmpWay(named_twice("127.0.0.2", "127.0.0.1"), Manners(pauses=(0.3,)))
        async with way.open("twin", SnmpLogin("2c", Secret("wrong"), port=port), 5):
            pass

    with SnmpAgent(SYSTEM) as agent, pytest.raises(Unanswered) as caught:
        asyncio.run(poll(agent.port))
    said = "twin does not answer SNMP at any of its addresses (127.0.0.2: refused, 127.0.0.1: timeout)"
    assert str(caught.value).startswith(said)


def test_a_wrong_community_is_silence_and_the_message_says_what_may_be_wrong_but_not_the_community() -> None:
    with SnmpAgent(SYSTEM) as agent, pytest.raises(Unanswered) as caught:
        ask(target(agent, "2c", community="hunter2"), get(SYS_DESCR), QUICK)
    assert caught.value.kind == "timeout"
    message = str(caught.value)
    assert message.startswith(f"no answer from 127.0.0.1:{agent.port} within 0.")
    assert message.endswith("s (3 tries): address, ACL or community wrong?")
    assert "hunter2" not in message + repr(caught.value)


@engines
def test_a_closed_port_is_refused_at_once(engine: str) -> None:
    agent = SnmpAgent()
    with agent:
        pass
    with pytest.raises(Unanswered, match=rf"127\.0\.0\.1:{agent.port} refuses SNMP \(port closed\)") as caught:
        ask(target(agent, "2c", engine=engine), get(SYS_DESCR), Manners(pauses=(60, 60, 60)))
    assert caught.value.kind == "refused"


@engines
def test_a_name_that_does_not_exist_says_so(engine: str) -> None:
    with SnmpAgent() as agent, pytest.raises(CannotAsk) as caught:
        ask(target(agent, "2c", engine=engine, address="no-such-host.invalid"), get(SYS_DESCR))
    assert caught.value.kind == "resolve"
    assert "no-such-host.invalid" in str(caught.value)


@engines
def test_an_address_that_may_not_be_sent_to_says_so(engine: str) -> None:
    with SnmpAgent() as agent, pytest.raises(CannotAsk, match="local firewall, or a broadcast address") as caught:
        ask(target(agent, "2c", engine=engine, address="255.255.255.255"), get(SYS_DESCR))
    assert caught.value.kind == "permission"


def test_an_address_without_a_route_is_unreachable() -> None:
    said = run_script("transports/snmp_without_route.py")
    assert said.startswith("Unanswered unreachable 10.99.0.1:161 cannot be reached (Network is unreachable)")


def test_without_a_file_descriptor_it_says_what_to_raise() -> None:
    """In a process of its own, which has none left. pysnmp reads files for each session, and fails earlier."""
    script = """
import asyncio, os, resource
from agent.core.reach import CannotAsk, SnmpLogin
from agent.core.secrets import Secret
from agent.transports.snmp import SnmpWay

async def main():
    login = SnmpLogin("2c", Secret("public"), port=9)
    async with SnmpWay().open("127.0.0.1", login):
        pass  # what is imported late is here now
    await asyncio.sleep(0.1)  # and the socket closed
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    held = []
    try:
        while True:
            held.append(os.dup(0))
    except OSError:
        pass
    try:
        async with SnmpWay().open("127.0.0.1", login):
            pass
    except CannotAsk as error:
        print(error.kind, error)

asyncio.run(main())
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert said.stdout.startswith("missing 127.0.0.1:9 cannot be asked: no file descriptor left; raise LimitNOFILE")


@engines
def test_a_link_local_address_without_its_interface_says_how_to_write_it(engine: str) -> None:
    if not Path("/proc/net/if_inet6").exists():
        pytest.skip("this machine has no IPv6")
    with SnmpAgent() as agent, pytest.raises(CannotAsk) as caught:
        ask(target(agent, "2c", engine=engine, address="fe80::1"), get(SYS_DESCR))
    assert caught.value.kind == "missing"
    assert "is a link-local address: write the interface behind it, like fe80::1%eth0" in str(caught.value)


def login(**facts: Any) -> Login:
    return Login("room", SnmpLogin(**{"version": "2c", "community": Secret("hunter2"), "port": free_port(), **facts}))


KEY = Secret("hunter2hunter2")


def kay(**facts: Any) -> Login:
    return login(**{"version": "3", "community": None, "user": "kay", **facts})


def test_every_protocol_of_a_login_is_there_and_every_one_that_is_there_may_be_written() -> None:
    assert set(AUTHENTICATION) == set(authentication.PROTOCOLS) == set(get_args(AuthProtocol))
    assert set(PRIVACY) == set(privacy.PROTOCOLS) == set(get_args(PrivacyProtocol))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"login": None}, "switch sw has no SNMP login"),
        ({"login": Login("room")}, "switch sw has no SNMP login"),
        ({"address": None}, "switch sw has no address"),
        ({"login": login(version="4")}, "credentials room: SNMP version 4 does not exist; write 1, 2c or 3"),
        ({"login": login(version="3")}, "credentials room: SNMP version 3 needs a user, and no community"),
        (
            {"login": login(version="3", community=None, user="kay", privacy=("AES128", Secret("hunter2hunter2")))},
            "credentials room: SNMP privacy needs auth beside it",
        ),
        (
            {"login": login(version="3", community=None, user="kay", auth=("SHA", Secret("")))},
            "credentials room: an empty password for SHA",
        ),
        ({"login": login(community=None)}, "credentials room: SNMP version 2c needs a community"),
        (
            {"login": kay(auth=("SHA-256", KEY))},
            "room: there is no auth protocol SHA-256; write one of MD5, SHA,",
        ),
        (
            {"login": kay(auth=("SHA", KEY), privacy=("AES", KEY))},
            "room: there is no privacy protocol AES; write one",
        ),
        ({"login": kay(context_engine="zz")}, "room: context_engine zz is not hexadecimal; write it like 80001f8804"),
        ({"login": login(port=70000)}, "room: there is no port 70000; write 1 to 65535"),
        ({"login": login(engine="pysnmpp")}, "room: there is no engine pysnmpp; write one of own, pysnmp"),
    ],
)
def test_a_question_that_cannot_be_put_says_what_is_missing(facts: dict[str, Any], said: str) -> None:
    with SnmpAgent() as agent, pytest.raises(CannotAsk, match=said) as caught:
        ask(target(agent, "2c", **facts), get(SYS_DESCR))
    assert caught.value.kind == "missing"


def test_request_ids_begin_anywhere_and_every_question_has_another() -> None:
    with SnmpAgent({**SYSTEM, **table(60)}) as agent:
        for _ in range(5):
            ask(target(agent, "2c"), columns(DESCR))
        ids = [asked.request_id for asked in agent.asked]
    assert len(set(ids)) == len(ids)
    assert all(0 < number < 2**31 for number in ids)
    assert max(ids) - min(ids) > 1000


def test_request_ids_begin_again_at_one_after_the_largest() -> None:
    async def ask_on(session: Session) -> None:
        session._request_id = 2**31 - 2  # nobody waits for two billion questions
        for _ in range(3):
            await session.get([SYS_DESCR])

    with SnmpAgent(SYSTEM) as agent:
        ask(target(agent, "2c"), ask_on)
        assert [asked.request_id for asked in agent.asked] == [2**31 - 1, 1, 2]


def test_all_tries_fit_into_a_short_time() -> None:
    with SnmpAgent(behave=lambda asked, answer: []) as agent, pytest.raises(Unanswered, match=r"0\.9 s \(3 tries\)"):
        ask(target(agent, "2c", timeout=1), get(SYS_DESCR), Manners())


@engines
def test_a_late_answer_to_an_earlier_try_counts(engine: str) -> None:
    held: list[bytes] = []

    def late(asked: Asked, answer: bytes) -> list[bytes]:
        held.append(answer)
        return held[-2:-1]  # of the question before, when the next one comes

    with SnmpAgent(SYSTEM, behave=late) as agent:
        assert ask(target(agent, "2c", engine=engine), get(SYS_DESCR)) == {SYS_DESCR: b"a switch"}
        assert len({asked.request_id for asked in agent.asked}) == 2


def test_sessions_leave_no_socket_behind() -> None:
    async def polls(agent: SnmpAgent) -> None:
        way = SnmpWay(manners=PATIENT)
        for _ in range(200):
            async with way.session(target(agent, "2c")) as session:
                await session.get([SYS_DESCR])

    with SnmpAgent(SYSTEM) as agent:
        before = _descriptors()
        asyncio.run(polls(agent))
        assert _descriptors() <= before


def test_a_session_that_is_cancelled_while_it_opens_leaves_no_socket_behind() -> None:
    async def cancelled(agent: SnmpAgent) -> None:
        way = SnmpWay()

        async def open_one() -> None:
            async with way.session(target(agent, "2c")):
                raise AssertionError("it was to be cancelled before")

        for _ in range(20):
            opening = asyncio.create_task(open_one())
            await asyncio.sleep(0)
            opening.cancel()
            with pytest.raises(asyncio.CancelledError):
                await opening
        await asyncio.sleep(0)

    with SnmpAgent(SYSTEM) as agent:
        before = _descriptors()
        asyncio.run(cancelled(agent))
        assert _descriptors() <= before


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@engines
def test_exceptions_are_values_of_their_own_to_those_who_walk(engine: str) -> None:
    async def walk(session: Session) -> list[Any]:
        return [value async for _, value in session.walk("1.3.6.1.2.1.1")]

    def nothing(asked: Asked, answer: bytes) -> list[bytes]:
        return [reply(asked, [(asked.oids[0], exception(0x82))])]

    with SnmpAgent(SYSTEM, behave=nothing) as agent:
        assert ask(target(agent, "2c", engine=engine), walk) == []
    assert Missing(0x82) is Missing.END_OF_MIB_VIEW


@engines
def test_one_session_may_be_asked_several_things_at_the_same_time(engine: str) -> None:
    lost = iter([True] * 4)

    def first_tries_lost(asked: Asked, answer: bytes) -> list[bytes]:
        return [] if next(lost, False) else [answer]

    async def together(session: Session) -> Any:
        return await asyncio.gather(*map(session.get, ([SYS_DESCR], [SYS_UP_TIME])), session.subtree(DESCR))

    with SnmpAgent({**SYSTEM, **table(3)}, behave=first_tries_lost) as agent:
        text, up_time, names = ask(target(agent, "2c", engine=engine), together, Manners(pauses=(0.3,) * 20))
    assert (text, up_time) == ({SYS_DESCR: b"a switch"}, {SYS_UP_TIME: 360000})
    assert names == {(row,): f"port {row}".encode() for row in (1, 2, 3)}
