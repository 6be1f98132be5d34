"""Comware 5 and 7: switches and firewalls. What a version does by itself differs between the two. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from collectors.configuration.hardening import facts
from collectors.configuration.hardening.acls import of_vrp
from collectors.configuration.hardening.firewalls import of_h3c
from collectors.configuration.hardening.lines import Node, first, found, named, number, quoted, sections
from collectors.configuration.hardening.ssh_lists import listing
from collectors.configuration.hardening.vrp_common import clock, idle, log_hosts, shares, snmp, terminals_acls
from collectors.configuration.hardening.vrp_ports import ports

VERSION = re.compile(r"^ ?version +(\d+)\.(\d+)(?:\.(\d+))?", re.MULTILINE)
USUAL = (7, 1, 70)
MUTED = r"info-center +source +\S+ +(?:channel +(?:2|loghost) +)?(?:loghost +)?(?:log +)?(?:level +emergenc\S+|deny).*"


def read(text: str, top: Sequence[Node]) -> facts.Device:
    match = VERSION.search(text)
    version = tuple(int(each or 0) for each in match.groups()) if match else USUAL
    five = version[0] < 7
    firewall = of_h3c(top)
    return facts.Device(
        terminals=tuple(_terminals(top)),
        accounts=tuple(_accounts(top)),
        secrets=tuple(shares(top)),
        passwords=_passwords(top),
        services=tuple(_services(top, five)),
        ssh=_ssh(top, version),
        snmp=snmp(top),
        logging=facts.Logging(log_hosts(top), quoted(r"undo +info-center +enable", top), quoted(MUTED, top)),
        clock=_clock(top, five),
        ports=tuple(ports(top)),
        tree=_tree(top, five),
        acls=tuple(of_vrp(top)),
        firewall=firewall,
    )


def _terminals(top: Sequence[Node]) -> Iterator[facts.Terminal]:
    """What a class of lines has holds for each that does not say otherwise."""
    classes = {match[1]: node.below for match, node in sections(r"line +class +(\S+)", top)}
    kinds = {"con": "console"}
    for match, written in sections(r"(?:user-interface|line) +((con|vty|aux|usb)\w* +[\d ]+)", top):
        node = Node(written.text, [*written.below, *classes.get(kinds.get(match[2], match[2]), [])])
        mode = node.first(r"authentication-mode +(\S+)")
        taken = node.first(r"protocol +inbound +(\S+)")
        console = match[2] != "vty"
        word = taken[1].lower() if taken else "all"
        acls, acls6 = terminals_acls(node)
        yield facts.Terminal(
            match[1].strip(),
            console=console,
            login=_login(mode[1] if mode else "", console),
            protocols=frozenset(("telnet", "ssh") if word == "all" else (word,)),
            acls=acls,
            acls6=acls6,
            idle=idle(node),
            closed=node.has(r"undo +shell"),
            lines=written.texts,
        )


def _login(mode: str, console: bool) -> facts.Login:
    """Console and AUX ask for nothing where nothing is set."""
    if mode == "scheme":
        return "accounts"
    return "shared" if mode == "password" else "none" if mode == "none" or console else "unknown"


def _accounts(top: Sequence[Node]) -> Iterator[facts.Account]:
    """Those that manage the device; those of class network only get a port opened."""
    for match, node in sections(r"local-user +(\S+)(?: +class +(\S+))?", top):
        if match[2] == "network":
            continue
        clear = node.has(r"password +simple")
        kept = node.first(r"password +(?:\[\S+\] +)?(hash|cipher)")
        services = {word for each in found(r"service-type +(.+)", node.below) for word in each[1].split()}
        stored: facts.Storage = "clear" if clear else "cipher" if kept and kept[1] == "cipher" else "hash"
        yield facts.Account(match[1], stored, frozenset(services), node.texts)


def _passwords(top: Sequence[Node]) -> facts.Passwords:
    """`password-control enable` brings 10 characters, 90 days and a lock after 3; of kinds, one."""
    lines = quoted(r"(?:undo +)?password-control .*", top)
    if not any(found(r"password-control +enable", top)):
        return facts.Passwords(lines=lines)

    def on(part: str) -> bool:
        return not any(found(rf"undo +password-control +{part} +enable", top))

    length = first(r"password-control +length +(\d+)", top)
    days = first(r"password-control +aging +(\d+)", top)
    kinds = first(r"password-control +composition +type-number +(\d+)", top)
    tries = first(r"password-control +login-attempt +(\d+)(?: +exceed +(\S+))?", top)
    unlocked = tries is not None and tries[2] == "unlock"
    return facts.Passwords(
        length=number(length, 10) if on("length") else 0,
        kinds=number(kinds, 1) if on("composition") else 0,
        days=float(number(days, 90)) if on("aging") else None,
        attempts=None if unlocked else number(tries, 3),
        lines=lines,
    )


def _services(top: Sequence[Node], five: bool) -> Iterator[facts.Service]:
    for name, words, by_itself in (
        ("telnet", r"telnet +server", False),
        ("telnet6", r"telnet +server +ipv6", False),
        ("http", r"ip +http", five),
        ("ftp", r"ftp +server", False),
        ("tftp", r"tftp +server", False),
        ("https", r"ip +https", False),
    ):
        lines = quoted(rf"{words} +enable", top)
        if lines or (by_itself and not any(found(rf"undo +{words} +enable", top))):
            inside = [each for node in top for each in quoted(rf"manage +{name} +inbound", node.below)]
            acls = named(rf"{words} +acl +(?:name +)?(\S+)", top)
            yield facts.Service(name, acls, (*lines, *inside))


def _ssh(top: Sequence[Node], version: tuple[int, ...]) -> facts.Ssh:
    old = quoted(r"ssh +server +compatible-ssh1x +enable", top)
    undone = any(found(r"undo +ssh +server +compatible-ssh1x(?: +enable)?", top))
    on = any(found(r"ssh +server +enable", top))
    return replace(
        listing(top, old, r"ssh2 +algorithm", ("cipher", "key-exchange", "public-key")),
        on=on,
        old=bool(old) or (on and version[0] < 7 and not undone),
        broken_defaults=version[0] >= 7,
        acls=named(r"ssh +server +acl +(?:name +)?(\S+)", top),
        acls6=tuple(
            facts.acl_name(each, True) for each in named(r"ssh +server +ipv6 +acl +(?:ipv6 +)?(?:name +)?(\S+)", top)
        ),
    )


def _clock(top: Sequence[Node], five: bool) -> facts.Clock:
    """SNTP does as well. In Comware 7 a service must be switched on before a server is asked."""
    simple = quoted(r"sntp +(?:ipv6 +)?unicast-server .*", top)
    if simple and any(found(r"sntp +enable", top)):
        return facts.Clock(simple)
    named = clock(top)
    off = quoted(r"clock +protocol +none", top)
    if off:
        return facts.Clock(named.servers, off)
    idle_ = not five and not any(found(r"ntp-service +enable", top))
    return facts.Clock((*named.servers, *simple), () if (named.servers or simple) and idle_ else None)


def _tree(top: Sequence[Node], five: bool) -> facts.Tree:
    on = any(found(r"stp +enable" if five else r"stp +global +enable", top))
    return facts.Tree(on, any(found(r"stp +bpdu-protection", top)), quoted(r"undo +stp +(?:global +)?enable", top))
