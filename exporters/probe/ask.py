"""One request of /probe: a target tried as a module of blackbox.yml says, in the text format."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import perf_counter

from agent.core.reach import Reach
from agent.core.site import Site
from agent.core.text import clean
from exporters.asked import Failed, NamedFile, Places, Refused
from exporters.module_file import Unknown, Unreadable
from exporters.probe import dns, http, icmp, tcp
from exporters.probe.book import Book
from exporters.probe.debug import shown
from exporters.probe.module import Module
from exporters.probe.run import Log, Run

AT_ONCE = 512  # probes at a time, as many as a wide outage leaves waiting for their timeouts; others wait in turn
SECONDS = 120.0  # where neither Prometheus nor the module says how long
LONGEST = 300.0
OFFSET = 0.5  # seconds before Prometheus gives up
PROBERS: Mapping[str, Callable[[Run], Awaitable[bool]]] = {
    "dns": dns.probe,
    "http": http.probe,
    "icmp": icmp.probe,
    "tcp": tcp.probe,
}
SUCCESS = ("probe_success", "Displays whether or not the probe was a success")
DURATION = ("probe_duration_seconds", "Returns how long the probe took to complete in seconds")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks for. `timeout` is what Prometheus says of its own; empty: nothing."""

    target: str
    module: str
    hostname: str = ""
    timeout: str = ""
    debug: bool = False


class Probes:
    """`site` gives what agent.yaml says now, `reach` the ways to targets; at most `places` probes run at a time."""

    def __init__(self, site: Callable[[], Site], reach: Callable[[], Reach], places: int = AT_ONCE) -> None:
        self._file = NamedFile(site, "probe_modules", "blackbox.yml", Book)
        self._reach = reach
        self._places = Places(places, "probes")

    async def body(self, wanted: Wanted) -> bytes:
        """The text format, or what debug shows. NotOffered, Refused or Failed, with the words for the client."""
        module, prober, seconds = await self._checked(wanted)
        began = perf_counter()
        log = Log({"module": wanted.module, "target": wanted.target})
        run = Run(self._reach(), wanted.target, module, began + seconds, wanted.hostname, log)
        for series in (SUCCESS, DURATION):
            run.gauge(*series, 0)
        async with self._places.one(seconds):
            await _probe(run, prober, seconds)
        return shown(run).encode() if wanted.debug else b"".join(run.families.rendered())

    async def _checked(self, wanted: Wanted) -> tuple[Module, Callable[[Run], Awaitable[bool]], float]:
        """In the order in which blackbox_exporter complains."""
        try:
            module = await self._file.book().module(wanted.module)
        except Unknown:
            raise Refused(f'Unknown module "{clean(wanted.module)}"') from None
        except Unreadable as error:
            raise Failed(str(error)) from None
        seconds = _seconds(wanted.timeout, module.timeout)
        if not wanted.target:
            raise Refused("Target parameter is missing")
        if module.prober not in PROBERS:
            raise Refused(f'Unknown prober "{clean(module.prober)}"; known here: {", ".join(sorted(PROBERS))}')
        if module.prober == "http" and wanted.hostname:
            _check_host(module.http.headers, wanted.hostname)
        return module, PROBERS[module.prober], seconds


async def _probe(run: Run, prober: Callable[[Run], Awaitable[bool]], seconds: float) -> None:
    """The prober, never longer than its time and a little, and what stands with every probe."""
    began = perf_counter()
    run.log.info("Beginning probe", probe=run.module.prober, timeout_seconds=f"{seconds:g}")
    success = False
    try:
        async with asyncio.timeout(run.left + OFFSET / 2):
            success = await prober(run)
    except TimeoutError:
        run.log.error("Timed out", err="context deadline exceeded")
    took = perf_counter() - began
    run.gauge(*DURATION, took)
    run.gauge(*SUCCESS, success)
    if success:
        run.log.info("Probe succeeded", duration_seconds=f"{took:.6f}")
    else:
        run.log.error("Probe failed", duration_seconds=f"{took:.6f}")


def _seconds(header: str, own: float) -> float:
    """How long a probe may take: less than Prometheus waits, and never longer than its module says."""
    try:
        given = float(header or 0)
    except ValueError:
        raise Failed(
            f'Failed to parse timeout from Prometheus header: "{clean(header, 40)}" is no number of seconds'
        ) from None
    most = (given if math.isfinite(given) and given else SECONDS) - OFFSET
    if (0 < own < most) or most < 0:
        return min(own, LONGEST)
    return min(most, LONGEST)


def _check_host(headers: Mapping[str, str], hostname: str) -> None:
    named = next((value for name, value in headers.items() if name.lower() == "host"), hostname)
    if named != hostname:
        raise Refused(
            f"host header defined both in module configuration ({clean(named)}) and with URL-parameter 'hostname' "
            f"({clean(hostname)})"
        )
