"""Hosts that are folders: whoever logs in to a real sshd is in that folder, in a user and mount namespace of its own.

The folder has its own /etc, /var and list of programs; the programs themselves are this machine's, under /host.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.peers import need
from tests.sshd import Keys, Sshd, sshd

FOLDERS = ("host", "proc", "sys", "dev", "etc", "usr/bin", "usr/sbin", "var/lib", "var/cache", "var/log", "tmp", "root")
LINKS = {
    "bin": "usr/bin",
    "sbin": "usr/sbin",
    "lib": "host/lib",
    "lib64": "host/lib64",
    "usr/lib": "/host/usr/lib",
    "usr/share": "/host/usr/share",
    "usr/libexec": "/host/usr/libexec",
}
# Not by chroot(2): in such a place nobody may make a user namespace of his own, as ORDINARY does.
ENTER = (
    'mount --rbind "$1" "$1" && for each in proc sys dev; do mount --rbind "/$each" "$1/$each" || exit; done; '
    'cd "$1" && pivot_root . host && exec '
)
ORDINARY = "/host/usr/bin/unshare -U --map-user=1000 --map-group=1000 "
PATH = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"


def need_unshare() -> None:
    """Skips, saying so, where the system refuses unprivileged namespaces."""
    tried = subprocess.run([need("unshare"), "-Urm", "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"this system refuses unprivileged namespaces: {tried.stderr.strip()[:120]}")


def linked(root: Path, release: str, without: Iterable[str] = ()) -> Path:
    """The programs of this machine without those whose names begin so; accounts and release are the folder's own."""
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    for name, target in LINKS.items():
        (root / name).symlink_to(target)
    for place in ("usr/bin", "usr/sbin"):
        for program in (Path("/") / place).iterdir():
            if not program.name.startswith(tuple(without)):
                (root / place / program.name).symlink_to(Path("/host") / place / program.name)
    (root / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\nli:x:1000:1000::/tmp:/bin/sh\n")
    (root / "etc" / "group").write_text("root:x:0:\nli:x:1000:\n")
    (root / "etc" / "os-release").write_text(release)
    return root


def entering(root: Path, command: str, user: str = "", shell: str = "/bin/sh -c") -> list[str]:
    """The command line that lets the shell of the folder run `command`, as root of the namespace, or ORDINARY."""
    return [need("unshare"), "-Urm", "sh", "-c", ENTER + f'{user}{shell} "$2"', "sh", str(root), command]


def run(root: Path, command: str) -> str:
    """What a command says that prepares the host; the test fails if it does."""
    done = subprocess.run(
        entering(root, command), capture_output=True, text=True, check=False, timeout=60,
        env={"PATH": PATH.removeprefix("PATH="), "LC_ALL": "C", "HOME": "/root"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-1000:]
    return done.stdout


@contextmanager
def logged_in(folder: Path, root: Path, user: str = "", shell: str = "/bin/sh -c") -> Iterator[Sshd]:
    """A real sshd whose users are in the folder `root`, in a locale and a zone of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    wrapper = folder / "enter"
    *words, _ = entering(root, "", user, shell)
    wrapper.write_text(f'#!/bin/sh\nHOME=/root; export HOME\nexec {shlex.join(words)} "$SSH_ORIGINAL_COMMAND"\n')
    wrapper.chmod(0o755)
    options = (f"ForceCommand {wrapper}", f"SetEnv {PATH} LC_ALL=zh_CN.UTF-8 LANG=zh_CN.GB18030 TZ=Asia/Shanghai")
    with sshd(folder, Keys(options=options)) as server:
        yield server
