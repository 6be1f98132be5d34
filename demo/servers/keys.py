"""The secrets of the demo: a host key for each host, and another that it shows after a change; a password, a community;
the authority that signed its certificates."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

import paramiko

from demo.centre.node import Node
from demo.servers.certificates import Authority


@dataclass
class Keys:
    authority: Authority = field(default_factory=Authority)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    community: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    _own: dict[str, paramiko.ECDSAKey] = field(default_factory=dict)
    _other: paramiko.ECDSAKey = field(default_factory=paramiko.ECDSAKey.generate)

    def own(self, host: str) -> paramiko.ECDSAKey:
        if host not in self._own:
            self._own[host] = paramiko.ECDSAKey.generate()
        return self._own[host]

    def shown(self, host: str, changed: bool) -> paramiko.ECDSAKey:
        return self._other if changed else self.own(host)

    def known_hosts(self, nodes: Iterable[Node], shift: int = 0) -> str:
        """As ssh_known_hosts, sshd(8), where SSH is at port 22 and `shift`."""
        place = f"[{{}}]:{22 + shift}" if shift else "{}"
        return "".join(
            f"{place.format(node.address)} {self.own(node.id).get_name()} {self.own(node.id).get_base64()}\n"
            for node in nodes
        )
