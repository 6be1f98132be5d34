"""Probes: CPU of one, frame included, beside blackbox_exporter's; and how late polls start among 1,000 targets.

Both sides ask the same 127.0.x.y addresses at the same pace in the same minute, one echo or one connect each. Bounds:
ping at most 0.3 of the peer's CPU, TCP at most 0.7; lateness p99 under 50 ms, also with 90 % of the targets silent.
Runs in a network namespace of its own, so that silence can be made with nft. `python -m benchmarks.probes`
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.process import answers, cpu_seconds, descriptors, free_port, resident_bytes

PREPARE = "ip link set lo up && sysctl -qw net.ipv4.ping_group_range='0 0' && exec \"$@\""
ROOM = ["unshare", "-Urnm", "sh", "-c", PREPARE, "sh"]
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
MODULES = """modules:
  icmp: {prober: icmp, timeout: 5s, icmp: {preferred_ip_protocol: ip4}}
  tcp: {prober: tcp, timeout: 5s, tcp: {preferred_ip_protocol: ip4}}
"""


def address(place: int) -> str:
    return f"127.0.{place // 250 + 1}.{place % 250 + 1}"


def line(place: int, probe: str, every: float, more: str = "") -> str:
    return f"- {{id: line-{place}, every: {every}, probes: [{{layer: gateway, {probe}{more}}}]}}\n"


def configuration(folder: Path, lines: list[str]) -> Path:
    path = folder / "agent.yaml"
    path.write_text(f"center: {{id: bench}}\nlisten: 127.0.0.1:{free_port()}\nlines:\n" + "".join(lines))
    return path


class Watching:
    """The agent, or its frame alone, as a process of its own."""

    def __init__(self, part: str, config: Path, log: Path) -> None:
        self._start([sys.executable, "-m", "benchmarks.watching", part, str(config)], log)

    def _start(self, argv: list[str], log: Path) -> None:
        self._child = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log.open("wb"), text=True
        )
        self.pid = self._child.pid

    def lags(self) -> list[float]:
        """Of the polls since it was last asked, in order of lateness."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write("\n")
        self._child.stdin.flush()
        return sorted(json.loads(self._child.stdout.readline()))

    def end(self) -> None:
        try:
            self._child.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.communicate()


@contextlib.contextmanager
def watching(part: str, lines: list[str]) -> Iterator[Watching]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        child = Watching(part, configuration(folder, lines), folder / "log")
        try:
            yield child
        finally:
            child.end()


@contextlib.contextmanager
def process(argv: list[str]) -> Iterator[int]:
    with subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        try:
            yield child.pid
        finally:
            child.kill()


SERVER = """import socket, sys
server = socket.create_server(("", int(sys.argv[1])), backlog=4096)
while True:
    server.accept()[0].close()
"""


