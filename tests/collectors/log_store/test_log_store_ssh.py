"""A log store on a host that is logged in to: a real sshd, also one whose tools are busybox's; hostile names."""

from __future__ import annotations

import gzip
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.host.options import HostOptions
from tests.collectors.log_store.store import DAY, HOUR, NOW, Store, bsd, iso, lines, write
from tests.hostile_pieces import PIECES
from tests.peers import need
from tests.sshd import Keys, Sshd, sshd

REMOTE = HostOptions.model_validate({"id": "store", "address": "10.0.0.9", "by": "ssh", "credentials": "room"})


@pytest.fixture(scope="module", params=["system", "busybox"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    options: tuple[str, ...] = ()
    if request.param == "busybox":
        tools = tmp_path_factory.mktemp("busybox")
        subprocess.run([need("busybox"), "--install", "-s", str(tools)], check=True, timeout=30)
        options = (f"SetEnv PATH={tools}",)
    with sshd(tmp_path_factory.mktemp("sshd"), Keys(options=options)) as running:
        yield running


def test_a_store_on_a_host_is_read_by_its_own_tools(server: Sshd, tmp_path: Path) -> None:
    old = lines(NOW - 60 * DAY, NOW - 40 * DAY, HOUR, bsd) + lines(NOW - 37 * DAY, NOW - 30 * DAY, HOUR, bsd)
    write(tmp_path / "core.log.1.gz", gzip.compress(old.encode()), NOW - 30 * DAY)
    write(tmp_path / "core.log", lines(NOW - 30 * DAY, NOW - HOUR, HOUR, bsd), NOW - HOUR)
    store = Store(f"{tmp_path}/{{source}}.log*", on=replace(server.target(), options=REMOTE))
    assert store.look()["core"] == {"oldest": NOW - 60 * DAY, "newest": NOW - HOUR, "longest": 3 * DAY}


def test_no_name_of_a_file_is_run(server: Sshd, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    for piece in PIECES:
        name = f"-{piece}touch mark{piece}".encode()
        for path in (name + b".log", name + b".log.1.gz"):
            write(Path(os.fsdecode(os.path.join(os.fsencode(tmp_path / "in"), path))), iso(NOW), NOW)
    store = Store(f"{tmp_path}/in/{{source}}.log*", on=replace(server.target(), options=REMOTE))
    store.look()
    assert "agent.yaml does not know" in store.remarks
    assert not mark.exists()
    assert not (Path.home() / "mark").exists()
