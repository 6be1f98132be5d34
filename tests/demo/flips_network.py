"""What turns the automatic items of the network platform."""

from __future__ import annotations

from tests.demo.flips import Fault, Flip, Set, Shortened, Sooner, for_

UPLINK = "XGigabitEthernet0/0/1"
TRUNK = "interface GigabitEthernet0/0/48; port link-type trunk; port trunk allow-pass vlan 2 to 4094"

NO_VANTAGE = "nothing is tried from a second vantage there: its configuration is judged"
# Packets asked often, so that the newest 600, which loss is judged by, are those of a quarter of a minute.
PACKETS = {"count": 200, "interval": "10ms"}
WAY = [{"layer": "gateway", "icmp": "10.25.0.1", **PACKETS}, {"layer": "far_gateway", "icmp": "10.25.16.1", **PACKETS}]

# fmt: off
ROWS = (
    Flip("NET-02", "social", Set("social", "loss", "0.3"), "lost to the", within=90, gone=80,
         why="loss is known of the newest 600 packets", claims=("social",)),
    Flip("NET-11", "access-2", Set("access-2", "root", "77"), "the root bridge is another", value=1.0),
    Flip("NET-01", "family", Set("family", "mute", "on"), "the carrier probe 10.24.8.1", "warn", value=0.0),
    Flip("NET-01", "labor", Fault("line-carrier-fault", "labor"), "the line is down", value=0.0,
         stays="how much of the day a line was available is counted until the day ends"),
    Flip("NET-03", "civil", Set("civil", "jitter", "0.08"), "jitter", "warn",
         stays="a busy machine adds jitter of its own, near the limit"),
    Flip("NET-04", "backup", Set("core-1", "more.GigabitEthernet1/0/30", "40"), "bandwidth",
         stays="its use is that of the last 5 minutes"),
    Flip("NET-05", "access-6", Fault("cable-break", "access-6"), "not reachable", value=0.0,
         claims=("access-6", "displays")),
    Flip("NET-06", "access-1", Set("access-1", "cpu", "0.93"), "93%", value=0.93),
    Flip("NET-07", "access-5", Set("access-5", "temperature", "71"), "MPU Board 0", value=-9.0),
    Flip("NET-08", "access-4", Set("access-4", f"megabits.{UPLINK}", "1000"), UPLINK, "warn"),
    Flip("NET-09", "access-1", Fault("port-errors", "pc-5"), "GigabitEthernet0/0/5", claims=("pc-5",),
         stays="errors are counted over 5 minutes"),
    Flip("NET-10", "access-2", Fault("port-flap", "pc-6"), "GigabitEthernet0/0/5", within=90, claims=("pc-6",),
         why="a port that flaps every 5 seconds takes most of a minute to flap five times",
         stays="flaps are counted over 10 minutes"),
    Flip("NET-12", "access-4", Fault("rogue-device", "access-4"), "1 unknown devices", value=1.0),
    Flip("NET-13", "core-2", Set("core-2", "shut.GigabitEthernet1/0/48", "off"), "1", "warn"),
    Flip("NET-14", "core-2", Fault("config-changed", "core-2"), "telnet server enable", gone=100,
         why="the configuration is fetched again first, then judged"),
    Flip("NET-15", "access-1", Set("access-1", "old-ssh", "on"), "diffie-hellman-group1-sha1"),
    Flip("NET-16", "core-1", Set("core-1", "typed", "snmp-agent community write cipher none"), "may write: rw",
         well="warn", why="its switches are read by SNMPv2c, behind an access list"),
    Flip("NET-17", "access-2", Set("access-2", "typed", "undo acl 2000 inbound"), "vty 0 4", well="not_connected",
         why=NO_VANTAGE),
    Flip("NET-18", "access-5", Set("access-5", "typed", TRUNK), "GigabitEthernet0/0/48", "warn",
         well="not_connected", why=NO_VANTAGE, claims=("access-5 configuration",)),
    Flip("NET-19", "access-5", Fault("config-changed", "access-5"), "without approval", value=1.0,
         claims=("access-5 configuration",)),
    Flip("NET-20", "access-6", Set("access-6", "typed", "undo info-center loghost"), "there should be a log host",
         well="not_connected", claims=("access-6",), why="no log store is watched there: its configuration is judged"),
    Flip("NET-21", "core-1", Set("core-1", "typed", "local-user admin class manage; service-type ssh"), "admin"),
    Flip("NET-24", "own", Set("own", "forwarding", "on"), "forward", value=1.0),
    Flip("NET-22", "access-4", Set("access-4", "version", "V200R010C00SPC600"), "maintained", value=0.0),
)
# fmt: on
SHORTENED: Shortened = {
    "NET-01": [for_(metric="line_up", result="fail"), for_(metric="line_probe_up", result="warn")],
    "NET-02": [for_(instead_of=0.03), for_(instead_of=0.01)],
    "NET-03": [for_(instead_of=0.1), for_(instead_of=0.03), for_(instead_of=0.015)],
    "NET-04": [for_(instead_of=0.6), for_(instead_of=0.8)],
    "NET-05": [for_(metric="device_up", result="fail")],
    "NET-06": [for_(instead_of=limit, metric="device_cpu_usage_ratio") for limit in (0.6, 0.8)],
    "NET-08": [
        for_(metric="interface_baseline_match"),
        for_(metric="interface_critical_up"),
        for_(metric="interface_baseline_deviation_info"),
    ],
    "NET-09": [for_(instead_of=0.0001), for_(instead_of=0.001)],
    "NET-12": [for_(metric="device_unknown_stations", result="fail")],
}
ALWAYS = {"monday-sunday": ["00:00-24:00"]}
SOONER: Sooner = {
    ("switches", ""): {"config.look": "5s", "interfaces.unused_after": "10s"},
    ("lines", "social"): {"probes": WAY},
    ("calendar", ""): {"service": ALWAYS},
    ("hosts", "own"): {"name": "守望主机", "address": "localhost", "by": "local", "every": "5s"},
}