async def scrape(port: int, paths: list[str], every: float, seconds: float) -> tuple[int, int]:
    """Ask the exporter as a Prometheus with a kept connection would, evenly; how many it asked, how many succeeded."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began, asked, good = time.monotonic(), 0, 0
    while time.monotonic() - began < seconds:
        path = paths[asked % len(paths)]
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].split()
        body = await reader.readexactly(int(length[0])) if length else await chunked(reader)
        good += b"probe_success 1" in body
        asked += 1
        await asyncio.sleep(max(0.0, began + asked * every / len(paths) - time.monotonic()))
    writer.close()
    return asked, good


async def chunked(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


def compare(peer: str, kind: str, bound: float, seconds: float) -> None:
    """200 targets every 6 s: the pace of 1,000 targets every 30 s."""
    targets, every = 200, 6.0
    port, peer_port = free_port(), free_port()
    probe = {"icmp": "icmp: {}", "tcp": f"tcp: '{{}}:{port}'"}[kind]
    more = ", count: 1" if kind == "icmp" else ""
    lines = [line(place, probe.format(address(place)), every, more) for place in range(targets)]
    asked = {"icmp": "{}", "tcp": f"{{}}:{port}"}[kind]
    paths = [f"/probe?module={kind}&target={asked.format(address(place))}" for place in range(targets)]
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        (Path(name) / "blackbox.yml").write_text(MODULES)
        options = [f"--config.file={name}/blackbox.yml", f"--web.listen-address=127.0.0.1:{peer_port}"]
        stack.enter_context(process([sys.executable, "-c", SERVER, str(port)]))
        blackbox = stack.enter_context(process([peer, *options, "--log.level=error"]))
        frame = stack.enter_context(watching("frame", lines))
        whole = stack.enter_context(watching("agent", lines))
        answers(f"http://127.0.0.1:{peer_port}/-/healthy", 10)
        asyncio.run(scrape(peer_port, paths, every, 2 * every))  # until everybody is in step
        sides = {"peer": blackbox, "frame": frame.pid, "agent": whole.pid}
        before = {side: cpu_seconds(pid) for side, pid in sides.items()}
        frame.lags()
        whole.lags()
        number, good = asyncio.run(scrape(peer_port, paths, every, seconds))
        after = {side: cpu_seconds(pid) for side, pid in sides.items()}
        counts = {"peer": number, "frame": len(frame.lags()), "agent": len(whole.lags())}
    cost = {side: 1000 * (after[side] - before[side]) / counts[side] for side in sides}
    print(f"{kind}: blackbox_exporter {cost['peer']:.3f} ms CPU a probe ({number} probes, {good} answered)")
    for side, what in (
        ("frame", "probe, collector, runner, scheduler"),
        ("agent", "the whole agent, its own work too"),
    ):
        ratio = cost[side] / cost["peer"]
        verdict = f"bound {bound}: {'held' if ratio <= bound else 'BROKEN'}" if side == "frame" else "no bound"
        print(f"  {what}: {cost[side]:.3f} ms, {ratio:.2f} of it ({counts[side]} probes); {verdict}")


def lateness(part: str, silent: int, seconds: float, more: str) -> None:
    """1,000 lines, one half pinged and one half connected to, every 30 s; `silent` of 1,000 never answer."""
    port, every = free_port(), 30.0
    lines = [
        line(place, f"icmp: {address(place)}", every, more)
        if place % 2
        else line(place, f"tcp: '{address(place)}:{port}'", every)
        for place in range(1000)
    ]
    rules = f"ip daddr {address(1000 - silent)}-{address(999)} tcp dport {port} drop; "
    rules += f"ip daddr {address(1000 - silent)}-{address(999)} icmp type echo-request drop; "
    table = f"table inet b {{ chain c {{ type filter hook input priority 0; {rules if silent else ''} }}; }}"
    subprocess.run(["nft", "-f", "-"], input=table, text=True, check=True, env={"PATH": PATH})
    with process([sys.executable, "-c", SERVER, str(port)]), watching(part, lines) as child:
        time.sleep(every + 15)  # every poll has had its first turn, and the first timeouts are over
        child.lags()
        before = cpu_seconds(child.pid)
        time.sleep(seconds)
        cpu = (cpu_seconds(child.pid) - before) / seconds
        lags = child.lags()
        memory, files = resident_bytes(child.pid) / 2**20, descriptors(child.pid)
    subprocess.run(["nft", "delete", "table", "inet", "b"], check=True, env={"PATH": PATH})
    p50, p99, worst = (1000 * lags[int(share * (len(lags) - 1))] for share in (0.5, 0.99, 1.0))
    verdict = "held" if p99 < 50 else "BROKEN"
    print(
        f"1,000 targets, {silent / 10:.0f} % silent, {part}: {len(lags)} polls late by p50 {p50:.1f} ms, "
        f"p99 {p99:.1f} ms, at most {worst:.1f} ms; bound p99 50 ms: {verdict}; "
        f"{100 * cpu:.1f} % of a core, {memory:.0f} MB, {files} descriptors"
    )


def in_room(benchmark: str, *words: str) -> int:
    """This benchmark again, with `--inside`, in a namespace of its own; its exit code."""
    here = [sys.executable, "-m", f"benchmarks.{benchmark}", "--inside", *words]
    return subprocess.run([*ROOM, *here], env={**os.environ, "PATH": PATH}, check=False).returncode


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0, help="of each measurement")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.inside:
        sys.exit(in_room("probes", "--seconds", str(options.seconds)))
    peer = shutil.which("prometheus-blackbox-exporter", path=PATH)
    if peer is None:
        print("no prometheus-blackbox-exporter to compare with (apt-get install prometheus-blackbox-exporter)")
    else:
        compare(peer, "icmp", 0.3, options.seconds)
        compare(peer, "tcp", 0.7, options.seconds)
    for silent in (0, 900):
        lateness("frame", silent, options.seconds, "")
        lateness("agent", silent, options.seconds, "")


if __name__ == "__main__":
    main()
