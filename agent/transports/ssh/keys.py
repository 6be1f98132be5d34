"""Private keys: read from files that nobody else can read, unlocked once."""

from __future__ import annotations

import io
import os
import stat
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
OPENSSH = b"BEGIN OPENSSH PRIVATE KEY"
CONVERT = "expected an ed25519, ecdsa or rsa key as ssh-keygen writes it"

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
    """Read by cryptography: paramiko 4.0 fails on some sound ecdsa keys whose comment is empty."""
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        made = _for_paramiko(_loaded(raw, None))
    except TypeError:  # it is locked
        if passphrase is None:
            raise CannotAsk("missing", f"key file {path} is locked; write its `passphrase` beside `key`") from None
        try:
            made = _for_paramiko(_loaded(raw, passphrase.reveal().encode()))
        except (ValueError, UnsupportedAlgorithm):
            raise CannotAsk("authentication", f"key file {path}: its `passphrase` does not unlock it") from None
    except (ValueError, UnsupportedAlgorithm):
        made = None
    if made is None:
        raise CannotAsk("missing", f"{path} holds no key that can be used, or a damaged one; {CONVERT}")
    return made


def _loaded(raw: bytes, passphrase: bytes | None) -> object:
    """TypeError if it is locked and no passphrase is given; ValueError if it is damaged or the passphrase is wrong."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    return (load_ssh_private_key if OPENSSH in raw else load_pem_private_key)(raw, passphrase)


def _for_paramiko(key: object) -> PKey | None:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    if isinstance(key, rsa.RSAPrivateKey):
        return paramiko().RSAKey(key=key)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return paramiko().ECDSAKey(vals=(key, key.public_key()))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        text = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
        return paramiko().Ed25519Key.from_private_key(io.StringIO(text))
    return None
