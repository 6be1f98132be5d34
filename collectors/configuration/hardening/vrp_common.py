"""What VRP and Comware say in the same words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from collectors.configuration.hardening import facts
from collectors.configuration.hardening.lines import Node, found, named, quoted, seconds

ACL = r"\bacl +(ipv6 +)?(?:name +)?(\S+)"
# Huawei writes a user of v3 in several lines; Comware in one, in which a mask may stand for `authentication-mode`.
AUTH = r"\b(?:authentication-mode|cipher +\S+|simple +\S+) +(md5|sha\S*|sm3|hmac\S*)"
PRIVACY = r"\bprivacy-mode +(\S+)"
LEVELS: Mapping[str, facts.Level] = {"privacy": "priv", "authentication": "auth"}


def idle(node: Node) -> float | None:
    return seconds(node.first(r"idle-timeout +(\d+)(?: +(\d+))?"))


def terminals_acls(node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    four = named(r"acl +(?!ipv6\b)(?:name +)?(\S+) +inbound", node.below)
    six = tuple(facts.acl_name(each, True) for each in named(r"acl +ipv6 +(?:name +)?(\S+) +inbound", node.below))
    return four, six


def shares(top: Sequence[Node]) -> Iterator[facts.Secret]:
    """Passwords to rise in privilege that are not hashed or enciphered."""
    for match in found(r"super +password +.*\bsimple +\S+", top):
        yield facts.Secret("super", "clear", (match.string,))


def log_hosts(top: Sequence[Node]) -> tuple[str, ...]:
    return quoted(r"info-center +loghost +(?!source\b)(?:ipv6 +|vpn-instance +\S+ +)*\S+.*", top)


def clock(top: Sequence[Node]) -> facts.Clock:
    return facts.Clock(quoted(r"ntp(?:-service)? +(?:ipv6 +)?(?:unicast-server|unicast-peer) .*", top))


def snmp(top: Sequence[Node]) -> facts.Snmp:
    lines = [each.text for each in top if each.match(r"(?:undo +)?snmp-agent")]
    if not lines or any(re.fullmatch(r"undo +snmp-agent", each) for each in lines):
        return facts.Snmp()
    said = [each for each in lines if re.match(r"snmp-agent +sys-info +version\b", each)]
    versions = tuple(each for each in said if re.search(r" (?:all|v1|v2c)\b", each))
    return facts.Snmp(
        True,
        bool(said) and not versions,
        (*_communities(top), *_old_users(top)),
        tuple(_groups(top)),
        tuple(_users(top)),
        named(r"snmp-agent +acl +(?:name +)?(\S+)", top),
        versions,
    )


def _communities(top: Sequence[Node]) -> Iterator[facts.Community]:
    for match in found(r"snmp-agent +community +(read|write) +(?:(?:simple|cipher) +)?(\S+)(.*)", top):
        yield facts.Community(match[2], match[1].lower() == "write", _acls(match[3]), (match.string,))


def _old_users(top: Sequence[Node]) -> Iterator[facts.Community]:
    """A user of v1 or v2c is a community of his name, with what his group may do and by its list."""
    groups = {match[1]: match[2] for match in found(r"snmp-agent +group +(?:v1|v2c) +(\S+)(.*)", top)}
    for match in found(r"snmp-agent +usm-user +(?:v1|v2c) +(\S+) +(\S+)(.*)", top):
        may = groups.get(match[2], "")
        yield facts.Community(match[1], "write-view" in may.split(), _acls(match[3] + may), (match.string,))


def _groups(top: Sequence[Node]) -> Iterator[facts.Group]:
    for match in found(r"snmp-agent +group +v3 +(\S+)(.*)", top):
        level: facts.Level = next((LEVELS[each] for each in match[2].split() if each in LEVELS), "none")
        yield facts.Group(match[1], level, _acls(match[2]), (match.string,))


def _users(top: Sequence[Node]) -> Iterator[facts.SnmpUser]:
    texts: dict[str, list[str]] = {}
    for match in found(r"snmp-agent +usm-user +v3 +(\S+).*", top):
        texts.setdefault(match[1], []).append(match.string)
    for name, lines in texts.items():
        whole = "\n".join(lines)
        group = re.search(rf"v3 +{re.escape(name)} +(?:group +)?(?!authentication|privacy|acl)(\S+)", whole)
        auth, privacy = re.search(AUTH, whole), re.search(PRIVACY, whole)
        weak = tuple(each for each in lines if re.search(r"\b(?:md5|des56|3des168|3des)\b", each)) or tuple(lines)
        yield facts.SnmpUser(
            name,
            group[1] if group else "",
            auth[1].lower() if auth else "",
            privacy[1].lower() if privacy else "",
            _acls(whole),
            weak,
        )


def _acls(text: str) -> tuple[str, ...]:
    return tuple(facts.acl_name(name, six) for six, name in re.findall(ACL, text))
