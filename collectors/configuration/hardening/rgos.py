"""RGOS. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from collectors.configuration.hardening import facts
from collectors.configuration.hardening.acls import of_ios
from collectors.configuration.hardening.ios_common import accounts, filed, logging, secrets, snmp, terminals
from collectors.configuration.hardening.ios_ports import ports
from collectors.configuration.hardening.lines import Node, first, found, named, number, quoted, walk
from collectors.configuration.hardening.ssh_lists import listing

BOTH = frozenset(("telnet", "ssh"))


def read(text: str, top: Sequence[Node]) -> facts.Device:
    return facts.Device(
        terminals=tuple(terminals(top, BOTH)),
        accounts=tuple(accounts(top)),
        secrets=tuple(secrets(top)),
        passwords=_passwords(top),
        services=tuple(_services(top)),
        ssh=_ssh(top),
        snmp=snmp(top),
        logging=logging(top),
        clock=_clock(top),
        ports=tuple(ports(top, "rgos")),
        tree=_tree(top),
        acls=tuple(of_ios(top)),
    )


def _passwords(top: Sequence[Node]) -> facts.Passwords:
    """By itself it locks after three wrong passwords, for hours, and demands nothing of passwords."""
    every = [*walk(top)]
    length = first(r"password +policy +min-size +(\d+)", every)
    days = first(r"password +policy +life-cycle +(\d+)", every)
    tries = first(r"aaa +local +authentication +attempts +(\d+)", every)
    return facts.Passwords(
        number(length),
        3 if any(found(r"password +policy +strong", every)) else 0,
        float(number(days)) or None if days else None,
        number(tries, 3),
        lines=quoted(r"password +policy .*|aaa +local .*", every),
    )


def _services(top: Sequence[Node]) -> Iterator[facts.Service]:
    """The Telnet server is on unless it is switched off."""
    if not any(found(r"no +enable +service +telnet-server", top)):
        yield facts.Service("telnet", lines=quoted(r"enable +service +telnet-server", top))
    guards = named(r"http +access-class +(\S+)", top)
    lines = quoted(r"enable +service +web-server.*", top)
    kinds = {match[1] or "all" for match in found(r"enable +service +web-server(?: +(all|http|https))?", top)}
    if kinds & {"all", "http"}:
        yield facts.Service("http", guards, lines)
    if kinds & {"all", "https"}:
        yield facts.Service("https", guards, lines)
    for name, pattern in (("ftp", r"ftp-server +enable"), ("tftp", r"tftp-server +enable.*")):
        if on := quoted(pattern, top):
            yield facts.Service(name, lines=on)
    yield from filed(top)


def _ssh(top: Sequence[Node]) -> facts.Ssh:
    on = not any(found(r"no +enable +service +ssh-server", top))
    two = any(found(r"ip +ssh +version +2", top))
    offers = listing(top, quoted(r"ip +ssh +version +1", top), r"ip +ssh", ("cipher-mode", "key-exchange"))
    return replace(offers, on=on, old=on and not two)


def _clock(top: Sequence[Node]) -> facts.Clock:
    if named := quoted(r"ntp +server .*", top):
        return facts.Clock(named)
    simple = quoted(r"sntp +server .*", top)
    return facts.Clock(simple, () if simple and not any(found(r"sntp +enable", top)) else None)


def _tree(top: Sequence[Node]) -> facts.Tree:
    on = any(found(r"spanning-tree\Z|spanning-tree +enable", top))
    return facts.Tree(on, any(found(r"spanning-tree +(?:portfast +)?bpduguard +default", top)))
