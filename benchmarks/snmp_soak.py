"""100,000 polls by the SNMP client, then as many readings by the agent: memory and descriptors must stay flat.

The client, as fast as it goes: mostly GETs over version 2c, each with a session of its own; every tenth a walk of two
columns, every fiftieth to a port where nobody listens, every hundredth by version 3. The agent: all collectors of every
device, two switches of 48 ports and a device that is not there among them. Its time and theirs pass 120 times as fast,
so that what is remembered for hours soon is. The peers are simulated devices in a process of their own. Bound: what is
resident after the last poll is at most 3 MB more than after the first fifth, with as many descriptors.
`python -m benchmarks.snmp_soak`
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

from agent.core.reach import SnmpLogin, Unanswered
from agent.core.secrets import Secret
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from agent.tables import load_site
from agent.transports.snmp import SnmpWay
from agent.vitals import watched
from benchmarks.process import cpu_seconds, descriptors, resident_bytes
from collectors import COLLECTORS
from demo.devices.configuration import agent_yaml
from demo.devices.device import Device
from demo.devices.place import Clockwork, Place, User
from demo.devices.room_sensor import room_sensor
from demo.devices.serving import serving
from demo.devices.switch import access_switch
from demo.devices.traffic import busy
from demo.devices.ups import apc_ups, standard_ups
from exporters.prometheus import Exposition

NETWORK, PORT, DEVICES, SWITCHES, AT_ONCE = "127.79.0", 11361, 32, 2, 8
UPTIME, NAME, DESCR = "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.1.0"
LINES = ["1.3.6.1.2.1.33.1.4.4.1.2", "1.3.6.1.2.1.33.1.4.4.1.5"]
ALLOWED = 3e6
SPEED = 120


def places() -> list[Place]:
    """UPS of three phases by turns with others, and two switches; the first speaks version 3."""
    makes = (lambda name: standard_ups(name, phases=3), apc_ups, room_sensor)
    devices: list[Device] = [makes[number % 3](f"device-{number}") for number in range(DEVICES - SWITCHES)]
    switches = [access_switch(f"switch-{number}") for number in range(SWITCHES)]
    for each in switches:
        busy(each)
    devices += switches
    users = [User(), *[None] * (DEVICES - 1)]
    passing = Clockwork(speed=SPEED)
    pairs = enumerate(zip(devices, users, strict=True), 1)
    facts = {"before": passing, "refresh": 2.0 / SPEED}
    return [Place(device, f"{NETWORK}.{n}", PORT, user=user, **facts) for n, (device, user) in pairs]


async def serve() -> None:
    async with serving(places(), "codec"):
        print("serving", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextlib.contextmanager
def devices() -> Iterator[None]:
    argv = [sys.executable, "-m", "benchmarks.snmp_soak", "--serve"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            if child.stdout.readline() != "serving\n":
                raise SystemExit("the simulated devices cannot be served; is another run under way?")
            yield
        finally:
            child.kill()


class Soak:
    def __init__(self) -> None:
        user = User()
        auth, privacy = ("SHA", Secret(user.auth_password)), ("AES128", Secret(user.privacy_password))
        self._way = SnmpWay()
        self._plain = SnmpLogin("2c", Secret("public"), port=PORT)
        self._closed = SnmpLogin("2c", Secret("public"), port=PORT + 1)
        self._private = SnmpLogin("3", user=user.name, auth=auth, privacy=privacy, port=PORT)
        self.values = self.refused = 0

    async def poll(self, number: int) -> None:
        if number % 100 == 0:
            await self._get(self._private, 1)
        elif number % 50 == 7:
            try:
                await self._get(self._closed, 2)
            except Unanswered:
                self.refused += 1
        elif number % 10 == 5:
            async for _ in self._rows(2 + number // 10 % 9 * 3 + 2):
                self.values += 2
        else:
            await self._get(self._plain, 2 + number % (DEVICES - 1))

    async def _get(self, login: SnmpLogin, host: int) -> None:
        async with self._way.open(f"{NETWORK}.{host}", login) as session:
            found = await session.get([UPTIME, NAME, DESCR])
        self.values += len(found)

    async def _rows(self, host: int) -> AsyncIterator[str]:
        """Of a UPS: each third device is one."""
        async with self._way.open(f"{NETWORK}.{host}", self._plain) as session:
            async for index, _ in session.columns(LINES):
                yield index


Poll = Callable[[int], Awaitable[None]]


async def soaked(polls: int, poll: Poll) -> tuple[bool, float]:
    """Polls by number, some at once; whether memory and descriptors were flat, and the CPU of this process in s."""
    pid, cpu = os.getpid(), cpu_seconds(os.getpid())
    step, seen = polls // 10, []
    print("     polls  resident  descriptors  polls/s")
    for tenth in range(10):
        numbers, before = iter(range(tenth * step, (tenth + 1) * step)), time.monotonic()

        async def worker(mine: Iterator[int]) -> None:
            for number in mine:
                await poll(number)

        await asyncio.gather(*[worker(numbers) for _ in range(AT_ONCE)])
        seen.append((resident_bytes(pid), descriptors(pid)))
        pace = step / (time.monotonic() - before)
        print(f"{(tenth + 1) * step:10,}  {seen[-1][0] / 1e6:5.1f} MB  {seen[-1][1]:11}  {pace:7.0f}", flush=True)
    grown = seen[-1][0] - seen[1][0]
    flat = grown <= ALLOWED and seen[-1][1] == seen[1][1]
    print(f"grown by {grown / 1e6:.2f} MB since {2 * step:,} polls (bound {ALLOWED / 1e6:.0f}): ", end="")
    print("held" if flat else "BROKEN")
    return flat, cpu_seconds(pid) - cpu


async def client(polls: int) -> bool:
    soak, began = Soak(), time.monotonic()
    print("the client alone")
    flat, cpu = await soaked(polls, soak.poll)
    lasted = time.monotonic() - began
    print(f"{soak.values:,} values, {soak.refused:,} polls refused as meant, {lasted:.0f} s,", end=" ")
    print(f"{1e3 * cpu / polls:.2f} ms of CPU a poll")
    return flat


async def agent(polls: int, folder: Path) -> bool:
    """Every collector of every device in turn, by the runner, into the snapshot; now and then the page of metrics."""
    config = folder / "agent.yaml"
    gone = f"  gone: {{snmp: {{version: 2c, community: public, port: {PORT + 1}}}}}"
    said = agent_yaml(places()).replace("credentials:", f"credentials:\n{gone}", 1)
    config.write_text(f"{said}  - {{id: gone, address: {NETWORK}.3, credentials: gone, kind: ups}}\n", encoding="utf-8")
    site, snapshot, tally, began = load_site(config), Snapshot(), Counter[str](), time.monotonic()
    pairs, absent = list(watched(site, COLLECTORS.values())), site.target("gone")
    page = Exposition(snapshot)
    async with reaching() as reach:
        runner = Runner(reach, snapshot, lambda: time.time() * SPEED, monotonic=lambda: time.monotonic() * SPEED)

        async def poll(number: int) -> None:
            reading = await runner.run(*pairs[number % len(pairs)])
            tally["good" if reading.up else "meant" if reading.target == absent else "failed"] += 1
            tally["samples"] += len(reading.samples)
            if number % 1000 == 0:
                page.render()

        print(f"\nthe agent: {len(pairs)} collectors of {len(site.targets)} devices, a second for {SPEED} s")
        flat, cpu = await soaked(polls, poll)
    print(
        f"{tally['samples']:,} samples, {tally['meant']:,} readings failed as meant, {tally['failed']} others,", end=" "
    )
    print(f"{time.monotonic() - began:.0f} s, {1e3 * cpu / polls:.2f} ms of CPU a reading")
    return flat and tally["failed"] <= polls / 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--polls", type=int, default=100_000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve())
        return 0
    with devices(), tempfile.TemporaryDirectory() as folder:
        held = [asyncio.run(client(given.polls)), asyncio.run(agent(given.polls, Path(folder)))]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
