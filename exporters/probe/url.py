"""What the prober http is asked for, parted and refused as Go does (net/url)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Beside bytes over 127, as they are or escaped.
HOST = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:\[\]<>\"-]|%25|%[89A-Fa-f][0-9A-Fa-f]|[^\x00-\x7f])*")
USER = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*")


def host_of(url: str) -> str:
    """Of a URL with scheme and authority; ValueError says what is wrong with it."""
    if CONTROL.search(url):
        raise ValueError("invalid control character in URL")
    asked, _, fragment = url.partition("#")
    authority, _, path = asked.partition("?")[0].partition("://")[2].partition("/")
    user, _, named = authority.rpartition("@")
    if not USER.fullmatch(user):
        raise ValueError("invalid userinfo")
    if any(BROKEN_ESCAPE.search(part) for part in (user, path, fragment)):
        raise ValueError("invalid URL escape")
    if not HOST.fullmatch(named):
        raise ValueError("invalid character in host name")
    return _host(named)


def _host(named: str) -> str:
    """As blackbox_exporter finds it, which takes what follows the last colon for the port."""
    if named.startswith("["):
        return (urlsplit(f"//{named}").hostname or "").replace("%25", "%", 1)  # before a zone (RFC 6874)
    host, colon, port = named.rpartition(":")
    if colon and not ((port.isascii() and port.isdigit()) or not port):
        raise ValueError(f"invalid port {port!r} after host")
    return host if colon else named
