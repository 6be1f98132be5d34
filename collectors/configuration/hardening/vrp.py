"""VRP: switches, and the firewalls whose administrators are manager users. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from collectors.configuration.hardening import facts
from collectors.configuration.hardening.acls import of_vrp
from collectors.configuration.hardening.firewalls import of_huawei
from collectors.configuration.hardening.lines import Node, first, found, named, number, quoted, sections, walk
from collectors.configuration.hardening.ssh_lists import listing
from collectors.configuration.hardening.vrp_common import clock, idle, log_hosts, shares, snmp, terminals_acls
from collectors.configuration.hardening.vrp_ports import ports

COPIES = r"set +save-configuration +backup-to-server\b.*\btransport-type +(?:ftp|tftp)"
# Channel 2 is that of the log hosts.
MUTED = r"info-center +source +\S+ +channel +(?:2|loghost) +log +(?:level +emergencies|state +off).*"
# VRP 5 of old, and VRP 8 of the data centres: there Telnet is on until it is switched off.
OLD = re.compile(r"^!Software Version V100", re.MULTILINE)
DATA_CENTRE = re.compile(r"^device board \d+ board-type CE", re.MULTILINE)
LOGINS: Mapping[str, facts.Login] = {"none": "none", "password": "shared", "aaa": "accounts"}
POLICY = (
    r"(?:undo +)?(?:user-password|local-aaa-user|set +password|password +expire"
    r"|local-user +\S+ +password +expire)\b.*"
)


def read(text: str, top: Sequence[Node]) -> facts.Device:
    old = OLD.search(text) is not None
    telnet = old or DATA_CENTRE.search(text) is not None
    firewall = of_huawei(top)
    return facts.Device(
        terminals=tuple(_terminals(top, telnet)),
        accounts=tuple(_accounts(top)),
        secrets=tuple(shares(top)),
        passwords=_managers(top) if firewall else _passwords(top, old),
        services=tuple(_services(top, telnet)),
        ssh=_ssh(top),
        snmp=snmp(top),
        logging=facts.Logging(log_hosts(top), quoted(r"undo +info-center +enable", top), quoted(MUTED, top)),
        clock=replace(clock(top), off=quoted(r"ntp(?:-service)? +disable", top) or None),
        ports=tuple(ports(top)),
        tree=_tree(top),
        acls=tuple(of_vrp(top)),
        firewall=firewall,
    )


def _terminals(top: Sequence[Node], telnet: bool) -> Iterator[facts.Terminal]:
    for match, node in sections(r"user-interface +((con|vty|aux|tty)\w* +[\d ]+\d|(?:con|vty|aux)\w* +\d+)", top):
        mode = node.first(r"authentication-mode +(\S+)")
        taken = node.first(r"protocol +inbound +(\S+)")
        word = taken[1].lower() if taken else "all" if telnet else "ssh"
        login = LOGINS.get(mode[1] if mode else "", "unknown")
        acls, acls6 = terminals_acls(node)
        yield facts.Terminal(
            match[1],
            console=not match[1].startswith("vty"),
            login=login,
            protocols=frozenset(("telnet", "ssh") if word == "all" else (word,)),
            acls=acls,
            acls6=acls6,
            idle=idle(node),
            closed=node.has(r"undo +shell"),
            lines=node.texts,
        )


def _accounts(top: Sequence[Node]) -> Iterator[facts.Account]:
    lines: dict[str, list[str]] = {}
    for match in found(r"local-user +(\S+) .*", _aaa(top)):
        lines.setdefault(match[1], []).append(match.string)
    for name, texts in lines.items():
        whole = "\n".join(texts)
        services = {word for each in re.findall(r"service-type +(.+)", whole) for word in each.split()}
        clear = re.search(r"password +simple\b", whole)
        yield facts.Account(name, "clear" if clear else "hash", frozenset(services), tuple(texts))
    for match, node in sections(r"manager-user +(?!password\b)(\S+)", _aaa(top)):
        given = node.first(r"service-type +(.+)")
        used = frozenset(given[1].split()) if given else frozenset[str]()
        stored: facts.Storage = "clear" if node.has(r"password +simple") else "cipher"
        yield facts.Account(match[1], stored, used, node.texts)


def _aaa(top: Sequence[Node]) -> list[Node]:
    return [each for _, node in sections("aaa", top) for each in walk(node.below)]


def _passwords(top: Sequence[Node], old: bool) -> facts.Passwords:
    """Later versions check that a password is complex, and lock an account, unless they are told not to."""
    lines = [*walk(top)]
    checked = not old and not any(found(r"undo +user-password +complexity-check", lines))
    three = any(found(r"user-password +complexity-check +three-of-kinds", lines))
    written = first(r"set +password +min-length +(\d+)", lines)
    locked = first(r"local-aaa-user +wrong-password .*\bretry-time +(\d+)", lines)
    off = old or any(found(r"undo +local-aaa-user +wrong-password", lines))
    expiry = first(r"(?:local-user +\S+ +)?password +expire +(\d+)", lines)
    policy = any(found(r"local-aaa-user +password +policy +administrator", lines))
    return facts.Passwords(
        length=number(written, 8 if checked else 0),
        kinds=3 if checked and three else 2 if checked else 0,
        days=float(number(expiry, 90)) or None if expiry or policy else None,
        attempts=number(locked) if locked else None if off else 3,
        lines=quoted(POLICY, lines),
    )


def _managers(top: Sequence[Node]) -> facts.Passwords:
    """Of a firewall: it demands length and kinds by itself."""
    lines = _aaa(top)
    days = first(r"manager-user +password +valid-days +(\d+)", lines)
    locked = any(found(r"lock-authentication +enable", lines))
    tries = first(r"lock-authentication +failed-count +(\d+)", lines)
    off = any(found(r"undo +lock-authentication +enable", lines))
    return facts.Passwords(
        days=float(number(days)) or None if days else None,
        attempts=number(tries, 3) if locked or not off else None,
        fixed=frozenset(("length", "kinds")),
        lines=quoted(r"manager-user +password .*|lock-authentication .*", lines),
    )


def _services(top: Sequence[Node], by_itself: bool) -> Iterator[facts.Service]:
    telnet = quoted(r"telnet +server +enable", top)
    if telnet or (by_itself and not any(found(r"undo +telnet +server +enable|telnet +server +disable", top))):
        managed = [each for node in top for each in quoted(r"service-manage +telnet +permit", node.below)]
        acls = named(r"telnet +server +acl +(\S+)", top)
        yield facts.Service("telnet", acls, (*telnet, *managed))
    yield from _service("telnet6", r"telnet +ipv6 +server +enable", top)
    yield from _service("http", r"http +server +enable", top)
    yield from _service("ftp", r"ftp +(?:ipv6 +)?server +enable", top)
    yield from _service("tftp", r"tftp +server +enable", top)
    yield from _service("copy", COPIES, top)
    if any(found(r"web-manager +enable", top)) and not any(found(r"web-manager +security +enable.*", top)):
        yield facts.Service("http", lines=quoted(r"web-manager +enable", top))
    if lines := quoted(r"http +secure-server +enable", top):
        acls = named(r"http +acl +(\S+)", top)
        yield facts.Service("https", acls, lines)


def _service(name: str, pattern: str, top: Sequence[Node]) -> Iterator[facts.Service]:
    if lines := quoted(pattern + r".*", top):
        yield facts.Service(name, lines=lines)


def _ssh(top: Sequence[Node]) -> facts.Ssh:
    old = quoted(r"ssh +server +compatible-ssh1x +enable", top)
    return replace(
        listing(top, old, r"ssh +server", ("cipher", "key-exchange", "publickey")),
        on=any(found(r"stelnet +(?:ipv[46] +)?server +enable", top)),
        sources=named(r"ssh +server-source +-i +(\S+)", top),
        acls=named(r"ssh +server +acl +(?:name +)?(\S+)", top),
        acls6=tuple(
            facts.acl_name(each, True)
            for each in named(r"ssh +(?:ipv6 +server|server +ipv6) +acl +(?:name +)?(\S+)", top)
        ),
    )


def _tree(top: Sequence[Node]) -> facts.Tree:
    off = quoted(r"undo +stp +enable|stp +disable", top)
    return facts.Tree(not off, any(found(r"stp +bpdu-protection", top)), off)
