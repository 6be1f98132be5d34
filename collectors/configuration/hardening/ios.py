"""IOS and IOS XE. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from collectors.configuration.hardening import facts
from collectors.configuration.hardening.acls import of_ios
from collectors.configuration.hardening.ios_common import accounts, filed, logging, secrets, snmp, terminals
from collectors.configuration.hardening.ios_ports import ports
from collectors.configuration.hardening.lines import Node, first, found, named, number, quoted, sections
from collectors.configuration.hardening.ssh_lists import listing

VERSION = re.compile(r"^version +(\d+)", re.MULTILINE)
NEW = 17  # from this version on, a VTY that names no protocol takes SSH alone, and SSH is version 2 alone
KINDS = r"(?:numeric-count|upper-case|lower-case|special-case) +[1-9]\d*"
DAYS = {"day": 1.0, "month": 30.0, "year": 365.0}


def read(text: str, top: Sequence[Node]) -> facts.Device:
    match = VERSION.search(text)
    new = match is None or int(match[1]) >= NEW
    lines = tuple(terminals(top, frozenset(("ssh",) if new else ("telnet", "ssh"))))
    return facts.Device(
        terminals=lines,
        accounts=tuple(accounts(top)),
        secrets=tuple(secrets(top)),
        passwords=_passwords(top),
        services=tuple(_services(top, lines)),
        ssh=_ssh(top, new),
        snmp=snmp(top),
        logging=logging(top),
        clock=_clock(top),
        ports=tuple(_edges(top)),
        tree=_tree(top),
        acls=tuple(of_ios(top)),
    )


def _passwords(top: Sequence[Node]) -> facts.Passwords:
    """What holds for every account: a policy holds for those that name it alone."""
    policies = list(_policies(top))
    length = min((number(node.first(r"min-length +(\d+)")) for node in policies), default=0)
    kinds = min((len(quoted(KINDS, node.below)) for node in policies), default=0)
    days = [_days(node) for node in policies]
    tries = first(r"aaa +local +authentication +attempts +max-fail +(\d+)", top)
    blocked = first(r"login +block-for +\d+ +attempts +(\d+) .*", top)
    written = first(r"security +passwords +min-length +(\d+)", top)
    attempts = [number(each) for each in (tries, blocked) if each is not None]
    return facts.Passwords(
        max(length, number(written)),
        kinds,
        max((each for each in days if each is not None), default=None) if None not in days else None,
        min(attempts, default=None),
        lines=quoted(r"(?:aaa +common-criteria|aaa +local|login +block-for|security +passwords) .*", top),
    )


def _policies(top: Sequence[Node]) -> Iterator[Node]:
    """That of each account that has a password; an empty one where it names none, or one that is not there."""
    written = {match[1]: node for match, node in sections(r"aaa +common-criteria +policy +(\S+)", top)}
    for account in accounts(top):
        named = re.search(r"\bcommon-criteria-policy +(\S+)", account.lines[0])
        yield written.get(named[1] if named else "", Node(""))


def _days(policy: Node) -> float | None:
    match = policy.first(r"lifetime +(day|month|year) +(\d+)")
    return DAYS[match[1].lower()] * int(match[2]) if match else None


def _services(top: Sequence[Node], lines: Sequence[facts.Terminal]) -> Iterator[facts.Service]:
    taken = [each for each in lines if "telnet" in each.protocols and not each.console and not each.closed]
    if taken:
        yield facts.Service("telnet", lines=tuple(text for each in taken for text in each.lines))
    for name, pattern in (
        ("http", r"ip +http +server"),
        ("ftp", r"ftp-server +enable"),
        ("tftp", r"tftp-server +.*"),
    ):
        if found_ := quoted(pattern, top):
            yield facts.Service(name, lines=found_)
    if secure := quoted(r"ip +http +secure-server", top):
        acls = named(r"ip +http +access-class +(?:ipv4 +)?(?!ipv6\b)(\S+)", top)
        yield facts.Service("https", acls, secure)
    yield from filed(top)


def _ssh(top: Sequence[Node], new: bool) -> facts.Ssh:
    one = quoted(r"ip +ssh +version +1", top)
    two = new or any(found(r"ip +ssh +version +2", top))
    offers = listing(top, one, r"ip +ssh +server +algorithm", ("encryption", "kex", "hostkey"))
    return replace(offers, old=bool(one) or not two)


def _clock(top: Sequence[Node]) -> facts.Clock:
    servers = quoted(r"s?ntp +(?:server|peer) .*", top)
    return facts.Clock(servers, own=() if servers else quoted(r"ntp +master.*", top))


def _edges(top: Sequence[Node]) -> Iterator[facts.Port]:
    """With `portfast default` every port that is no trunk is an edge."""
    every = any(found(r"spanning-tree +portfast +(?:edge +)?default", top))
    for port in ports(top, "ios"):
        yield replace(port, edge=port.edge or (every and port.mode in ("access", "dynamic")))


def _tree(top: Sequence[Node]) -> facts.Tree:
    without = quoted(r"no +spanning-tree +vlan +.*", top)
    guarded = any(found(r"spanning-tree +portfast +(?:edge +)?bpduguard +default", top))
    return facts.Tree(True, guarded, without=without)
