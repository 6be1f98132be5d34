"""What Linux hosts over SSH cost the agent: a full reading, and 100 hosts on two sshd every minute.

CPU is that of the whole process, with threads that have ended. Bounds: 150 ms of it for a full reading, with everything
that is asked at a slower pace; for 100 hosts 30 % of a core, no login but the first, the event loop late by less than
200 ms in 99 of 100 moments. The hosts are this machine by many addresses, so that it pays for them, too: apt-get, which
takes seconds of a host's CPU, is replaced by one that says what it would say.
`python -m benchmarks.host_rounds [--hosts 100] [--every 60] [--minutes 2]`
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.core.model import Reading, Target
from agent.core.reach import Reach
from agent.core.snapshot import Snapshot
from agent.runner import Runner
from agent.transports.ssh import SshWay
from benchmarks.process import resident_bytes
from benchmarks.ssh_rounds import hosts, lateness
from collectors.host.linux import COLLECTOR
from collectors.host.options import HostOptions
from tests.sshd import Keys, Sshd, sshd

PENDING = "Inst libc6 [2.36-9] (2.36-10 Debian-Security:12/stable-security [amd64])\n" * 80
FIRST = 4  # times as long as another the first round of all hosts takes
FULL = 20  # readings of one host of which each asks everything


@dataclass
class Measured:
    """`cpu` seconds of this process, `lasted` seconds, `took` those of each reading."""

    cpu: float = 0.0
    lasted: float = 0.0
    late: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    failed: int = 0
    samples: int = 0

    def add(self, reading: Reading) -> None:
        self.took.append(reading.duration)
        self.failed += reading.failure is not None
        self.samples += len(reading.samples)


def runner(way: SshWay) -> Runner:
    return Runner(Reach(None, None, None, ssh=way), Snapshot())  # type: ignore[arg-type]  # no other way is taken


def targets(server: Sshd, count: int) -> list[Target]:
    """All that a host can be asked is asked."""
    options = HostOptions.model_validate(
        {
            "id": "host",
            "address": "127.0.0.1",
            "by": "ssh",
            "credentials": "room",
            "services": ["sshd", "cron"],
            "listen": [22],
            "canaries": ["/etc/hostname"],
            "watch": ["/etc/ssh"],
            "peripherals": ["printer"],
        }
    )
    return [replace(each, options=options) for each in hosts(server, count)]


async def full(target: Target) -> Measured:
    """A runner of its own each time, which remembers nothing, so that everything is due; the connection is kept."""
    way, found = SshWay(), Measured()
    await runner(way).run(COLLECTOR, target)
    cpu, began = time.process_time(), time.perf_counter()
    for _ in range(FULL):
        found.add(await runner(way).run(COLLECTOR, target))
    found.cpu, found.lasted = time.process_time() - cpu, time.perf_counter() - began
    await way.close()
    return found


async def many(chosen: Sequence[Target], every: float, minutes: int) -> tuple[Measured, Measured]:
    """The first round, with its logins and all that is learnt at first, and the rounds after it."""
    way = SshWay()
    watching, first, rest = runner(way), Measured(), Measured()

    async def one(place: int, target: Target, found: Measured, spread: float) -> None:
        await asyncio.sleep(spread * place / len(chosen))
        found.add(await watching.run(COLLECTOR, target))

    # This machine is all the hosts: what each does once an hour takes it some seconds of CPU, which it has not at once.
    for found, rounds, spread in ((first, 1, FIRST * every), (rest, minutes, every)):
        looking = asyncio.ensure_future(lateness(found.late))
        cpu, began = time.process_time(), time.perf_counter()
        for number in range(rounds):
            jobs = [one(place, target, found, spread) for place, target in enumerate(chosen)]
            await asyncio.gather(*jobs)
            await asyncio.sleep(max(0.0, began + spread * (number + 1) - time.perf_counter()))
        found.cpu, found.lasted = time.process_time() - cpu, time.perf_counter() - began
        looking.cancel()
    await way.close()
    return first, rest


def said(name: str, found: Measured) -> str:
    late = statistics.quantiles(found.late, n=100)[98] if found.late else 0.0
    return (
        f"{name}: CPU {found.cpu / len(found.took) * 1e3:.1f} ms a reading ({found.cpu / found.lasted:.1%} of a core), "
        f"{found.samples / len(found.took):.0f} samples, time median {statistics.median(found.took) * 1e3:.0f} ms, "
        f"worst {max(found.took) * 1e3:.0f} ms, failed {found.failed} of {len(found.took)}, "
        f"loop late p99 {late * 1e3:.1f} ms, worst {max(found.late, default=0) * 1e3:.0f} ms"
    )


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--hosts", type=int, default=100)
    options.add_argument("--every", type=float, default=60, help="seconds between two readings of a host")
    options.add_argument("--minutes", type=int, default=2, help="rounds of all hosts that are measured")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        place = Path(folder) / "bin"
        place.mkdir()
        (place / "apt-get").write_text(f"#!/bin/sh\ncat {folder}/pending\n")
        (place / "apt-get").chmod(0o755)
        (Path(folder) / "pending").write_text(PENDING)
        path = f"SetEnv PATH={place}:/usr/sbin:/usr/bin:/sbin:/bin"
        servers = []
        for name in ("a", "b"):
            (Path(folder) / name).mkdir()
            keys = Keys(options=(path,))
            servers.append(stack.enter_context(sshd(Path(folder) / name, keys, host="0.0.0.0")))
        half = chosen.hosts // 2
        one = asyncio.run(full(targets(servers[0], 1)[0]))
        print(said("one host, everything each time", one))
        before = sum(each.logins for each in servers)
        fleet = [*targets(servers[0], half), *targets(servers[1], chosen.hosts - half)]
        first, rest = asyncio.run(many(fleet, chosen.every, chosen.minutes))
        logins = sum(each.logins for each in servers) - before
        print(f"{len(fleet)} hosts on two sshd every {chosen.every:g} s, logins {logins}")
        print(said("first round", first))
        print(said("then", rest))
        print(f"resident {resident_bytes(os.getpid()) / 1e6:.0f} MB")
    late = statistics.quantiles(rest.late, n=100)[98]
    held = one.cpu / FULL < 0.15 and rest.cpu / rest.lasted < 0.3 and late < 0.2 and logins == len(fleet)
    print("bounds: 150 ms a full reading, 30 % of a core, loop late p99 200 ms, one login a host")
    return 0 if held and not rest.failed else 1


if __name__ == "__main__":
    sys.exit(main())
