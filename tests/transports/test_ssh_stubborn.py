"""A command that runs as root and heeds no signal of the account that asked for it: with a real sudo, as root."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from agent.core.ssh import AsRoot, Command
from agent.transports.ssh import rounds
from exporters.sudoers import sudoers
from tests.peers import need

ACCOUNT = "shouwang-test:{}:3999:3999::/tmp:/bin/sh\n"
# The accounts and the sudoers file of a mount namespace are its own.
ENTER = (
    'mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/shadow" /etc/shadow && '
    'mount -t tmpfs -o mode=0755 tmpfs /etc/sudoers.d && install -m 0440 "$1/rules" /etc/sudoers.d/rules && '
    "exec setpriv --reuid=3999 --regid=3999 --clear-groups /bin/sh -s"
)


def test_sudo_ends_a_command_that_heeds_nothing_and_the_round_goes_on(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can try what sudo does for an account")
    need("sudo")
    tried = subprocess.run([need("unshare"), "-m", "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"this system refuses mount namespaces: {tried.stderr.strip()[:120]}")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    stubborn = tmp_path / "stubborn"
    stubborn.write_text("#!/bin/sh\ntrap '' TERM HUP INT\necho $$\nwhile :; do sleep 0.2; done\n")
    stubborn.chmod(0o755)
    (tmp_path / "passwd").write_text(Path("/etc/passwd").read_text() + ACCOUNT.format("x"))
    (tmp_path / "shadow").write_text(Path("/etc/shadow").read_text() + "shouwang-test:*:20000:0:99999:7:::\n")
    (tmp_path / "rules").write_text(sudoers(["shouwang-test"], [AsRoot("X-01", (str(stubborn), "a"))]))
    asked = [Command((str(stubborn), "a"), root=True, seconds=7), Command(("echo", "after"))]
    put = rounds.prepared(asked, "posix", 20)
    began = time.monotonic()
    done = subprocess.run(
        [need("unshare"), "-m", "sh", "-c", ENTER, "sh", str(tmp_path)],
        input=put.script, capture_output=True, check=False, timeout=40, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )  # fmt: skip
    late, after = rounds.answers(put, done.stdout, done.stderr)
    assert late.late, (late, done.stderr)
    assert after.stdout == b"after\n"
    assert time.monotonic() - began < 15
    assert not Path(f"/proc/{int(late.stdout)}").exists(), "nothing is left behind"
