"""The own machine's forwarding, default routes and bridges, as the kernel has them."""

from __future__ import annotations

from pathlib import Path

from agent.core.model import Target
from collectors.host.options import HostOptions
from collectors.routing import COLLECTOR
from tests.collectors.ways import Wire, poll, value
from tests.namespace import run_script


def test_links_routes_and_settings_are_told_as_they_change() -> None:
    told = run_script("collectors/routing_cases.py").splitlines()
    assert told[:11] == [
        "0 0 0 0",  # loopback alone
        "0 0 0 2",  # two links and no way out
        "0 1 0 2",  # one way out by IPv4 and one by IPv6; what refuses or leads to half the world is no default route
        "0 2 0 2",  # a second one, in a table that rules choose
        "0 2 0 2",  # or for when the first fails
        "0 1 0 2",  # the same one twice
        "0 2 0 2",  # two next hops of one route
        "1 2 0 2",  # one interface forwards IPv4
        "1 2 0 2",  # and IPv6
        "1 2 0 2",  # the whole machine
        "0 2 0 2",  # only interfaces to come would
    ]
    # What came now forwards, as was set for it.
    assert told[11:] in (["1 2 2 2"], []), "without a /sys of its own the namespace cannot show its bridges"


def test_this_machine_is_told_as_it_is() -> None:
    reading = poll(Wire(), COLLECTOR, Target("host", "a", "a", HostOptions(id="a", address="localhost"), "localhost"))
    assert reading.up
    if Path("/proc/sys/net/ipv4/ip_forward").read_text().strip() == "1":
        assert value(reading, "host_ip_forwarding") == 1
    bridges = sum((each / "bridge").is_dir() for each in Path("/sys/class/net").iterdir())
    assert value(reading, "host_bridges") == bridges


def test_another_machine_is_not_asked() -> None:
    options = HostOptions(id="web", address="10.0.0.9")
    assert not COLLECTOR.applies(Target("host", "web", "web", options, "10.0.0.9"))
