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
        head = "/api/v1/ledger/head"
        # The checklist's findings are records as well, so that one always comes.
        until(lambda: found[1] not in centre.get(head), seconds=60, why="another record follows")
    verified = centre.command("ledger", "verify", "--head", found[1])
    assert verified.returncode == 0, verified.stderr
    assert verified.stdout.strip() not in ("", found[1])
    cut = centre.command("ledger", "verify", "--head", "f" * 64)
    assert (cut.returncode, "末尾被截去" in cut.stderr) == (1, True)


def test_the_gaps_of_the_duty_roster_are_told_and_its_mistakes_at_validate(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    people = "people: [{id: wang, name: 王工, role: network_administrator}]\n"
    centre.write(people + "duty: duty.csv\n" + SILENT % free_port())
    roster = tmp_path / "duty.csv"
    roster.write_text("date,from,to,person\n2020-01-01,08:30,17:00,zhang\n", "utf-8")
    told = centre.command("validate", "--format", "json")
    assert "no such person zhang" in told.stdout
    with centre.agent():
        until(lambda: centre.value('center_roster_gap_seconds{window="7d"}') is not None, why="the gap is told")
        assert (centre.value('center_roster_gap_seconds{window="14d"}') or 0) > 10 * 3600
