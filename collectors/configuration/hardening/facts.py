"""What the running configuration of a device says of its own safety, in the same words for every family. Frozen; lines
are quoted as the normal form has them, so with masks where secrets were."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Literal

Storage = Literal["clear", "reversible", "hash", "cipher"]
Login = Literal["none", "shared", "accounts", "unknown"]
Level = Literal["none", "auth", "priv"]
Kind = Literal["port", "gateway", "other"]
Mode = Literal["access", "trunk", "dynamic", "routed", "unset"]
Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Acl:
    """`name`: as `acl_name` gives it, here and wherever one is bound. `any_source`: a rule of it permits whoever asks;
    `any_traffic`: one permits anything from anywhere; `empty`: it has no rule, which restricts nobody; `sources` are
    those that it permits, where all of them are known."""

    name: str
    any_source: bool = False
    any_traffic: bool = False
    empty: bool = False
    sources: tuple[IPv4Network, ...] = ()
    lines: Lines = ()


def acl_name(name: str, six: object = False) -> str:
    """Lists of IPv4 and of IPv6 have their names and numbers each for themselves."""
    return f"ipv6 {name}" if six else name


@dataclass(frozen=True, slots=True)
class Terminal:
    """Console or VTYs by their range. `protocols` that log in there; `acls`, `acls6`: names of those that are bound;
    `idle` in seconds, 0 for never, None for the device's default; `closed`: nobody logs in there at all."""

    name: str
    console: bool
    login: Login
    protocols: frozenset[str] = frozenset()
    acls: tuple[str, ...] = ()
    acls6: tuple[str, ...] = ()
    idle: float | None = None
    highest: bool = False
    closed: bool = False
    lines: Lines = ()


@dataclass(frozen=True, slots=True)
class Account:
    """`services` it may use, where the family says so for each account."""

    name: str
    stored: Storage
    services: frozenset[str] = frozenset()
    lines: Lines = ()


@dataclass(frozen=True, slots=True)
class Secret:
    """A password that is no account's: of a line, or to rise in privilege."""

    name: str
    stored: Storage
    lines: Lines = ()


@dataclass(frozen=True, slots=True)
class Passwords:
    """The policy for them. 0 and None: nothing is demanded. `days` until they must change; `attempts` before an account
    is locked. `fixed`: parts that the device demands by itself and that cannot be set."""

    length: int = 0
    kinds: int = 0
    days: float | None = None
    attempts: int | None = None
    fixed: frozenset[str] = frozenset()
    lines: Lines = ()


@dataclass(frozen=True, slots=True)
class Service:
    """One that is on: telnet, telnet6, http, https, ftp, tftp, copy_ftp …; `acls` that are bound to it."""

    name: str
    acls: tuple[str, ...] = ()
    lines: Lines = ()


@dataclass(frozen=True, slots=True)
class Ssh:
    """`old`: version 1 is taken too. Lists of algorithms as the device writes them, None where it lists none;
    `broken_defaults`: what it offers then has broken ones among it; `sources`: interfaces that alone it listens at."""

    on: bool = False
    old: bool = False
    ciphers: tuple[str, ...] | None = None
    exchanges: tuple[str, ...] | None = None
    host_keys: tuple[str, ...] | None = None
    broken_defaults: bool = False
    acls: tuple[str, ...] = ()
    acls6: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    lines: dict[str, Lines] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Community:
    name: str
    writes: bool
    acls: tuple[str, ...] = ()
    lines: Lines = ()


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    level: Level
    acls: tuple[str, ...] = ()
    lines: Lines = ()


@dataclass(frozen=True, slots=True)
class SnmpUser:
    name: str
    group: str = ""
    auth: str = ""
    privacy: str = ""
    acls: tuple[str, ...] = ()
    lines: Lines = ()


@dataclass(frozen=True, slots=True)
class Snmp:
    """`acls` hold for all who ask; `lines` name the versions that are on; `only_v3`: those are said, and communities
    are not among them."""

    on: bool = False
    only_v3: bool = False
    communities: tuple[Community, ...] = ()
    groups: tuple[Group, ...] = ()
    users: tuple[SnmpUser, ...] = ()
    acls: tuple[str, ...] = ()
    lines: Lines = ()


@dataclass(frozen=True, slots=True)
class Logging:
    """`off` and `muted` quote what keeps messages from being sent; `hosts` that they go to."""

    hosts: Lines = ()
    off: Lines = ()
    muted: Lines = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """`servers` it names; `off`: why none of them is asked, by a line, or by what is not there."""

    servers: Lines = ()
    off: Lines | None = None
    own: Lines = ()


@dataclass(frozen=True, slots=True)
class Port:
    """An interface. `vlans`: how many a trunk carries; `filters` bound to what comes in; `bare`: nothing is set."""

    name: str
    kind: Kind
    shut: bool = False
    mode: Mode = "unset"
    description: str = ""
    vlans: int = 0
    edge: bool = False
    guarded: bool = False
    calmed: bool = False
    treeless: bool = False
    address: bool = False
    address6: bool = False
    networks: tuple[IPv4Network, ...] = ()
    filters: tuple[str, ...] = ()
    bare: bool = False
    lines: Lines = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """The spanning tree; `without`: VLANs that have none, by the line for it; `guarded`: edge ports are."""

    on: bool = True
    guarded: bool = False
    off: Lines = ()
    without: Lines = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule of a firewall that lets something through. `everything`: any to any; `own`: it is about the firewall
    itself; `inspected`: by intrusion prevention or anti-virus."""

    name: str
    everything: bool
    own: bool = False
    inspected: bool = False
    lines: Lines = ()


@dataclass(frozen=True, slots=True)
class Firewall:
    """`permits` quotes a default action that lets through; `renewed`: signatures come by themselves."""

    policies: tuple[Policy, ...] = ()
    permits: Lines = ()
    renewed: bool = True


@dataclass(frozen=True, slots=True)
class Device:
    """`redirects`: what answers to HTTP only sends on to HTTPS."""

    terminals: tuple[Terminal, ...] = ()
    accounts: tuple[Account, ...] = ()
    secrets: tuple[Secret, ...] = ()
    passwords: Passwords = Passwords()
    services: tuple[Service, ...] = ()
    ssh: Ssh = Ssh()
    snmp: Snmp = Snmp()
    logging: Logging = Logging()
    clock: Clock = Clock()
    ports: tuple[Port, ...] = ()
    tree: Tree = Tree()
    acls: tuple[Acl, ...] = ()
    firewall: Firewall | None = None
    redirects: bool = False
