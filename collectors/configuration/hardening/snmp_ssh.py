"""Rules on SNMP, SSH, logs and time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from collectors.configuration.hardening.algorithms import broken, weak
from collectors.configuration.hardening.facts import Community, Device, Ssh
from collectors.configuration.hardening.found import Find, Found

DEFAULT = frozenset(("public", "private"))
OLD_AUTH, OLD_PRIVACY = ("md5", "hmac-md5"), ("des", "des56", "3des", "3des168")


def communities(holds: Callable[[Community, Device], bool]) -> Find:
    def find(device: Device) -> Iterator[Found]:
        for each in device.snmp.communities:
            if holds(each, device):
                yield Found("rw" if each.writes else "ro", (*each.lines, *device.snmp.lines))

    return find


def is_default(community: Community, device: Device) -> bool:
    return community.name.lower() in DEFAULT and not device.snmp.only_v3


def writes(community: Community, device: Device) -> bool:
    return community.writes and not device.snmp.only_v3


def is_open(community: Community, device: Device) -> bool:
    """Without a list, or with one that does not exist, or that lets everybody in."""
    return not device.snmp.only_v3 and not guarded((*community.acls, *device.snmp.acls), device)


def is_guarded(community: Community, device: Device) -> bool:
    """Or left over, where v3 alone is on: it answers nobody till somebody switches its version on."""
    return not any(wrong(community, device) for wrong in (is_default, writes, is_open))


def guarded(acls: tuple[str, ...], device: Device) -> bool:
    known = {each.name for each in device.acls if not each.any_source and not each.empty}
    return any(each in known for each in acls)


def weak_groups(device: Device) -> Iterator[Found]:
    for each in device.snmp.groups:
        if each.level != "priv":
            yield Found(each.name, each.lines)


def weak_users(device: Device) -> Iterator[Found]:
    for each in device.snmp.users:
        if each.auth in OLD_AUTH or each.privacy in OLD_PRIVACY:
            yield Found(f"{each.name} ({' '.join(filter(None, (each.auth, each.privacy)))})", each.lines)


def groups_without_acl(device: Device) -> Iterator[Found]:
    """One of its users may have a list of its own instead."""
    for group in device.snmp.groups:
        users = [each for each in device.snmp.users if each.group == group.name]
        by_user = bool(users) and all(guarded(each.acls, device) for each in users)
        if group.level == "priv" and not by_user and not guarded((*group.acls, *device.snmp.acls), device):
            yield Found(group.name, group.lines)


def old_ssh(device: Device) -> Iterator[Found]:
    if device.ssh.on and device.ssh.old:
        yield Found("SSH-1", device.ssh.lines.get("old", ()))


def broken_defaults(device: Device) -> Iterator[Found]:
    ssh = device.ssh
    if ssh.on and ssh.broken_defaults and ssh.ciphers is None and ssh.exchanges is None:
        yield Found()


def _offered(ssh: Ssh) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for name, offered in (("cipher", ssh.ciphers), ("exchange", ssh.exchanges), ("host_key", ssh.host_keys)):
        yield offered or (), ssh.lines.get(name, ())


def broken_algorithms(device: Device) -> Iterator[Found]:
    for offered, lines in _offered(device.ssh) if device.ssh.on else ():
        if found := [each for each in offered if broken(each)]:
            yield Found(" ".join(found), lines)


def weak_algorithms(device: Device) -> Iterator[Found]:
    for offered, lines in _offered(device.ssh) if device.ssh.on else ():
        found = [each for each in offered if weak(each)]
        if found and not any(map(broken, offered)):
            yield Found(" ".join(found), lines)


def no_log_host(device: Device) -> Iterator[Found]:
    if not device.logging.hosts and not device.logging.off:
        yield Found()


def logging_off(device: Device) -> Iterator[Found]:
    if device.logging.off:
        yield Found(device.logging.off[0], device.logging.off)


def logging_muted(device: Device) -> Iterator[Found]:
    if device.logging.muted:
        yield Found(device.logging.muted[0], device.logging.muted)


def no_time_server(device: Device) -> Iterator[Found]:
    if not device.clock.servers and not device.clock.own:
        yield Found()


def own_time(device: Device) -> Iterator[Found]:
    if device.clock.own and not device.clock.servers:
        yield Found(device.clock.own[0], device.clock.own)


def time_unasked(device: Device) -> Iterator[Found]:
    if device.clock.servers and device.clock.off is not None:
        yield Found(", ".join(device.clock.off[:1]), device.clock.off)
