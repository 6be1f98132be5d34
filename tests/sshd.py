"""OpenSSH's sshd as a peer: on a loopback port, as whoever runs the tests, with keys of its own."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.core.model import Target
from agent.core.reach import Login, SshLogin
from tests.peers import free_port, need, running, until

USER = pwd.getpwuid(os.geteuid()).pw_name
# sshd as root drops its privileges into this directory; Debian's service makes it.
PRIVILEGE_SEPARATION = Path("/run/sshd")
# A bash that sshd runs reads ~/.bashrc, here of whoever runs the tests, for each command, unless SHLVL says that it was
# called by a shell. Of several lines SetEnv sshd takes the first only.
SET, CALLED = "SetEnv ", "SHLVL=2"


@dataclass(frozen=True)
class Sshd:
    folder: Path
    port: int
    host: str = "127.0.0.1"
    pid: int = 0

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8", "replace")

    @property
    def logins(self) -> int:
        return self.log.count("Accepted publickey")

    @property
    def login(self) -> SshLogin:
        return SshLogin(
            user=USER, key=str(self.folder / "user"), known_hosts=str(self.folder / "known_hosts"), port=self.port
        )

    def target(self, timeout: float = 10.0, id_: str = "web", **login: object) -> Target:
        changed = replace(self.login, **login)  # type: ignore[arg-type]  # fields of the login by name
        return Target("host", id_, id_, address=self.host, login=Login("room", ssh=changed), timeout=timeout)


@dataclass(frozen=True)
class Keys:
    """What kinds of host key it has, and what kind its user has, with which passphrase."""

    host: Sequence[str] = ("ed25519",)
    user: str = "ed25519"
    passphrase: str = ""
    options: Sequence[str] = field(default_factory=tuple)


def keygen(path: Path, kind: str, passphrase: str = "", *more: str) -> None:
    if not path.exists():
        size = ["-b", "2048"] if kind == "rsa" else []
        argv = [need("ssh-keygen"), "-q", "-t", kind, *size, "-N", passphrase, "-C", "", "-f", str(path), *more]
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, timeout=30)


def trust(server: Sshd, *kinds: str) -> None:
    """Writes these host keys, and no others, into the known_hosts of the tests."""
    place = server.host if server.port == 22 else f"[{server.host}]:{server.port}"
    keys = [(server.folder / f"host_{kind}.pub").read_text().split()[:2] for kind in kinds]
    (server.folder / "known_hosts").write_text("".join(f"{place} {' '.join(key)}\n" for key in keys))


@contextmanager
def sshd(folder: Path, keys: Keys | None = None, host: str = "127.0.0.1", port: int = 0) -> Iterator[Sshd]:
    """Trusted, and letting in only who has its user's key. In the same folder again: the same keys."""
    program, keys = need("sshd"), keys or Keys()
    if os.geteuid() == 0:
        PRIVILEGE_SEPARATION.mkdir(exist_ok=True)
    port = port or free_port()
    for kind in keys.host:
        keygen(folder / f"host_{kind}", kind)
    keygen(folder / "user", keys.user, keys.passphrase)
    (folder / "authorized_keys").write_bytes((folder / "user.pub").read_bytes())
    environment = [CALLED, *(line.removeprefix(SET) for line in keys.options if line.startswith(SET))]
    options = [f"{SET}{' '.join(environment)}", *(line for line in keys.options if not line.startswith(SET))]
    conf = folder / "sshd_config"
    conf.write_text(
        f"Port {port}\nListenAddress {host}\nPidFile none\nUsePAM no\nStrictModes no\nLogLevel VERBOSE\n"
        f"AuthorizedKeysFile {folder}/authorized_keys\nPasswordAuthentication no\nMaxStartups 200\n"
        f"KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nAllowUsers {USER}\n"
        + "".join(f"HostKey {folder}/host_{kind}\n" for kind in keys.host)
        + "".join(f"{line}\n" for line in options)
    )
    log = folder / "log"
    log.unlink(missing_ok=True)
    with running([program, "-D", "-e", "-f", str(conf)], log) as child:
        until(lambda: _listens(host, port), why=f"sshd listens; its log is {log}")
        server = Sshd(folder, port, host, child.pid)
        trust(server, *keys.host)
        yield server


def _listens(host: str, port: int) -> bool:
    with socket.create_connection((host, port), 1):
        return True
