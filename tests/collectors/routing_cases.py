"""Runs in a namespace: what the collector says of this machine as links, routes and settings change, a line each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from agent.core.model import Target
from collectors.host.options import HostOptions
from collectors.routing import COLLECTOR
from tests.collectors.ways import Wire, poll, value

SETTINGS = Path("/proc/sys/net")


def tell() -> None:
    target = Target("host", "agent", "守望主机", HostOptions(id="agent", address="localhost"), "localhost")
    reading = poll(Wire(), COLLECTOR, target)
    assert reading.failure is None, reading.failure
    names = ("host_ip_forwarding", "host_default_routes", "host_bridges", "host_networks")
    sys.stdout.write(" ".join(f"{value(reading, name):g}" for name in names) + "\n")


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def main() -> None:
    # Without its own, /sys shows the machine's interfaces and not those of this namespace.
    own = subprocess.run(["mount", "-t", "sysfs", "sysfs", "/sys"], check=False).returncode == 0
    tell()
    for name, net in (("wan1", 1), ("wan2", 2)):
        ip("link", "add", name, "type", "veth", "peer", "name", f"{name}-far")
        for end in (name, f"{name}-far"):
            ip("link", "set", end, "up")
        ip("address", "add", f"10.9.{net}.1/24", "dev", name)
        ip("address", "add", f"fd00:{net}::1/64", "dev", name, "nodad")
    tell()
    ip("route", "add", "default", "via", "10.9.1.254")
    ip("-6", "route", "add", "default", "via", "fd00:1::fe")
    ip("route", "add", "unreachable", "default", "metric", "900")
    ip("route", "add", "0.0.0.0/1", "via", "10.9.2.254")
    tell()
    for way in (["table", "77"], ["metric", "50"]):
        ip("route", "add", "default", "via", "10.9.2.254", *way)
        tell()
        ip("route", "del", "default", "via", "10.9.2.254", *way)
    ip("route", "add", "default", "via", "10.9.1.254", "metric", "60")
    tell()
    ip("route", "add", "default", "metric", "50", "nexthop", "via", "10.9.1.254", "nexthop", "via", "10.9.2.254")
    tell()
    for setting in ("ipv4/conf/wan2", "ipv6/conf/wan2"):
        (SETTINGS / setting / "forwarding").write_text("1")
        tell()
        (SETTINGS / setting / "forwarding").write_text("0")
    (SETTINGS / "ipv4/ip_forward").write_text("1")
    tell()
    (SETTINGS / "ipv4/ip_forward").write_text("0")
    (SETTINGS / "ipv4/conf/default/forwarding").write_text("1")
    tell()
    if own:
        ip("link", "add", "br0", "type", "bridge")
        ip("link", "add", "br1", "type", "bridge")
        tell()


if __name__ == "__main__":
    main()
