"""What the agent tells of the centre beside its targets' readings, seen at /metrics of one that runs."""

from __future__ import annotations

import re
from pathlib import Path

from tests.frame.centre import SILENT, Centre
from tests.peers import free_port, need_ping, until


def test_the_districts_prometheus_sees_a_head_that_the_ledger_still_has_later(tmp_path: Path) -> None:
    need_ping()
    centre = Centre(tmp_path)
    centre.write(SILENT % free_port())
    with centre.agent():
        until(lambda: "shouwang_ledger_info{" in centre.get("/metrics"), why="the head is told")
        found = re.search(r'shouwang_ledger_info\{head="([0-9a-f]{64})"\} 1', centre.get("/metrics"))
        assert found
        until(centre.incidents, why="an incident is a record of the ledger")
        later = centre.get("/api/v1/ledger/head")
    assert found[1] not in later
    verified = centre.command("ledger", "verify", "--head", found[1])
    assert verified.returncode == 0, verified.stderr
    assert verified.stdout.strip() in later
    cut = centre.command("ledger", "verify", "--head", "f" * 64)
    assert (cut.returncode, "its end was cut off" in cut.stderr) == (1, True)
