"""Private keys: read from files that nobody else can read, unlocked once."""

from __future__ import annotations

import base64
import binascii
import io
import os
import re
import stat
import struct
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from agent.core.reach import CannotAsk
from agent.core.secrets import Secret
from agent.transports.ssh.library import paramiko

if TYPE_CHECKING:
    from paramiko import PKey

LARGEST = 64 * 1024
REMEMBERED = 64
OTHERS = 0o077
MAGIC = b"openssh-key-v1\0"
CONVERT = "expected an ed25519, ecdsa or rsa key as ssh-keygen writes it (convert: ssh-keygen -p -f FILE)"

Known = tuple[str, int, int, int, Secret | None]


class Keys:
    """Keys by file; one that has changed is read again. Thread-safe: a passphrase costs up to a second, once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: OrderedDict[Known, PKey] = OrderedDict()

    def load(self, path: str, passphrase: Secret | None) -> PKey:
        """CannotAsk: missing (no file, no key, a passphrase is wanted), permission, authentication (it is wrong)."""
        raw, known = _read(path)
        with self._lock:
            key = self._keys.get((*known, passphrase)) or _parsed(path, raw, passphrase)
            self._keys[*known, passphrase] = key
            self._keys.move_to_end((*known, passphrase))
            if len(self._keys) > REMEMBERED:
                self._keys.popitem(last=False)
        return key


def _read(path: str) -> tuple[bytes, tuple[str, int, int, int]]:
    try:
        # Not blocking: a named pipe would wait for its writer for ever.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            about = os.fstat(file.fileno())
            raw = file.read(LARGEST + 1) if stat.S_ISREG(about.st_mode) else b""
    except FileNotFoundError:
        raise CannotAsk("missing", f"there is no key file {path}; make one: ssh-keygen -t ed25519 -f {path}") from None
    except OSError as error:
        raise CannotAsk("permission", f"key file {path}: {error.strerror}; the agent's user must read it") from None
    if about.st_mode & OTHERS:
        mode = stat.S_IMODE(about.st_mode)
        raise CannotAsk("permission", f"key file {path}: others may read it (mode {mode:04o}); chmod 600 it")
    if about.st_uid not in (0, os.geteuid()):
        raise CannotAsk(
            "permission", f"key file {path}: it belongs to user {about.st_uid}; chown it to the agent's user"
        )
    if not raw or len(raw) > LARGEST:
        raise CannotAsk("missing", f"{path} holds no key; {CONVERT}")
    return raw, (path, about.st_mtime_ns, about.st_size, about.st_ino)


def _parsed(path: str, raw: bytes, passphrase: Secret | None) -> PKey:
    library = paramiko()
    classes = {"RSA": library.RSAKey, "EC": library.ECDSAKey, "ED": library.Ed25519Key}
    made = classes.get(_kind(raw))
    if made is None:
        raise CannotAsk("missing", f"{path} holds no key that can be used; {CONVERT}")
    text = io.StringIO(raw.decode("ascii", "replace"))
    try:
        return made.from_private_key(text, password=passphrase.reveal() if passphrase else None)
    except library.PasswordRequiredException:
        raise CannotAsk("missing", f"key file {path} is locked; write its `passphrase` beside `key`") from None
    except (library.SSHException, ValueError, TypeError, struct.error, IndexError):
        if passphrase is None:
            raise CannotAsk("missing", f"{path} holds a damaged key; {CONVERT}") from None
        raise CannotAsk("authentication", f"key file {path}: its `passphrase` does not unlock it") from None


def _kind(raw: bytes) -> str:
    """RSA, EC, ED of what stands unlocked in the file; empty for anything else."""
    if match := re.search(rb"-----BEGIN (RSA|EC) PRIVATE KEY-----", raw):
        return match[1].decode()
    match = re.search(rb"-----BEGIN OPENSSH PRIVATE KEY-----(.+?)-----END", raw, re.S)
    try:
        body = base64.b64decode(match[1]) if match else b""
        # PROTOCOL.key of OpenSSH: cipher, kdf, its options, the number of keys, then the first public key.
        place = len(MAGIC) if body.startswith(MAGIC) else len(body)
        for _ in range(3):
            place += 4 + struct.unpack_from(">I", body, place)[0]
        length = struct.unpack_from(">I", body, place + 8)[0]
        name = body[place + 12 : place + 12 + min(length, 40)]
    except (binascii.Error, struct.error, ValueError):
        return ""
    starts = {b"ssh-rsa": "RSA", b"ecdsa-": "EC", b"ssh-ed25519": "ED"}
    return next((kind for start, kind in starts.items() if name.startswith(start)), "")
