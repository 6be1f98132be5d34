"""known_hosts, as sshd(8) of OpenSSH describes it: which keys a server may show.

Names with wildcards and exceptions, hashed names, [host]:port, several keys per host, @revoked. Host certificates
(@cert-authority) are not used: such a line accepts nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.core.reach import CannotAsk
from agent.core.ssh import HostKey

SSH_PORT = 22
LONGEST_LINE = 16 * 1024
LARGEST = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Entry:
    """One line; `marker` is empty, @revoked or @cert-authority."""

    marker: str
    names: str
    kind: str
    blob: bytes


def place(host: str, port: int) -> str:
    """How known_hosts calls a server."""
    name = host.lower()
    return name if port == SSH_PORT else f"[{name}]:{port}"


def fingerprint(blob: bytes) -> str:
    """As ssh and ssh-keygen show it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def entries(text: str) -> Iterator[Entry]:
    """The lines that say something; what is no line of known_hosts is passed over, as ssh does."""
    for line in text.splitlines():
        if (entry := entry_of(line)) is not None:
            yield entry


def entry_of(line: str) -> Entry | None:
    fields = line.split() if len(line) <= LONGEST_LINE else []
    if not fields or fields[0].startswith("#"):
        return None
    marker = fields.pop(0) if fields[0].startswith("@") else ""
    if len(fields) < 3 or marker not in ("", "@revoked", "@cert-authority"):
        return None
    try:
        blob = base64.b64decode(fields[2], validate=True)
    except (binascii.Error, ValueError):
        return None
    return Entry(marker, fields[0], fields[1], blob)


def names_it(names: str, wanted: str) -> bool:
    """Whether a line's names mean this place."""
    if names.startswith("|"):
        return _hashed(names, wanted)
    found = False
    for name in names.lower().split(","):
        if _matches(name.removeprefix("!"), wanted):
            if name.startswith("!"):
                return False
            found = True
    return found


def _matches(pattern: str, wanted: str) -> bool:
    parts = (".*" if each == "*" else "." if each == "?" else re.escape(each) for each in re.sub(r"\*+", "*", pattern))
    return pattern == wanted or re.fullmatch("".join(parts), wanted) is not None


def _hashed(names: str, wanted: str) -> bool:
    """|1|salt|HMAC-SHA1 of the name|, both in base64."""
    try:
        _, kind, salt, digest = names.split("|")
        made = hmac.digest(base64.b64decode(salt), wanted.encode(), "sha1")
        return kind == "1" and hmac.compare_digest(made, base64.b64decode(digest))
    except (binascii.Error, ValueError):
        return False


def kinds(text: str, wanted: str) -> tuple[str, ...]:
    """The kinds of key that are known for a place, so that the server can be asked for one of these."""
    return tuple(dict.fromkeys(each.kind for each in entries(text) if not each.marker and names_it(each.names, wanted)))


def judged(text: str, wanted: str, kind: str, blob: bytes) -> HostKey:
    """How the key that a server shows stands. A revoked key is refused whatever else is said of it."""
    about = [each for each in entries(text) if names_it(each.names, wanted)]
    fine = [each.blob for each in about if not each.marker]
    known = tuple(dict.fromkeys(map(fingerprint, fine)))
    if any(each.marker == "@revoked" and each.blob == blob for each in about):
        return HostKey(wanted, kind, blob, fingerprint(blob), "revoked", known)
    standing = "known" if blob in fine else "changed" if fine else "unknown"
    return HostKey(wanted, kind, blob, fingerprint(blob), standing, known)  # type: ignore[arg-type]  # one of three literals


def read(path: str) -> str:
    """The file as it is now, empty where there is none. CannotAsk if it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read(LARGEST)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise CannotAsk("permission", f"known_hosts {path}: {error.strerror}; the agent's user must read it") from None
