"""The chain: centre - switch - modem - two nodes of the carrier - far gateway - server, a network namespace each.

The centre is the namespace that this runs in; it must be root of an unprivileged user, network and mount namespace with
a fresh /run. Whoever needs names of interfaces finds them in LINKS.
"""

from __future__ import annotations

import subprocess
from itertools import pairwise
from pathlib import Path

NODES = ("switch", "modem", "node1", "node2", "far", "server")
# Each cable: near node, its interface and address; far node, its interface and address.
LINKS = (
    ("", "lan", "10.10.0.1", "switch", "uplink", "10.10.0.2"),
    ("switch", "line", "10.20.0.2", "modem", "near", "10.20.0.1"),
    ("modem", "away", "10.21.0.2", "node1", "near", "10.21.0.1"),
    ("node1", "away", "10.21.1.2", "node2", "near", "10.21.1.1"),
    ("node2", "away", "10.22.0.2", "far", "near", "10.22.0.1"),
    ("far", "away", "10.23.0.1", "server", "near", "10.23.0.10"),
)
SWITCH, LINE_PORT = "10.10.0.2", "line"
INTERFACE, GATEWAY, CARRIER, FAR, SERVER = "10.20.0.2", "10.20.0.1", "10.21.1.1", "10.22.0.1", "10.23.0.10"
BEYOND = "10.20.0.0/14"  # everything behind the switch
PORTS = (443, 8443)  # of the two business endpoints


def run(node: str, *words: str, text: str = "") -> None:
    """A command in a node's namespace; the centre is the empty name. RuntimeError says what it said."""
    place = ["ip", "netns", "exec", node] if node else []
    done = subprocess.run([*place, *words], input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{node or 'centre'}: {' '.join(words)} {text}: {done.stderr.strip()}")


def build() -> None:
    """The whole chain with addresses and routes both ways."""
    for node in NODES:
        run("", "ip", "netns", "add", node)
        run("", "ip", "-n", node, "link", "set", "lo", "up")
    for near, near_name, near_address, far, far_name, far_address in LINKS:
        own = ["netns", near] if near else []
        run("", "ip", "link", "add", near_name, *own, "type", "veth", "peer", "name", far_name, "netns", far)
        for node, name, address in ((near, near_name, near_address), (far, far_name, far_address)):
            _quiet(node, name)
            run(node, "ip", "addr", "add", f"{address}/30" if far != "server" else f"{address}/24", "dev", name)
            run(node, "ip", "link", "set", name, "up")
    for node in NODES[:-1]:
        run(node, "sysctl", "-qw", "net.ipv4.ip_forward=1")
    _route()


def clear() -> None:
    for node in NODES:
        subprocess.run(["ip", "netns", "del", node], capture_output=True, check=False)
    # A namespace that is gone takes its interfaces along only later.
    subprocess.run(["ip", "link", "del", "lan"], capture_output=True, check=False)
    subprocess.run(["ip", "route", "flush", BEYOND], capture_output=True, check=False)
    subprocess.run(["nft", "flush", "ruleset"], capture_output=True, check=False)


def _quiet(node: str, name: str) -> None:
    """No IPv6, whose own packets would count at the port; large segments stay as they are sent."""
    run(node, "sysctl", "-qw", f"net.ipv6.conf.{name}.disable_ipv6=1")


def _route() -> None:
    """Onward along the chain, and back to the centre."""
    run("", "ip", "route", "replace", BEYOND, "via", SWITCH)
    for (_, _, _, node, _, _), (_, _, _, _, _, onward) in pairwise(LINKS):
        run(node, "ip", "route", "add", BEYOND, "via", onward)
    for _, _, backward, node, _, _ in LINKS[1:]:
        run(node, "ip", "route", "add", "10.10.0.0/30", "via", backward)
    # What the nodes send of themselves, such as ICMP errors, goes to the centre only; nodes need no way to each other.


def namespace(node: str) -> Path:
    return Path("/run/netns") / node
