"""Memory, load and file systems of a host over SSH, beside what node_exporter says of it at the same moment."""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.collectors.host.hosts import Host
from tests.peers import free_port, need, running, until
from tests.sshd import sshd

TRIES = 5  # a machine that is busy changes between two looks
Figures = Mapping[tuple[str, str], float]


def scraped(port: int) -> Figures:
    """Values by name and mountpoint."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    return {(each.name, each.labels.get("mountpoint", "")): each.value for one in families for each in one.samples}


def expected(figures: Figures) -> dict[str, float]:
    """As this agent counts: what df says of a file system, and memory that can be had at once."""
    node = {name: value for (name, place), value in figures.items() if not place}
    size, free, available = (figures[f"node_filesystem_{name}_bytes", "/"] for name in ("size", "free", "avail"))
    files, files_free = figures["node_filesystem_files", "/"], figures["node_filesystem_files_free", "/"]
    return {
        "host_memory_usage_ratio": 1 - node["node_memory_MemAvailable_bytes"] / node["node_memory_MemTotal_bytes"],
        "host_load1": node["node_load1"],
        "host_boot_timestamp_seconds": node["node_boot_time_seconds"],
        "host_filesystem_usage_ratio": (size - free) / (size - free + available),
        "host_filesystem_inodes_usage_ratio": (files - files_free) / files if files else 0.0,
    }


def test_memory_load_and_file_systems_are_within_a_hundredth_of_node_exporters(tmp_path: Path) -> None:
    port = free_port()
    program = [
        need("prometheus-node-exporter"),
        f"--web.listen-address=127.0.0.1:{port}",
        "--collector.disable-defaults",
    ]
    chosen = [f"--collector.{name}" for name in ("meminfo", "loadavg", "filesystem", "stat")]
    with running([*program, *chosen], tmp_path / "log"), sshd(tmp_path) as server:
        until(lambda: scraped(port), why="node_exporter answers")
        host, apart = Host(server, timeout=5.0), {"": 1.0}
        for _ in range(TRIES):
            before = expected(scraped(port))
            found = host.poll(1.0)  # what takes longer is not begun within so short a timeout
            after = expected(scraped(port))
            if ("/",) not in found.get("host_filesystem_usage_ratio", {}):
                pytest.skip("the root of this machine is no local file system")
            apart = {name: _apart(_of(found[name]), before[name], after[name]) for name in before if name in found}
            if max(apart.values()) <= 0.01:
                break
        assert len(apart) == len(before) - (before["host_filesystem_inodes_usage_ratio"] == 0)
        assert max(apart.values()) <= 0.01, apart


def _of(values: Mapping[tuple[str, ...], float]) -> float:
    return values.get(("/",), next(iter(values.values())))


def _apart(value: float, before: float, after: float) -> float:
    """Of the nearest that it may have been in between, as a share."""
    nearest = min(max(value, min(before, after)), max(before, after))
    return abs(value - nearest) / nearest if nearest else abs(value)
