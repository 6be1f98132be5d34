"""Rules on who can log in and by what: clear-text protocols, access lists of the management, terminals. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from collectors.configuration.hardening.facts import Device, Terminal
from collectors.configuration.hardening.found import Find, Found

CLEAR = frozenset(("telnet", "telnet6"))


def service(*names: str) -> Find:
    def find(device: Device) -> Iterator[Found]:
        for each in device.services:
            if each.name in names:
                yield Found(", ".join(each.lines[:1]) or each.name, each.lines)

    return find


def redirecting_http(device: Device) -> Iterator[Found]:
    if device.redirects:
        yield Found("HTTP → HTTPS")


def terminals_with_telnet(device: Device) -> Iterator[Found]:
    """Only where a server listens, so that it is no dead setting."""
    server = tuple(line for each in device.services if each.name in CLEAR for line in each.lines)
    if any(each.name in CLEAR for each in device.services):
        for terminal in _open(device):
            if "telnet" in terminal.protocols:
                yield Found(terminal.name, (*terminal.lines, *server))


def accounts_with_telnet(device: Device) -> Iterator[Found]:
    on = {"telnet" if each.name in CLEAR else each.name for each in device.services} & {"telnet", "ftp"}
    for account in device.accounts:
        if used := account.services & on:
            yield Found(f"{account.name} ({', '.join(sorted(used))})", account.lines)


def terminals_without_acl(device: Device) -> Iterator[Found]:
    """A list of the SSH or the Telnet server does as well, for what comes in by it."""
    telnet = [each for each in device.services if each.name in CLEAR]
    for terminal in _open(device):
        by_ssh = "ssh" in terminal.protocols and not device.ssh.acls
        by_telnet = "telnet" in terminal.protocols and any(not each.acls for each in telnet)
        if not terminal.acls and (by_ssh or by_telnet):
            yield Found(terminal.name, terminal.lines)


def terminals_without_acl6(device: Device) -> Iterator[Found]:
    """Where the device has an address of IPv6, and a list of IPv4 alone guards it."""
    if not any(port.address6 and not port.shut for port in device.ports) or device.ssh.acls6:
        return
    if device.ssh.acls and not any(each.acls6 for each in _open(device)):
        yield Found("ssh server ipv6 acl")
        return
    for terminal in _open(device):
        if terminal.acls and not terminal.acls6:
            yield Found(terminal.name, terminal.lines)


def https_without_acl(device: Device) -> Iterator[Found]:
    """A firewall lets management in by the interface, which its own policy says."""
    for each in device.services:
        if each.name == "https" and not each.acls:
            yield Found(", ".join(each.lines[:1]), each.lines)


def undefined_acls(device: Device) -> Iterator[Found]:
    """One that does not exist restricts nothing, nor does one without rules: so Huawei of `acl` of a VTY, HPE and
    H3C of `ssh server acl`, Cisco of lists without entries."""
    known = {each.name for each in device.acls if not each.empty}
    for name, lines in _bound(device).items():
        if name not in known:
            yield Found(name, lines)


def open_acls(device: Device) -> Iterator[Found]:
    bound = _bound(device)
    for acl in device.acls:
        if acl.any_source and acl.name in bound:
            yield Found(acl.name, (*acl.lines, *bound[acl.name]))


def administrators(device: Device) -> Sequence[IPv4Network]:
    """From where they may log in by IPv4; nothing where a login has no list, or one that does not say so."""
    if any(terminals_without_acl(device)):
        return []
    acls = {each.name: each for each in device.acls}
    guards = {name for each in _open(device) for name in each.acls} | {*device.ssh.acls}
    if any(name not in acls or not acls[name].sources or acls[name].any_source for name in guards):
        return []
    return [network for name in guards for network in acls[name].sources]


def _bound(device: Device) -> Mapping[str, tuple[str, ...]]:
    """The lists that guard logins, with the lines that name them."""
    lines: dict[str, tuple[str, ...]] = {}
    for terminal in _open(device):
        for acl in (*terminal.acls, *terminal.acls6):
            name = acl.split()[-1]
            lines[acl] = (*lines.get(acl, ()), *(each for each in terminal.lines if name in each.split()))
    for acl in (*device.ssh.acls, *device.ssh.acls6):
        lines[acl] = (*lines.get(acl, ()), f"ssh server acl {acl}")
    for each in device.services:
        for acl in each.acls if each.name in ("http", "https") else ():
            lines[acl] = (*lines.get(acl, ()), *each.lines)
    return lines


def _open(device: Device) -> Sequence[Terminal]:
    return [each for each in device.terminals if not each.closed and not each.console]


def of_terminals(holds: Callable[[Terminal], bool]) -> Find:
    def find(device: Device) -> Iterator[Found]:
        for terminal in device.terminals:
            if not terminal.closed and holds(terminal):
                yield Found(terminal.name, terminal.lines)

    return find
