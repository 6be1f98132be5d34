"""paramiko, loaded at the first connection: quiet, with modern algorithms unless a login says `legacy: true`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from agent.transports.ssh.wire import Wire

if TYPE_CHECKING:
    from paramiko import Transport

WINDOW = 256 * 1024  # bytes that a server may send before we have read them
KEEPALIVE = 30
# What paramiko 4.0 knows and only old devices need: SHA-1 and MD5, CBC, and groups that the server makes up, whose
# arithmetic holds up the whole process (a 8192-bit group: 0.3 s).
LEGACY = {
    "kex": (
        "diffie-hellman-group-exchange-sha256",
        "diffie-hellman-group-exchange-sha1",
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group1-sha1",
    ),
    "keys": ("ssh-rsa",),
    "pubkeys": ("ssh-rsa",),
    "ciphers": ("aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"),
    "macs": ("hmac-sha1", "hmac-md5", "hmac-sha1-96", "hmac-md5-96"),
}
# RFC 8332: a key of kind ssh-rsa signs by any of these.
SIGNS = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")}


@cache
def paramiko() -> Any:
    """The library. What it would log are texts of servers and tracebacks; what matters of them is in our errors."""
    import paramiko

    logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
    return paramiko


def transport(wire: Wire, kinds: Sequence[str], legacy: bool) -> Transport:
    """A connection that has not begun. The server is asked first for host keys of the `kinds` that are known of it."""
    made = paramiko().Transport(
        wire, default_window_size=WINDOW, disabled_algorithms=None if legacy else {**LEGACY}, gss_kex=False
    )
    # It would start a thread that lives for 15 seconds whatever comes; our deadlines end the connection itself.
    made.packetizer.start_handshake = lambda timeout: None
    made.banner_timeout = made.auth_timeout = made.channel_timeout = 3600
    security = made.get_security_options()
    first = [name for kind in kinds for name in SIGNS.get(kind, (kind,)) if name in security.key_types]
    security.key_types = tuple(dict.fromkeys([*first, *security.key_types]))
    made.daemon = True
    return made
