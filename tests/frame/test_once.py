"""One round of polls without a running agent: who is silent keeps nobody else waiting, a host is logged in to once."""

from __future__ import annotations

import ast
import asyncio
import gzip
import inspect
import os
import socket
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from agent.core.snapshot import Snapshot
from agent.once import poll
from agent.tables import load_site
from collectors import COLLECTORS
from tests.simulated_switch import Port, switch_objects
from tests.snmp_agent import SnmpAgent
from tests.sshd import sshd

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


def test_a_host_is_logged_in_to_once_whatever_is_asked_of_it(tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    (copies / "db.gz").write_bytes(gzip.compress(b"x"))
    os.utime(copies / "db.gz", (time.time() - 3600,) * 2)
    (tmp_path / "sshd").mkdir()
    with sshd(tmp_path / "sshd") as server:
        config = tmp_path / "agent.yaml"
        login = f"{{user: {server.login.user}, key: {server.login.key}, known_hosts: {server.login.known_hosts}"
        config.write_text(
            f"credentials:\n  room: {{ssh: {login}, port: {server.port}}}}}\n"
            "hosts:\n- {id: store, address: 127.0.0.1, by: ssh, credentials: room, timeout: 30s}\n"
            f"backups:\n- {{id: db, host: store, path: {copies}, expect_every: 1d, timeout: 30s}}\n"
        )
        site = load_site(config)
        readings = asyncio.run(poll(site, site.targets, Snapshot()))
        assert server.logins == 1
    told = {metric for each in readings if each.up for metric in each.by_metric}
    assert {"host_memory_usage_ratio", "backup_copies", "backup_verified"} <= told


def test_what_may_keep_a_host_busy_for_long_is_marked_so_in_the_table() -> None:
    """In one round it comes last: before the rest it would keep that waiting on the one connection."""
    beside = {each.name for each in COLLECTORS.values() if _goes_apart(inspect.getmodule(each.collect))}
    assert beside == {each.name for each in COLLECTORS.values() if each.lasting}


def _goes_apart(module: object) -> bool:
    """Whether it, or a module of its own package that it imports, opens a session apart."""
    package = getattr(module, "__name__", "").rpartition(".")[0]
    names = {getattr(module, "__name__", "")}
    text = inspect.getsource(sys.modules[getattr(module, "__name__", "")])
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found = {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
            names |= {each for each in found & sys.modules.keys() if each.startswith(package) and each != package}
    return any("apart=True" in inspect.getsource(sys.modules[each]) for each in names)
