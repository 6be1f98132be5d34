"""agent.yaml for a centre without a network of its own: every port is another, and nobody is pinged along a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

PORTS = {"ssh": 22, "snmp": 161, "modbus": 502, "http": 80, "https": 443, "dns": 53}
NOT_THERE = ("notify",)  # the centre's Alertmanager
Entry = Mapping[str, Any]


def shifted(document: Entry, shift: int) -> Entry:
    """The same document where `shift` is 0."""
    if not shift:
        return document
    return {section: _moved(content, shift) for section, content in document.items() if section not in NOT_THERE}


def _moved(value: Any, shift: int) -> Any:
    if isinstance(value, list):
        return [_moved(each, shift) for each in value if not (isinstance(each, Mapping) and "icmp" in each)]
    if not isinstance(value, Mapping):
        return value
    return {key: MOVES[key](each, shift, key) if key in MOVES else _moved(each, shift) for key, each in value.items()}


def _login(value: Entry, shift: int, key: str) -> Entry:
    return {**value, "port": value.get("port", PORTS[key]) + shift}


def _url(value: str, shift: int, _: str) -> str:
    url = urlsplit(value)
    return url._replace(netloc=f"{url.hostname}:{(url.port or PORTS[url.scheme]) + shift}").geturl()


def _endpoint(value: str, shift: int, _: str) -> str:
    host, _, port = value.rpartition(":")
    return f"{host}:{int(port) + shift}"


def _dns(value: Entry, shift: int, _: str) -> Entry:
    others = {key: each for key, each in value.items() if key != "server"}
    return {**others, "servers": [f"{value['server']}:{PORTS['dns'] + shift}"]}


MOVES: Mapping[str, Callable[[Any, int, str], Any]] = {
    "ssh": _login,
    "snmp": _login,
    "modbus": _login,
    "http": _url,
    "tcp": _endpoint,
    "dns": _dns,
}
