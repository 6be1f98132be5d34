"""`shouwang assets` as a person meets it: a list in a file, a switch that answers SNMP, the agent beside it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.frame.centre import SELF, Centre
from tests.peers import until
from tests.simulated_bridge import bridge_ports, q_learnt
from tests.simulated_switch import Port
from tests.snmp_agent import SnmpAgent, object_id, ticks

PC, NAS, ROGUE = (f"00:e0:fc:00:01:0{n}" for n in (1, 2, 9))
TODAY = date.today()  # noqa: DTZ011 - as people write it into a list
LISTED = (
    "编号,名称,MAC地址,IP地址,责任人,位置,重要程度,保修到期,软件日期\n"
    f"SW1,接入交换机,,127.0.0.1,,弱电间,关键,{TODAY + timedelta(20)},{TODAY - timedelta(2000)}\n"
    f"PC1,前台电脑,{PC},10.0.0.5,王工,1号窗口,,,\n"
    f"NAS,备份,{NAS},,李工,机房,,{TODAY - timedelta(1)},\n"
    "CAB,机柜,,,,机房,,,\n"
)


@pytest.fixture
def switch() -> Iterator[SnmpAgent]:
    ports = [Port(10 + number, f"GE0/0/{number}") for number in range(1, 9)]
    with SnmpAgent({oid: value for port in ports for oid, value in port.objects().items()}) as agent:
        agent.update(bridge_ports({number: 10 + number for number in range(1, 9)}, vlan=1))
        agent.update({"1.3.6.1.2.1.1.3.0": ticks(1000), "1.3.6.1.2.1.1.2.0": object_id("1.3.6.1.4.1.2011.2.23.732")})
        agent.update(q_learnt(1, 1, PC) | q_learnt(1, 7, ROGUE))
        agent.update({"1.3.6.1.2.1.4.22.1.2.1.10.0.0.8": bytes.fromhex(PC.replace(":", ""))})
        agent.update({"1.3.6.1.2.1.4.22.1.2.1.10.0.0.66": bytes.fromhex(ROGUE.replace(":", ""))})
        yield agent


@pytest.fixture
def centre(tmp_path: Path, switch: SnmpAgent) -> Centre:
    centre = Centre(tmp_path)
    (tmp_path / "assets.csv").write_text(LISTED, encoding="gb18030")
    centre.write(
        f"hosts: [{SELF}]\nassets: assets.csv\n"
        f"credentials: {{room: {{snmp: {{version: 2c, community: public, port: {switch.port}}}}}}}\n"
        "switches: [{id: access, name: 接入, address: 127.0.0.1, credentials: room, every: 2s, timeout: 2s}]\n"
    )
    return centre


def test_each_asset_is_shown_with_its_place_and_what_to_do_about_it(centre: Centre) -> None:
    with centre.agent():
        until(lambda: 'asset="PC1",address="10.0.0.8"' in centre.get("/metrics"), why="no table of ARP")
        until(lambda: 'asset="PC1",interface="GE0/0/1"' in centre.get("/metrics"), why="no table of addresses")
        found = json.loads(centre.command("assets", "--format", "json").stdout)
    assert found["match_ratio"] is None  # the NAS may be asleep: a day must be over
    told = {each["asset"]: each for each in found["assets"]}
    assert {name: each["to_do"] for name, each in told.items()} == {
        "SW1": ["owner", "expiring", "old"],
        "PC1": ["moved"],
        "NAS": ["expired"],
        "CAB": ["unfindable"],
    }
    pc = told["PC1"]
    assert (pc["target"], pc["interface"], pc["vlan"], pc["address"]) == ("access", "GE0/0/1", "1", "10.0.0.8")
    assert told["SW1"]["last_seen"] is not None
    assert told["NAS"]["last_seen"] is None
    assert found["strangers"] == [
        {"mac": ROGUE, "target": "access", "interface": "GE0/0/7", "vlan": "1", "address": "10.0.0.66"}
    ]
    # The agent has ended: what it saw is on disk.
    table = centre.command("assets").stdout
    assert "地址是 10.0.0.8,清单写 10.0.0.5" in table
    assert "access GE0/0/7" in table
    assert "access GE0/0/1" in table
    rows = list(csv.DictReader(io.StringIO(centre.command("assets", "--todo", "--format", "csv").stdout[1:])))
    assert [row["asset"] for row in rows] == ["SW1", "PC1", "NAS", "CAB"]
    assert rows[0]["to_do"].startswith("没有责任人; 保修")


def test_the_next_agent_knows_what_the_last_one_saw(centre: Centre, switch: SnmpAgent) -> None:
    with centre.agent():
        until(lambda: 'asset="PC1",interface="GE0/0/1"' in centre.get("/metrics"), why="no table of addresses")
    switch.behave = lambda asked, answer: []
    with centre.agent():
        found = json.loads(centre.command("assets", "--format", "json").stdout)
        told = {each["asset"]: each for each in found["assets"]}
        assert (told["PC1"]["interface"], told["PC1"]["last_seen"] is None) == ("GE0/0/1", False)


def test_the_lists_dates_and_gaps_are_measurements(centre: Centre) -> None:
    with centre.agent():
        until(lambda: centre.value("checklist_assets_without_owner"), why="nobody looked at the list")
        end = centre.value('checklist_asset_warranty_end_timestamp_seconds{asset="SW1"}')
    assert end is not None
    assert date.fromtimestamp(end - 43200) == TODAY + timedelta(20)  # noqa: DTZ012 - the middle of its last day


def test_a_list_that_is_empty_for_a_moment_makes_nobody_a_stranger_and_is_told(centre: Centre, tmp_path: Path) -> None:
    with centre.agent():
        until(lambda: 'asset="PC1",interface="GE0/0/1"' in centre.get("/metrics"), why="no table of addresses")
        (tmp_path / "assets.csv").write_bytes(b"")
        until(lambda: "仍用上次读到的清单(4 台)" in centre.command("assets").stderr, 30, "nobody noticed")
        assert centre.get("/metrics").count("device_unknown_station_info{") == 1
        assert 'asset="PC1",interface="GE0/0/1"' in centre.get("/metrics")


@pytest.mark.parametrize(
    ("sections", "code", "words"),
    [
        (f"hosts: [{SELF}]", 2, "没有 assets:"),
        (f"hosts: [{SELF}]\nassets: agent.yaml", 1, "表头里没有 mac 一列"),
        (f"hosts: [{SELF}]\nassets: assets.csv", 1, "还没有任何记录"),
    ],
)
def test_what_is_lacking_is_told(centre: Centre, sections: str, code: int, words: str) -> None:
    centre.write(sections)
    done = centre.command("assets")
    assert (done.returncode, words in done.stderr) == (code, True), done.stderr
