"""`shouwang hosts trust` and `export sudoers` as a person meets them, with a real sshd."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers import free_port, running, until
from tests.sshd import Sshd, sshd, trust

pytestmark = pytest.mark.long

PROGRAM = str(Path(sys.executable).with_name("shouwang"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sshd]:
    folder = tmp_path / "sshd"
    folder.mkdir()
    with sshd(folder) as running:
        (folder / "known_hosts").unlink()
        (tmp_path / "agent.yaml").write_text(
            "language: en\nstate: var\n"
            "credentials:\n"
            f"  room: {{ssh: {{user: {running.login.user}, key: sshd/user, known_hosts: sshd/known_hosts, "
            f"port: {running.port}}}}}\n"
            "hosts:\n"
            "  - {id: web, address: 127.0.0.1, by: ssh, credentials: room}\n"
            "  - {id: bare, address: 127.0.0.1}\n"
        )
        yield running


def shouwang(folder: Path, *argv: str, typed: str | None = None) -> subprocess.CompletedProcess[str]:
    """`typed` is what a person types at a terminal; without it there is none."""
    command = [PROGRAM, *argv]
    if typed is None:
        return subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
        )
    ours, theirs = pty.openpty()
    try:
        os.write(ours, typed.encode())
        return subprocess.run(
            command, cwd=folder, stdin=theirs, capture_output=True, text=True, check=False, timeout=60
        )
    finally:
        os.close(ours)
        os.close(theirs)


def fingerprint(server: Sshd, kind: str = "ed25519") -> str:
    argv = ["ssh-keygen", "-lf", str(server.folder / f"host_{kind}.pub")]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()[1]


def known(server: Sshd) -> str:
    file = server.folder / "known_hosts"
    return file.read_text() if file.exists() else ""


def test_a_persons_yes_trusts_the_key_that_was_shown(server: Sshd, tmp_path: Path) -> None:
    done = shouwang(tmp_path, "hosts", "trust", "web", typed="yes\n")
    assert done.returncode == 0, done.stderr
    assert f"[127.0.0.1]:{server.port} shows this host key:\n  ssh-ed25519 {fingerprint(server)}" in done.stdout
    assert "has no key for it yet" in done.stderr
    assert "ssh_host_ed25519_key.pub" in done.stderr
    assert known(server).startswith(f"[127.0.0.1]:{server.port} ssh-ed25519 ")
    again = shouwang(tmp_path, "hosts", "trust", "web")
    assert (again.returncode, "there is nothing to do" in again.stderr) == (0, True)


@pytest.mark.parametrize("typed", ["no\n", "\n", "y\n", "\x04"])
def test_anything_but_yes_writes_nothing(server: Sshd, tmp_path: Path, typed: str) -> None:
    done = shouwang(tmp_path, "hosts", "trust", "web", typed=typed)
    assert (done.returncode, known(server)) == (1, "")
    assert "nothing was written" in done.stderr


def test_without_a_terminal_only_the_fingerprint_will_do(server: Sshd, tmp_path: Path) -> None:
    silent = shouwang(tmp_path, "hosts", "trust", "web")
    assert (silent.returncode, known(server)) == (2, "")
    assert "--fingerprint" in silent.stderr
    wrong = shouwang(tmp_path, "hosts", "trust", "web", "--fingerprint", "SHA256:" + "A" * 43)
    assert (wrong.returncode, known(server)) == (1, "")
    right = shouwang(tmp_path, "hosts", "trust", "web", "--fingerprint", fingerprint(server))
    assert right.returncode == 0
    assert known(server)


def test_a_changed_key_is_warned_of_and_replaces_the_old_one(server: Sshd, tmp_path: Path) -> None:
    old = (server.folder / "user.pub").read_text().split()
    (server.folder / "known_hosts").write_text(f"db {old[0]} {old[1]}\n[127.0.0.1]:{server.port} {old[0]} {old[1]}\n")
    done = shouwang(tmp_path, "hosts", "trust", "web", typed="yes\n")
    assert done.returncode == 0
    assert "Was the host set up anew?" in done.stderr
    assert known(server).count(old[1]) == 1
    assert known(server).startswith("db ")


def test_a_revoked_key_cannot_be_accepted(server: Sshd, tmp_path: Path) -> None:
    trust(server, "ed25519")
    revoked = "@revoked * " + known(server).split(" ", 1)[1]
    (server.folder / "known_hosts").write_text(revoked)
    done = shouwang(tmp_path, "hosts", "trust", "web", "--fingerprint", fingerprint(server))
    assert (done.returncode, known(server)) == (1, revoked)
    assert "revokes this key" in done.stderr


def test_no_login_is_tried_and_no_secret_is_needed(server: Sshd, tmp_path: Path) -> None:
    (server.folder / "user").unlink()
    assert shouwang(tmp_path, "hosts", "trust", "web", typed="yes\n").returncode == 0
    assert server.logins == 0


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("gone", 2, "no target gone"),
        ("bare", 1, "host bare has no SSH login"),
        ("room@!!", 2, "not an address"),
        ("none@127.0.0.1", 1, "no SSH login"),
    ],
)
def test_what_has_no_key_to_show_is_said(server: Sshd, tmp_path: Path, name: str, code: int, says: str) -> None:
    done = shouwang(tmp_path, "hosts", "trust", name)
    assert done.returncode == code
    assert says in done.stderr


def test_a_jump_host_that_is_no_target_is_trusted_by_what_jump_says(server: Sshd, tmp_path: Path) -> None:
    done = shouwang(tmp_path, "hosts", "trust", f"room@127.0.0.1:{server.port}", typed="yes\n")
    assert done.returncode == 0, done.stderr
    assert known(server)


def test_a_file_that_cannot_be_written_is_said(server: Sshd, tmp_path: Path) -> None:
    text = (tmp_path / "agent.yaml").read_text()
    (tmp_path / "agent.yaml").write_text(text.replace("sshd/known_hosts", "agent.yaml/known_hosts"))
    done = shouwang(tmp_path, "hosts", "trust", "web", "--fingerprint", fingerprint(server))
    assert done.returncode == 1
    assert "agent.yaml/known_hosts" in done.stderr


def test_a_host_that_does_not_answer_is_said(server: Sshd, tmp_path: Path) -> None:
    text = (tmp_path / "agent.yaml").read_text()
    (tmp_path / "agent.yaml").write_text(text.replace(f"port: {server.port}", f"port: {free_port()}"))
    done = shouwang(tmp_path, "hosts", "trust", "web")
    assert (done.returncode, "refused" in done.stderr) == (1, True)


def test_sudoers_are_for_the_users_of_the_logins_but_root(server: Sshd, tmp_path: Path) -> None:
    done = shouwang(tmp_path, "export", "sudoers", "--user", "monitor", "-o", str(tmp_path / "out"))
    assert done.returncode == 0
    text = (tmp_path / "out" / "shouwang.sudoers").read_text()
    assert "monitor ALL = (root) NOPASSWD: /usr/sbin/sshd -T\n" in text
    own = shouwang(tmp_path, "export", "sudoers")
    if server.login.user == "root":
        assert (own.returncode, "--user" in own.stderr) == (2, True)
    else:
        assert f"{server.login.user} ALL = (root)" in own.stdout
    wrong = shouwang(tmp_path, "export", "sudoers", "--user", "ALL")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "'ALL' cannot stand in sudoers" in wrong.stderr


def test_a_changed_file_is_approved_by_a_person_and_entered(server: Sshd, tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "index.html").write_text("as published")
    trust(server, "ed25519")
    page, text = free_port(), (tmp_path / "agent.yaml").read_text()
    watching = f"room, watch: [{tmp_path}/www], every: 5s, timeout: 5s}}"
    (tmp_path / "agent.yaml").write_text(
        f"listen: 127.0.0.1:{page}\n" + text.replace("room}\n  - {id: bare, address: 127.0.0.1}", watching)
    )

    def told(count: int) -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{page}/metrics", timeout=5) as answer:
            return f'host_file_changes_unapproved{{kind="host",target="web"}} {count}.0\n' in answer.read().decode()

    run = ["/bin/sh", "-c", 'cd "$1" && exec "$2" run', "sh", str(tmp_path), PROGRAM]
    with running(run, tmp_path / "log"):
        until(lambda: told(0), 40, "the files were read")
        assert "nothing is different" in shouwang(tmp_path, "hosts", "approve", "web", "--reason", "x").stdout
    (tmp_path / "www" / "index.html").write_text("defaced")
    with running(run, tmp_path / "log"):
        until(lambda: told(1), 40, "the change was seen")
        asked = shouwang(tmp_path, "hosts", "approve", "web", "--reason", "new prices")
        assert (asked.returncode, "index.html" in asked.stdout) == (2, True)
        approved = shouwang(tmp_path, "hosts", "approve", "web", "--reason", "new prices", typed="yes\n")
        assert "approved 1 files, entered as CHG-0001" in approved.stdout, approved.stderr
        until(lambda: told(0), 40, "what was approved is no change")
    assert "new prices" in shouwang(tmp_path, "ledger", "export").stdout
