"""What IOS and RGOS say in the same words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from collectors.configuration.hardening import facts
from collectors.configuration.hardening.lines import Node, found, named, quoted, seconds, sections, walk

LINE = r"line +((?:con|console|vty|aux|tty)\w*(?: +\d+)+)"
LEVELS: Mapping[str, facts.Level] = {"noauth": "none", "auth": "auth", "priv": "priv"}


def terminals(top: Sequence[Node], usual: frozenset[str]) -> Iterator[facts.Terminal]:
    """`usual`: the protocols of a VTY that names none."""
    lists = _lists(top)
    for match, node in sections(LINE, top):
        console = not match[1].startswith("vty")
        if match[1].startswith(("aux", "tty")):
            continue
        taken = node.first(r"transport +input +(.+)")
        words = frozenset(taken[1].split()) if taken else usual
        words = frozenset(("telnet", "ssh")) if "all" in words else words - {"none"}
        yield facts.Terminal(
            match[1],
            console=console,
            login=_login(node, lists, console),
            protocols=words,
            acls=named(r"(?:ip +)?access-class +(\S+) +in", node.below),
            acls6=tuple(facts.acl_name(each, True) for each in named(r"ipv6 +access-class +(\S+) +in", node.below)),
            idle=seconds(node.first(r"exec-timeout +(\d+)(?: +(\d+))?")),
            highest=not console and node.has(r"privilege +level +15"),
            closed=not console and not words,
            lines=node.texts,
        )


def _lists(top: Sequence[Node]) -> Mapping[str, str] | None:
    """Ways to log in by name, where they are in use."""
    every = [*walk(top)]
    if not any(found(r"aaa +new-model", every)):
        return None
    return {match[1]: match[2] for match in found(r"aaa +authentication +login +(\S+) +(.+)", every)}


def _login(node: Node, lists: Mapping[str, str] | None, console: bool) -> facts.Login:
    named = node.first(r"login +authentication +(\S+)")
    if lists is not None or named:
        ways = (lists or {}).get(named[1] if named else "default", "local" if named else "")
        return "none" if ways.split()[:1] == ["none"] else "accounts" if ways else "unknown"
    if node.has(r"login +(?:local|tacacs)"):
        return "accounts"
    if node.has("no +login"):
        return "none"
    if node.has("password .*") and (node.has("login") or not console):
        return "shared"
    return "none" if console else "unknown"


def accounts(top: Sequence[Node]) -> Iterator[facts.Account]:
    # RGOS keeps accounts of its pages apart.
    for match in found(r"(?:webmaster(?: +level +\d+)? +)?username +(\S+)(.*)", top):
        kept = re.search(r"\b(nopassword|password|secret)\b(?: +(\d))?(?: +\S+)?", match[2])
        if kept is not None:
            yield facts.Account(match[1], _stored(kept[1], kept[2]), lines=(match.string,))


def secrets(top: Sequence[Node]) -> Iterator[facts.Secret]:
    for match in found(r"enable +(password|secret)(?: +level +\d+)?(?: +(\d)(?= +\S))? +\S.*", top):
        yield facts.Secret("enable", _stored(match[1], match[2]), (match.string,))


def _stored(word: str, kind: str | None) -> facts.Storage:
    """RGOS puts a digit after either word; 7 can be turned back by anybody."""
    if kind == "7":
        return "reversible"
    return "hash" if (word == "secret" and kind != "0") or kind in ("5", "8", "9") else "clear"


def snmp(top: Sequence[Node]) -> facts.Snmp:
    lines = [each for each in top if each.match("snmp-server")]
    if not lines or any(found(r"no +enable +service +snmp-agent", top)):
        return facts.Snmp()
    return facts.Snmp(
        True,
        communities=(*_communities(top), *_old_users(top)),
        groups=tuple(_groups(top)),
        users=tuple(_users(top)),
    )


def _communities(top: Sequence[Node]) -> Iterator[facts.Community]:
    pattern = r"snmp-server +community +(?:\d +)?(\S+)(?: +view +\S+)?(?: +(ro|rw))?(?: +(?:ipv6 +\S+ *)?(\S+)?)?.*"
    for match in found(pattern, top):
        bound = () if match[3] in (None, "ipv6") else (match[3],)
        yield facts.Community(match[1], (match[2] or "ro").lower() == "rw", bound, (match.string,))


def _old_users(top: Sequence[Node]) -> Iterator[facts.Community]:
    """A user of v1 or v2c is a community of his name, with what his group may do and by its list."""
    groups = {match[1]: match[2] for match in found(r"snmp-server +group +(\S+) +(?:v1|v2c)\b(.*)", top)}
    for match in found(r"snmp-server +user +(\S+) +(\S+) +(?:v1|v2c)\b(.*)", top):
        may = groups.get(match[2], "")
        yield facts.Community(match[1], "write" in may.split(), _acls(match[3] + may), (match.string,))


def _groups(top: Sequence[Node]) -> Iterator[facts.Group]:
    for match in found(r"snmp-server +group +(\S+) +v3 +(noauth|auth|priv)(.*)", top):
        yield facts.Group(match[1], LEVELS[match[2].lower()], _acls(match[3]), (match.string,))


def _users(top: Sequence[Node]) -> Iterator[facts.SnmpUser]:
    for match in found(r"snmp-server +user +(\S+) +(\S+) +v3\b(.*)", top):
        auth, privacy = re.search(r"\bauth +(\S+)", match[3]), re.search(r"\bpriv +(\S+)", match[3])
        kinds = auth[1] if auth else "", privacy[1] if privacy else ""
        yield facts.SnmpUser(match[1], match[2], *kinds, _acls(match[3]), (match.string,))


def _acls(text: str) -> tuple[str, ...]:
    return tuple(facts.acl_name(name, six) for six, name in re.findall(r"\baccess +(ipv6 +)?(\S+)", text))


def logging(top: Sequence[Node]) -> facts.Logging:
    hosts = r"logging +(?:(?:host|server) +(?:ipv6 +|vrf +\S+ +)*\S+|\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]+).*"
    muted = r"logging +trap +(?:emergencies|0)|no +logging +trap"
    return facts.Logging(quoted(hosts, top), quoted(r"no +logging +on", top), quoted(muted, top))


def filed(top: Sequence[Node]) -> Iterator[facts.Service]:
    """Copies of the configuration that go over the wire in clear text."""
    for _, node in sections("archive", top):
        if lines := quoted(r"path +t?ftp:.*", node.below):
            yield facts.Service("copy", lines=lines)
