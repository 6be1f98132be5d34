"""The lists of algorithms of an SSH server, as each family writes them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from collectors.configuration.hardening.facts import Lines, Ssh
from collectors.configuration.hardening.lines import Node, found, quoted


def listing(top: Sequence[Node], old: Lines, command: str, words: Sequence[str]) -> Ssh:
    """`command` begins each of the lines; `words` follow it, of ciphers, key exchanges and host keys, where there are
    such. `old`: the lines that let version 1 in."""
    lists: dict[str, tuple[str, ...]] = {}
    lines: dict[str, Lines] = {"old": old}
    for name, word in zip(("cipher", "exchange", "host_key"), words, strict=False):
        for match in found(rf"{command} +{word} +(.+)", top):
            lists[name] = tuple(match[1].split())
        lines[name] = quoted(rf"{command} +{word} .*", top)
    three = lists.get("cipher"), lists.get("exchange"), lists.get("host_key")
    return Ssh(True, bool(old), *three, lines=lines)
