"""Many incidents: 1,000 lines are down at once and an Alertmanager hears of each, again every minute.

The lines are TCP ports of 127.0.x.y that nobody listens on, the Alertmanager is a fast one of our own. Measured in two
stretches: while all of them open, and after that, with a renewal of every alert in it. Bounds for both: polls start
late by p99 under 50 ms, and the event loop never stands still for more than 100 ms. Beside it runs an event loop that
does nothing: how long that one stands still is the machine's doing. `python -m benchmarks.many_incidents`
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from benchmarks.process import cpu_seconds, free_port, resident_bytes

LINES = 1000
OPENING, AFTER = 42.0, 32.0  # seconds; first polls are spread over 30 s, alerts are renewed 60 s after the first
BEAT = 0.005  # seconds between two looks at whether the event loop stands still
STATUS = {"config": {"original": "route:\n  receiver: x\n  group_wait: 10s\n"}, "uptime": "monday"}


class Sink(BaseHTTPRequestHandler):
    """Takes every alert at once and counts; one connection, kept."""

    protocol_version = "HTTP/1.1"
    taken = 0
    fired: ClassVar[set[str]] = set()

    def do_GET(self) -> None:
        self._answer(json.dumps(STATUS).encode())

    def do_POST(self) -> None:
        alerts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Sink.taken += len(alerts)
        Sink.fired |= {alert["labels"]["target"] for alert in alerts}
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@contextlib.contextmanager
def sink() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Sink) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


def configuration(folder: Path, port: int) -> Path:
    """Twelve counters, of which each needs some of the lines; one line in ten has an alternative."""
    closed = free_port()
    lines = [
        f"- {{id: line-{n}, name: 线路{n}, business: labor, every: 30s, timeout: 5s, "
        f"carrier: {{name: 电信, circuit: SH-{n}, fault_desk: '10000'}}, "
        f"probes: [{{layer: application, tcp: '127.0.{n // 250 + 1}.{n % 250 + 1}:{closed}'}}]}}\n"
        for n in range(LINES)
    ]
    counters = [
        f"- {{ids: {n + 1}, depends_on: [line-{n}, {{any_of: [line-{n * 10 + 20}, line-{n * 10 + 21}]}}]}}\n"
        for n in range(12)
    ]
    path = folder / "agent.yaml"
    path.write_text(
        f"center: {{id: bench, name: 长寿路中心, district: 普陀区}}\nlisten: 127.0.0.1:{free_port()}\n"
        f'notify: {{alertmanagers: ["http://127.0.0.1:{port}"]}}\nthresholds: {{IR-04: {{for: 5s}}}}\n'
        "lines:\n" + "".join(lines) + "counters:\n" + "".join(counters),
        encoding="utf-8",
    )
    return path


class Watcher:
    """Says, for each line on standard input, how late each poll started and how long the event loop stood still since
    the last time, in seconds, as JSON; until standard input ends."""

    def __init__(self) -> None:
        self.lags: list[float] = []
        self._stalls: list[float] = []

    async def until_the_end(self, count: Callable[[], int]) -> None:
        loop, end = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            if not sys.stdin.readline():
                loop.remove_reader(sys.stdin)
                end.set()
                return
            said = {"lags": self.lags, "stall": max(self._stalls, default=0.0), "open": count()}
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()
            self.lags.clear()
            self._stalls.clear()

        loop.add_reader(sys.stdin, tell)
        beating = asyncio.create_task(self._beat())
        await end.wait()
        beating.cancel()

    async def _beat(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(BEAT)
            self._stalls.append(time.monotonic() - before - BEAT)


async def inside(config: str) -> None:
    """The agent in this process; without a configuration, nothing."""
    watcher = Watcher()
    if not config:
        await watcher.until_the_end(lambda: 0)
        return
    from agent.app import Agent, load_site
    from agent.scheduler import Scheduler

    agent = Agent(load_site(Path(config)))
    agent.scheduler = Scheduler(lag=watcher.lags.append)
    await agent.start()
    await watcher.until_the_end(lambda: len(agent.watch.open))
    await agent.stop()


class Child:
    def __init__(self, config: str, log: Path) -> None:
        argv = [sys.executable, "-m", "benchmarks.many_incidents", "--inside", config]
        self.process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log.open("wb"), text=True
        )

    def said(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def end(self) -> None:
        try:
            self.process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


def stretch(child: Child, idle: Child, what: str, seconds: float) -> bool:
    """Lets so much time pass and says how it went; whether the bounds were held."""
    child.said()
    idle.said()
    cpu, taken = cpu_seconds(child.process.pid), Sink.taken
    time.sleep(seconds)
    found, beside = child.said(), idle.said()
    lags, stall = sorted(found["lags"]), found["stall"]
    p50, p99 = (1000 * lags[int(share * (len(lags) - 1))] for share in (0.5, 0.99))
    held = p99 < 50 and stall < 0.1
    print(
        f"{what}: {found['open']} incidents open, {Sink.taken - taken} alerts taken; {len(lags)} polls late by p50 "
        f"{p50:.1f} ms, p99 {p99:.1f} ms, at most {1000 * lags[-1]:.1f} ms; longest standstill {1000 * stall:.1f} ms "
        f"(of the idle loop {1000 * beside['stall']:.1f} ms); "
        f"{100 * (cpu_seconds(child.process.pid) - cpu) / seconds:.0f} % of a core, "
        f"{resident_bytes(child.process.pid) / 2**20:.0f} MB; "
        f"bounds p99 50 ms, standstill 100 ms: {'held' if held else 'BROKEN'}",
        flush=True,
    )
    return held


def main() -> int:
    with tempfile.TemporaryDirectory() as name, sink() as port:
        folder = Path(name)
        children = [Child(config, folder / "log") for config in (str(configuration(folder, port)), "")]
        try:
            held = [stretch(*children, "opening", OPENING), stretch(*children, "open, and renewed", AFTER)]
        finally:
            for child in children:
                child.end()
        complete = len(Sink.fired) == LINES
        print(f"{len(Sink.fired)} of {LINES} lines were told to the Alertmanager")
    return 0 if complete and all(held) else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        asyncio.run(inside(sys.argv[2]))
    else:
        sys.exit(main())
