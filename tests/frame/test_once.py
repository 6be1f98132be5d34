"""One round of polls without a running agent: who is silent keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack
from pathlib import Path

from agent.core.snapshot import Snapshot
from agent.once import poll
from agent.tables import load_site
from tests.simulated_switch import Port, switch_objects
from tests.snmp_agent import SnmpAgent

SILENT = 13  # with eight collectors each, twice as many polls as there are turns


def test_many_silent_devices_do_not_keep_the_last_of_the_list_waiting(tmp_path: Path) -> None:
    with ExitStack() as stack:
        ports = {"live": stack.enter_context(SnmpAgent(switch_objects([Port(1, "GE1/0/1")]))).port}
        for number in range(SILENT):
            nobody = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            nobody.bind(("127.0.0.1", 0))
            ports[f"silent-{number}"] = nobody.getsockname()[1]
        config = tmp_path / "agent.yaml"
        logins = "\n".join(
            f"  {name}: {{snmp: {{version: 2c, community: public, port: {port}}}}}" for name, port in ports.items()
        )
        switches = "\n".join(
            f"- {{id: {name}, address: 127.0.0.1, credentials: {name}, timeout: 3s}}" for name in reversed(ports)
        )
        config.write_text(f"credentials:\n{logins}\nswitches:\n{switches}\n")
        site = load_site(config)
        readings = asyncio.run(poll(site, site.targets, Snapshot()))
    assert [reading.target.id for reading in readings if reading.target][-1] == "live"
    ended = {up: [reading.ended for reading in readings if reading.up is up] for up in (True, False)}
    assert {reading.target.id for reading in readings if reading.target and not reading.up} == set(ports) - {"live"}
    assert max(ended[True]) < min(ended[False])
