"""The client with net-snmp's snmpd: what it reads is what snmpget and snmpbulkwalk read."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.core.reach import Unanswered
from agent.transports.snmp import Manners, SnmpWay
from agent.transports.snmp.values import Counter32, Counter64, Gauge32, IpAddress, Opaque, TimeTicks
from tests.peers import need
from tests.snmp_agent import snmp_target
from tests.snmpd import Snmpd, snmpd

PATIENT = Manners(pauses=(2, 5, 5))
IF_TABLE = [f"1.3.6.1.2.1.2.2.1.{column}" for column in range(1, 23)]
IF_X_TABLE = [f"1.3.6.1.2.1.31.1.1.1.{column}" for column in range(1, 20)]
# What does not move between two reads: ifIndex, ifDescr, ifType, ifMtu, ifSpeed, ifAdminStatus, ifOperStatus.
STILL = tuple(f"1.3.6.1.2.1.2.2.1.{column}." for column in (1, 2, 3, 4, 5, 7, 8))


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with snmpd(tmp_path_factory.mktemp("snmpd"), pairs=30) as running:
        yield running


def walk(peer: Snmpd, version: str = "2c", subtree: str = "1.3.6.1.2.1") -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        async with SnmpWay(manners=PATIENT).session(snmp_target(peer, version=version, timeout=60)) as session:
            return {name: value async for name, value in session.walk(subtree)}

    return asyncio.run(run())


def table(peer: Snmpd, columns: list[str], version: str = "2c") -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        async with SnmpWay(manners=PATIENT).session(snmp_target(peer, version=version, timeout=60)) as session:
            return {index: row async for index, row in session.columns(columns)}

    return asyncio.run(run())


def net_snmp(program: str, peer: Snmpd, *arguments: str) -> list[tuple[str, str]]:
    """Names and values as net-snmp's own client prints them; `0x`, numbers and names, no MIB words."""
    argv = [need(program), "-v2c", "-c", peer.community, "-Onqext", "-t5", f"{peer.host}:{peer.port}", *arguments]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True, env={"MIBS": ""})
    return [(name.lstrip("."), value) for name, _, value in (line.partition(" ") for line in done.stdout.splitlines())]


def as_net_snmp(value: Any) -> str:
    if isinstance(value, bytes) and not isinstance(value, IpAddress):
        return '"' + value.hex(" ").upper() + (' "' if value else '"')
    return f".{value}" if isinstance(value, str) else str(value)


@pytest.mark.parametrize("version", ["1", "2c"])
def test_a_walk_gives_what_snmpbulkwalk_gives(peer: Snmpd, version: str) -> None:
    ours = walk(peer, version, "1.3.6.1.2.1.2.2")
    theirs = dict(net_snmp("snmpbulkwalk", peer, "1.3.6.1.2.1.2.2"))
    assert list(ours) == list(theirs)
    still = [name for name in ours if name.startswith(STILL)]
    assert len(still) == 61 * len(STILL)
    assert {name: as_net_snmp(ours[name]) for name in still} == {name: theirs[name] for name in still}


def test_a_walk_of_the_whole_mib_ends_and_has_every_type(peer: Snmpd) -> None:
    found = walk(peer, subtree="1.3")
    types = {type(value) for value in found.values()}
    assert {int, bytes, str, Counter32, Counter64, Gauge32, TimeTicks, IpAddress} <= types
    assert len(found) > 1000
    assert Opaque not in types  # UCD-SNMP-MIB's laLoadFloat is an Opaque float


def test_the_columns_of_a_table_are_its_walk(peer: Snmpd) -> None:
    rows = table(peer, IF_TABLE + IF_X_TABLE)
    assert len(rows) == 61
    assert {row["1.3.6.1.2.1.31.1.1.1.1"] for row in rows.values()} >= {b"lo", b"p0a", b"p29b"}
    names = {f"{column}.{index}" for index, row in rows.items() for column in row}
    assert names == set(walk(peer, subtree="1.3.6.1.2.1.2.2")) | set(walk(peer, subtree="1.3.6.1.2.1.31.1.1"))


def test_version_1_sees_the_same_table_but_for_the_counters_of_64_bits(peer: Snmpd) -> None:
    new, old = table(peer, IF_TABLE + IF_X_TABLE), table(peer, IF_TABLE + IF_X_TABLE, "1")
    assert list(new) == list(old)
    lost = {column for index in new for column in set(new[index]) - set(old[index])}
    assert lost == {f"1.3.6.1.2.1.31.1.1.1.{column}" for column in range(6, 14)}


def test_a_wrong_community_is_silence(peer: Snmpd) -> None:
    async def run() -> None:
        way = SnmpWay(manners=Manners(pauses=(0.2, 0.2)))
        async with way.session(snmp_target(peer, community="wrong")) as session:
            await session.get(["1.3.6.1.2.1.1.1.0"])

    with pytest.raises(Unanswered, match=r"\(2 tries\): address, ACL or community wrong\?"):
        asyncio.run(run())


def test_snmpd_is_read_over_ipv6(tmp_path: Path) -> None:
    if not Path("/proc/net/if_inet6").exists() or "lo" not in Path("/proc/net/if_inet6").read_text():
        pytest.skip("this machine has no IPv6 loopback")
    with snmpd(tmp_path, host="::1") as peer:
        assert walk(peer, subtree="1.3.6.1.2.1.1.5") == {"1.3.6.1.2.1.1.5.0": b"snmpd-of-tests"}
