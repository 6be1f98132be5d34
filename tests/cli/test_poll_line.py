"""`poll LINE` judges the line by its switch as well, though only the line was asked for."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from agent.cli import main
from tests.simulated_switch import Port, switch_objects
from tests.snmp_agent import SnmpAgent
from tests.transports.test_tcp import full_backlog

AGENT_YAML = """
credentials: {{room: {{snmp: {{version: 2c, community: "file:community", port: {port}}}}}}}
switches: [{{id: core, name: 核心, address: 127.0.0.1, credentials: room, timeout: 20s}}]
lines:
- id: yibao
  timeout: 4s
  via: {{switch: core, port: GigabitEthernet1/0/3}}
  probes: [{{layer: application, tcp: "127.0.0.1:{silent}"}}]
"""


def test_a_line_that_is_asked_for_alone_is_judged_by_its_port_too(tmp_path: Path) -> None:
    (tmp_path / "community").write_text("public")
    ports = [Port(3, "GigabitEthernet1/0/3", admin=2, oper=2)]
    with SnmpAgent(switch_objects(ports, 1000)) as peer, full_backlog() as silent:
        text = AGENT_YAML.format(port=peer.port, silent=silent)
        (tmp_path / "agent.yaml").write_text(text, encoding="utf-8")
        words = ["poll", "yibao", "-c", str(tmp_path / "agent.yaml"), "--format", "json"]
        (reading,) = json.loads(CliRunner().invoke(main.application(), words).stdout)
    assert (reading["target"], reading["collector"]) == ("yibao", "line")
    assert "GigabitEthernet1/0/3 被关闭(shutdown)" in reading["diagnosis"]["zh"]
