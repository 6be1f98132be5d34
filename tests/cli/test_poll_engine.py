"""`poll --engine pysnmp` reads a device with the second engine, whatever its login says, and finds the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.simulated_switch import Port, switch_objects
from tests.snmp_agent import SnmpAgent

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))


def polled(place: Path, *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [SHOUWANG, "poll", "core", "-c", str(place / "agent.yaml"), "--format", "json", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    readings = json.loads(done.stdout)
    (reading,) = [each for each in readings if each["collector"] == "switch"]
    assert reading["error"] is None, done.stderr
    return {
        f"{each['metric']}{sorted(each['labels'].items())}": each["value"]
        for each in reading["samples"]
        if each["metric"].startswith("interface_")
    }


def test_both_engines_read_the_same_of_a_switch(tmp_path: Path) -> None:
    with SnmpAgent(switch_objects([Port(1, "GigabitEthernet1/0/1"), Port(2, "GigabitEthernet1/0/2")], 1000)) as peer:
        (tmp_path / "agent.yaml").write_text(
            "switches: [{id: core, name: 核心, address: 127.0.0.1, credentials: room, timeout: 20s}]\n"
            f"credentials: {{room: {{snmp: {{version: 2c, community: public, port: {peer.port}}}}}}}\n",
            encoding="utf-8",
        )
        own, second = polled(tmp_path), polled(tmp_path, "--engine", "pysnmp")
    assert own
    assert own == second
