"""Version 3 with net-snmp's snmpd and with pysnmp as agent: every pair of protocols, wrong logins, a reboot."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.core.reach import SnmpLogin, Unanswered
from agent.core.secrets import Secret
from agent.transports.snmp import Manners, SnmpWay
from tests.peers import need
from tests.pysnmp_agent import SYS_DESCR, USERS, PysnmpAgent, pysnmp_agent
from tests.snmp_users import User, user, users
from tests.snmpd import AUTHENTICATION, PRIVACY, Snmpd, snmpd

NAME = "1.3.6.1.2.1.1.5.0"
PATIENT = Manners(pauses=(2, 5, 5))
QUICK = Manners(pauses=(0.3, 0.7))
SNMPD_USERS = users(AUTHENTICATION, PRIVACY)
KAY, LEE = user("SHA", "AES128"), user("SHA256", "")
engines = pytest.mark.parametrize("engine", ["own", "pysnmp"])


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with snmpd(tmp_path_factory.mktemp("snmpd"), users=SNMPD_USERS) as running:
        yield running


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PysnmpAgent]:
    with pysnmp_agent(tmp_path_factory.mktemp("pysnmp")) as running:
        yield running


def get(port: int, login: SnmpLogin, oid: str = NAME, by: SnmpWay | None = None) -> Any:
    async def run() -> Any:
        async with (by or SnmpWay(manners=PATIENT)).open("127.0.0.1", login, 20) as session:
            return await session.get([oid])

    return asyncio.run(run())


def walk(port: int, login: SnmpLogin, subtree: str) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        async with SnmpWay(manners=PATIENT).open("127.0.0.1", login, 60) as session:
            return {name: value async for name, value in session.walk(subtree)}

    return asyncio.run(run())


@pytest.mark.parametrize("asker", SNMPD_USERS, ids=lambda each: each.name)
def test_snmpd_answers_every_pair_of_protocols_that_it_knows(peer: Snmpd, asker: User) -> None:
    assert get(peer.port, asker.login(peer.port)) == {NAME: b"snmpd-of-tests"}


@pytest.mark.parametrize("asker", USERS, ids=lambda each: each.name)
def test_pysnmp_answers_every_pair_of_protocols_that_it_knows(second: PysnmpAgent, asker: User) -> None:
    assert SYS_DESCR in get(second.port, asker.login(second.port), SYS_DESCR)


# Every protocol once: each session of the second engine costs a quarter of a second.
ONCE = [user(auth, privacy) for auth, privacy in zip(AUTHENTICATION, PRIVACY, strict=True)] + [LEE, SNMPD_USERS[0]]


@pytest.mark.parametrize("asker", ONCE, ids=lambda each: each.name)
def test_the_second_engine_reads_snmpd_with_every_protocol(peer: Snmpd, asker: User) -> None:
    assert get(peer.port, asker.login(peer.port, engine="pysnmp")) == {NAME: b"snmpd-of-tests"}


def test_the_second_engine_reads_an_agent_with_triple_des(second: PysnmpAgent) -> None:
    assert SYS_DESCR in get(second.port, user("SHA", "3DES").login(second.port, engine="pysnmp"), SYS_DESCR)


@engines
@pytest.mark.parametrize("asker", [KAY, LEE, SNMPD_USERS[0]], ids=lambda each: each.name)
def test_a_walk_is_the_same_in_every_version_and_at_every_level(peer: Snmpd, asker: User, engine: str) -> None:
    subtree = "1.3.6.1.2.1.1.9.1"  # sysOREntry: names, texts and times that do not move
    community = SnmpLogin("2c", Secret(peer.community), port=peer.port)
    found = walk(peer.port, asker.login(peer.port, engine=engine), subtree)
    assert found == walk(peer.port, community, subtree)
    assert len(found) > 20


def test_a_walk_is_what_snmpbulkwalk_gives_the_same_user(peer: Snmpd) -> None:
    argv = [need("snmpbulkwalk"), "-v3", "-l", "authPriv", "-u", KAY.name, "-a", "SHA", "-A", KAY.auth_password]
    argv += ["-x", "AES", "-X", KAY.privacy_password, "-Onqe", "-t5", f"127.0.0.1:{peer.port}", "1.3.6.1.2.1.1.9.1.2"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True, env={"MIBS": ""})
    theirs = [tuple(line.lstrip(".").split(" .")) for line in done.stdout.splitlines()]
    assert theirs == list(walk(peer.port, KAY.login(peer.port), "1.3.6.1.2.1.1.9.1.2").items())


WRONG: dict[str, tuple[User, dict[str, Any], str, str]] = {
    "user": (KAY, {"user": "nobody"}, "authentication", "does not know the user nobody"),
    "authentication password": (
        KAY,
        {"auth": ("SHA", Secret("wrong-password"))},
        "authentication",
        "refuses the signature of the user SHA-AES128: authentication password or protocol SHA wrong?",
    ),
    "level that it does not have": (
        LEE,
        {"privacy": ("AES128", Secret("wrong-password"))},
        "authentication",
        "does not let the user SHA256- ask with authPriv",
    ),
    "level below its own": (
        KAY,
        {"privacy": None},
        "permission",
        r"with authorizationError \(16\): let these credentials",
    ),
}


@engines
@pytest.mark.parametrize(("asker", "facts", "kind", "said"), WRONG.values(), ids=WRONG.keys())
def test_snmpd_lets_one_tell_a_wrong(
    peer: Snmpd, asker: User, facts: dict[str, Any], kind: str, said: str, engine: str
) -> None:
    with pytest.raises(Unanswered, match=said) as caught:
        get(peer.port, asker.login(peer.port, engine=engine, **facts))
    assert caught.value.kind == kind
    assert "password" not in str(caught.value).replace("authentication password or", "")


@pytest.mark.parametrize("protocol", ["AES128", "DES"])
def test_a_wrong_privacy_password_is_told_although_snmpd_keeps_silent(peer: Snmpd, protocol: str) -> None:
    asker = user("SHA", protocol)
    said = f"accepts the signature of the user SHA-{protocol}, so privacy password or protocol {protocol} wrong"
    with pytest.raises(Unanswered, match=said) as caught:
        get(
            peer.port,
            asker.login(peer.port, privacy=(protocol, Secret("wrong-password"))),
            by=SnmpWay(manners=QUICK),
        )
    assert caught.value.kind == "authentication"


def test_a_wrong_privacy_password_is_told_by_agents_that_report_it(second: PysnmpAgent) -> None:
    with pytest.raises(Unanswered, match="cannot decrypt what the user SHA-AES128 asks: privacy password or protocol"):
        get(second.port, KAY.login(second.port, privacy=("AES128", Secret("wrong-password"))), SYS_DESCR)


def test_snmpd_started_again_in_between_is_read_in_the_same_poll(tmp_path: Path) -> None:
    async def boots(by: SnmpWay, port: int) -> tuple[Any, int | None]:
        async with by.open("127.0.0.1", KAY.login(port), 20) as session:
            return await session.get([NAME]), session.boots

    by = SnmpWay(manners=PATIENT)
    with snmpd(tmp_path, users=[KAY]) as first:
        before = asyncio.run(boots(by, first.port))
        time.sleep(1.1)  # so that its time goes back
    with snmpd(tmp_path, users=[KAY], port=first.port):
        after = asyncio.run(boots(by, first.port))
    assert before == ({NAME: b"snmpd-of-tests"}, 1)
    assert after == ({NAME: b"snmpd-of-tests"}, 2)


def test_three_minutes_between_the_clocks_are_overcome_in_the_same_poll(peer: Snmpd) -> None:
    shift = [0.0]
    by = SnmpWay(manners=PATIENT, clock=lambda: time.monotonic() + shift[0])
    get(peer.port, KAY.login(peer.port), by=by)
    shift[0] = 180.0
    assert get(peer.port, KAY.login(peer.port), by=by) == {NAME: b"snmpd-of-tests"}
