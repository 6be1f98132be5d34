"""A second vantage: a real sshd whose sessions run in a network of their own, with a firewall (isolation_network)."""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agent.core.model import Target
from agent.core.others import NothingKnown
from agent.core.reach import Login, Poll, Reach, ReachError, SnmpLogin
from agent.core.text import spoken
from agent.transports.ssh import SshWay
from collectors.host.options import HostOptions
from collectors.isolation import COLLECTOR, IsolationOptions
from tests.namespace import ROOT, inside, need_namespace
from tests.peers import need, running, until
from tests.sshd import Keys, Sshd, sshd

SNMPD = "agentAddress udp:10.9.0.1:161\nrocommunity nobody-knows-this\n"
# What a host has, by what its nc is called here; what a round of commands needs is there on all.
TOOLS = ("sh", "head", "id", "timeout", "true", "grep", "tr")
V2C, V3 = (Login("room", snmp=SnmpLogin(version)) for version in ("2c", "3"))


@contextmanager
def network(folder: Path) -> Iterator[int]:
    """The process whose network it is."""
    need_namespace()
    need("nft")
    log = folder / "network.log"
    script = ROOT / "tests" / "collectors" / "isolation_network.py"
    with running(inside(sys.executable, str(script), "run"), log) as child:
        until(lambda: "ready" in log.read_text(), why=f"the network is there: {log}")
        yield child.pid


def within(pid: int, *argv: str) -> list[str]:
    return [need("nsenter"), "-t", str(pid), "-U", "-n", "--preserve-credentials", *argv]


@contextmanager
def vantage(folder: Path, pid: int) -> Iterator[Sshd]:
    """Its sessions have the programs that stand in the folder which FOLDER/path names."""
    command = folder / "within"
    words = shlex.join(within(pid))
    command.write_text(f'#!/bin/sh\nexec {words} env PATH="$(cat {folder}/path)" /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n')
    command.chmod(0o755)
    has(folder, "python3")
    with sshd(folder, Keys(options=(f"ForceCommand {command}",))) as server:
        yield server


@contextmanager
def snmp_agent(folder: Path, pid: int) -> Iterator[None]:
    conf, log = folder / "snmpd.conf", folder / "snmpd.log"
    conf.write_text(SNMPD)
    argv = [need("snmpd"), "-f", "-Lo", "-C", "-c", str(conf), "-p", str(folder / "snmpd.pid")]
    with running(within(pid, *argv), log, {"SNMP_PERSISTENT_DIR": str(folder / "snmp")}):
        until(lambda: "NET-SNMP" in log.read_text(), why=f"snmpd listens: {log}")
        yield


def has(folder: Path, program: str) -> None:
    """From now on the host has this program to try connections with, and no other."""
    tools = folder / f"with-{program}"
    busybox = program == "busybox"
    if not tools.exists():
        tools.mkdir()
        for name in TOOLS:
            (tools / name).symlink_to(need("busybox") if busybox else need(name))
        called = "nc" if busybox or program.startswith("nc") else program
        real = "/usr/bin/python3" if program == "python3" and Path("/usr/bin/python3").exists() else need(program)
        (tools / called).symlink_to(real)
    (folder / "path").write_text(str(tools))


class Centre(NothingKnown):
    def __init__(self, *targets: Target) -> None:
        self._targets = targets

    def target(self, identity: str) -> Target | None:
        return next((each for each in self._targets if each.id == identity), None)

    def targets(self) -> Sequence[Target]:
        return self._targets


@dataclass
class Vantage:
    """`poll` lets time pass; then what was told: of pairs by (to, severity), of management ports by (target, port), and
    the remarks; `failure` is what the collector raised."""

    server: Sshd
    entries: Sequence[Mapping[str, Any]]
    targets: Sequence[Target] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    timeout: float = 5.0  # a third of it is no whole number
    memory: dict[str, Any] = field(default_factory=dict)
    at: float = 1000.0
    unexpected: dict[tuple[str, str], float] = field(default_factory=dict)
    managed: dict[tuple[str, str], float] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    told: dict[str, list[str]] = field(default_factory=dict)
    failure: ReachError | None = None

    @property
    def target(self) -> Target:
        fixed = {"id": "web", "address": "127.0.0.1", "by": "ssh", "credentials": "room"}
        tasks = tuple(IsolationOptions.model_validate({"from": "web", **each}) for each in self.entries)
        options = HostOptions.model_validate({**fixed, **self.options})
        return replace(self.server.target(self.timeout), options=options, tasks={"isolation": tasks})

    def poll(self, after: float = 30.0) -> None:
        self.at += after
        asyncio.run(self._polled())

    async def _polled(self) -> None:
        way, target = SshWay(), self.target
        reach: Any = Reach(*([None] * 3), ssh=way)  # type: ignore[arg-type]  # no other way is taken
        poll = Poll(reach, 1.7e9, self.at, self.memory, known=Centre(target, *self.targets))
        self.failure = None
        try:
            found = [each async for each in COLLECTOR.collect(target, target.options, poll)]
            assert found == []  # nothing is of the host itself
        except ReachError as error:
            self.failure = error
        finally:
            await way.close()
        self.unexpected = {each.labels[1:]: each.value for each in poll.center.samples}
        assert {each.labels[0] for each in poll.center.samples} <= {"web"}
        self.managed = {
            (name, each.labels[1]): each.value for name, told in poll.others.items() for each in told.samples
        }
        self.remarks = [spoken(each, "en") for each in poll.remarks]
        self.told = {name: [spoken(each, "en") for each in told.remarks] for name, told in poll.others.items()}
