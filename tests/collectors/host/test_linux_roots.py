"""Real root file systems: one of busybox alone, with its own shell and with mksh, and those that SHOUWANG_TEST_ROOTS
names (folders, as debootstrap makes them). The commands run in them, in a namespace of their own."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from agent.core.model import Target
from agent.core.reach import Poll, Reach
from agent.core.ssh import Answer, Command
from agent.transports.ssh import rounds
from collectors.host.linux import COLLECTOR
from tests.collectors.host.hosts import NOW, Found, by_metric, host_options
from tests.peers import need

# What Alpine's release file says, written down by us; the programs are those of busybox.
RELEASE = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\n'
ENTER = 'mount --rbind /proc "$1/proc" && mount --rbind /sys "$1/sys" && cd / && exec chroot "$1" /bin/sh -s'
NAMED = [each for each in os.environ.get("SHOUWANG_TEST_ROOTS", "").split(":") if each]
WATCHED = "/srv/$(touch MARK)"


def put(program: str, root: Path, name: str) -> None:
    """The program with the libraries that it is linked to."""
    found = need(program)
    (root / "bin").mkdir(parents=True, exist_ok=True)
    shutil.copy(found, root / "bin" / name)
    said = subprocess.run(["ldd", found], capture_output=True, text=True, check=False).stdout
    for library in re.findall(r"(/\S+) \(0x", said):
        at = root / library.lstrip("/")
        at.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, at)


def busybox(root: Path, shell: str) -> None:
    put("busybox", root, "busybox")
    applets = subprocess.run([need("busybox"), "--list"], capture_output=True, text=True, check=True).stdout.split()
    for name in applets:
        if name not in ("busybox", "sh"):
            (root / "bin" / name).symlink_to("busybox")
    if shell == "busybox":
        (root / "bin" / "sh").symlink_to("busybox")
    else:
        put(shell, root, "sh")
    for folder in ("proc", "sys", "etc", "srv", "tmp", "dev"):
        (root / folder).mkdir(exist_ok=True)
    (root / "etc" / "os-release").write_text(RELEASE)
    (root / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n")
    (root / "etc" / "group").write_text("root:x:0:root\nwheel:x:10:li\n")


@dataclass
class Rooted:
    """A way into a host that is a folder: what a login shell would be given, /bin/sh of the folder gets."""

    root: Path
    asked: list[Command] = field(default_factory=list)

    @asynccontextmanager
    async def session(self, target: Target, dialect: str = "posix") -> AsyncIterator[Any]:
        yield self

    async def round(self, commands: Sequence[Command]) -> Sequence[Answer]:
        asked = rounds.prepared(commands, "posix", 20)
        self.asked += commands
        argv = [need("unshare"), "-Urm", "sh", "-c", ENTER, "sh", str(self.root)]
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SSH_CONNECTION": "10.0.0.5 5 10.0.0.9 22"}
        done = await asyncio.to_thread(
            subprocess.run, argv, input=asked.script, capture_output=True, check=False, timeout=60, env=env
        )
        found = rounds.answers(asked, done.stdout, done.stderr)
        assert len(found) == len(commands), (len(found), done.stderr[-500:])
        return found


def polled(root: Path, times: int, **options: Any) -> tuple[Found, list[str]]:
    way: Any = Rooted(root)
    target = Target("host", "web", "web", host_options(**options), "127.0.0.1", timeout=60)
    memory: dict[str, Any] = {}
    kept: dict[str, Any] = {}

    async def main() -> tuple[Found, list[str]]:
        for number in range(times):
            at = 1000.0 + 60 * number
            reach: Any = Reach(None, None, None, ssh=way)  # type: ignore[arg-type]  # no other way is taken
            poll = Poll(reach, NOW + at, at, memory, kept=kept)
            samples = [sample async for sample in COLLECTOR.collect(target, target.options, poll)]
            await asyncio.sleep(0.1)
        return by_metric(samples), [str(each) for each in poll.remarks]

    return asyncio.run(main())


@pytest.fixture(params=["busybox", "mksh", *NAMED])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    tried = subprocess.run([need("unshare"), "-Urm", "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"this system refuses unprivileged namespaces: {tried.stderr.strip()[:120]}")
    if request.param in NAMED:
        return Path(request.param)
    busybox(tmp_path, request.param)
    return tmp_path


def test_a_root_file_system_is_read_as_far_as_it_has_the_tools(root: Path) -> None:
    watched = root / WATCHED.lstrip("/")
    watched.mkdir(exist_ok=True)
    (watched / "a.txt").write_text("a")
    options = {
        "canaries": [f"{WATCHED}/a.txt"],
        "watch": [WATCHED],
        "services": ["sh", "no such"],
        "listen": ["1-65535"],
    }
    found, remarks = polled(root, 2, **options)
    assert {
        "host_info",
        "host_cpu_usage_ratio",
        "host_load1",
        "host_memory_usage_ratio",
        "host_boot_timestamp_seconds",
        "host_clock_offset_seconds",
        "host_listening_unexpected",
        "host_canary_touched",
        "host_file_changes_unapproved",
        "host_new_extension_files",
        "host_ransom_note_found",
    } <= set(found), remarks
    assert sum(found["host_listening_unexpected"].values()) == 0
    assert found["host_canary_touched"] == {(): 0}
    assert not list(root.rglob("MARK"))


def test_of_busybox_alone_processes_accounts_and_clock_are_told(tmp_path: Path) -> None:
    busybox(tmp_path, "busybox")
    found, _ = polled(tmp_path, 1, services=["sh", "no such"])
    assert list(found["host_info"]) == [("Alpine Linux", "3.20.3", "server")]
    assert found["host_service_up"] == {("sh",): 1, ("no such",): 0}
    assert found["host_audit_active"] == {(): 0}
    assert found["host_hardening_findings"][("accounts", "fail")] == 1
    assert "host_updates_pending" not in found
