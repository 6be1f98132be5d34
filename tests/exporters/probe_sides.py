"""/probe and blackbox_exporter asked the same, and what differs between their answers."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import urllib.parse
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp

from agent.core.site import Site
from agent.reaching import reaching
from exporters.probe.ask import AT_ONCE, Probes
from exporters.web.peers import Peers
from tests.exporters.probe_cases import Case, cases, modules
from tests.exporters.probe_servers import serving_targets
from tests.exporters.web_pictures import busy
from tests.exporters.web_serving import Served, serving
from tests.peers import free_port, need, running, until

TIMES = re.compile(r"probe_(\w+_)?duration_seconds\b|probe_dns_lookup_time_seconds\b")
LONGEST = 8.0  # seconds that a phase of these probes may take


@contextlib.contextmanager
def blackbox(modules: Path, folder: Path) -> Iterator[int]:
    """Its port."""
    port = free_port()
    program = need("prometheus-blackbox-exporter")
    argv = [program, f"--config.file={modules}", f"--web.listen-address=127.0.0.1:{port}"]
    with running(argv, folder / "blackbox.log") as child:
        until(lambda: child.poll() is not None or _listens(port), why="blackbox_exporter listens")
        assert child.poll() is None, (folder / "blackbox.log").read_text()
        yield port


def _listens(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


def site_with(path: Path | None) -> Site:
    return replace(busy().site, sections={"probe_modules": path})


@contextlib.asynccontextmanager
async def serving_probes(path: Path | None, places: int = AT_ONCE) -> AsyncIterator[Served]:
    """A server whose agent.yaml names this file, with the real ways."""
    site = site_with(path)
    async with (
        reaching() as reach,
        serving(peers=Peers(probes=Probes(lambda: site, lambda: reach, places))) as served,
    ):
        yield served


def query(case: Case, **more: str) -> str:
    asked = {"module": case.module, "target": case.target, **({"hostname": case.hostname} if case.hostname else {})}
    return urllib.parse.urlencode({**asked, **more})


@dataclass(frozen=True)
class Said:
    status: int
    text: str

    @property
    def series(self) -> dict[str, float]:
        lines = (line.rpartition(" ") for line in self.text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, _, value in lines}

    @property
    def heads(self) -> list[str]:
        return [line for line in self.text.splitlines() if line.startswith("#")]


async def peer(port: int, asked: str) -> Said:
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"http://127.0.0.1:{port}/probe?{asked}") as reply,
    ):
        return Said(reply.status, await reply.text())


async def ours(served: Served, asked: str) -> Said:
    answer = await served.get(f"/probe?{asked}")
    return Said(answer.status, answer.text)


def differences(mine: Said, theirs: Said) -> list[str]:
    """In words; of times only that they are there on both sides, and not absurd."""
    if (mine.status, theirs.status) != (200, 200):
        same = mine.status == theirs.status and mine.text.strip() == theirs.text.strip()
        return [] if same else [f"{mine.status} {mine.text.strip()} instead of {theirs.status} {theirs.text.strip()}"]
    found = [f"head {line}" for line in sorted(set(mine.heads) ^ set(theirs.heads))]
    ours_, their = mine.series, theirs.series
    found += [f"only here: {name}" for name in sorted(ours_.keys() - their.keys())]
    found += [f"only there: {name}" for name in sorted(their.keys() - ours_.keys())]
    for name in sorted(ours_.keys() & their.keys()):
        if TIMES.match(name):
            if not 0 <= ours_[name] < LONGEST:
                found.append(f"{name} {ours_[name]} is no time")
        elif ours_[name] != their[name]:
            found.append(f"{name} {ours_[name]:.15g} instead of {their[name]:.15g}")
    return found


async def compared(folder: Path, at_once: int = 200) -> list[tuple[Case, Said, Said]]:
    """Every case on both sides, `at_once` cases at a time."""
    places = asyncio.Semaphore(at_once)
    async with serving_targets(folder) as servers:
        file = modules(servers, folder)
        with blackbox(file, folder) as port:
            async with serving_probes(file) as served:

                async def one(case: Case) -> tuple[Case, Said, Said]:
                    asked = query(case)
                    async with places:
                        return case, await ours(served, asked), await peer(port, asked)

                return await asyncio.gather(*map(one, cases(servers)))
