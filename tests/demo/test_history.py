"""`shouwang demo --history`: the centre has a past before its first poll, in all that the agent shows of it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.demo.centres import SHOUWANG, Centre, running
from tests.exporters.promtool import filled

DAYS = 30
DAY = 86400.0
LONG_BLOCKS = "--max-block-duration=192h"  # of hours that promtool would read the whole file for each


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with running(tmp_path_factory.mktemp("demo") / "centre", "--history", f"{DAYS}d") as centre:
        yield centre


def incidents(centre: Centre) -> list[dict[str, Any]]:
    """Of the past."""
    found: list[dict[str, Any]] = json.loads(centre.told("incident", "list", "--all", "--format", "json"))
    return [each for each in found if each["opened"] < time.time() - 1800]


def sheet(centre: Centre) -> dict[str, dict[str, Any]]:
    """Of the whole past, by target."""
    since = time.strftime("%Y-%m-%d", time.gmtime(time.time() - DAYS * DAY + 8 * 3600))
    words = ("availability", "--from", since, "--hours", "all", "--outages", "--format", "json")
    return {each["target"]: each for each in json.loads(centre.told(*words))["targets"]}


def test_incidents_of_these_days_are_closed_and_some_were_taken_over(centre: Centre) -> None:
    found = incidents(centre)
    assert found
    assert all(time.time() - (DAYS + 1.5) * DAY < each["opened"] < each["closed"] < time.time() for each in found)
    assert any(each["acknowledged_by"] == "wang" for each in found)


def test_the_ledger_is_whole_and_that_of_the_past_in_the_order_of_time(centre: Centre) -> None:
    centre.told("ledger", "verify")
    times = [json.loads(line)["at"] for line in centre.told("ledger", "export").splitlines()]
    today = time.strftime("%Y-%m-%dT%H", time.gmtime(time.time() - 1800))
    past = [at for at in times if at < today]
    assert past == sorted(past) == times[: len(past)]
    assert len(past) >= 3


def test_what_was_up_is_known_but_for_the_seconds_of_the_start(centre: Centre) -> None:
    for identity, row in sheet(centre).items():
        known = row["up_seconds"] + row["down_seconds"] + row["maintenance_seconds"]
        assert known > (DAYS - 1) * DAY, identity
        assert row["unknown_seconds"] < 60, identity
        assert 0.98 < row["availability_ratio"] <= 1, identity


def test_an_incident_of_a_line_lies_in_an_outage_of_the_sheet(centre: Centre) -> None:
    rows, found = sheet(centre), [each for each in incidents(centre) if each["kind"] in ("line", "application")]
    assert found
    for each in found:
        row = rows[each["target"]]
        assert each["id"] in [identity for outage in row["outage_list"] for identity in outage["incidents"]]
        assert row["availability_ratio"] < 1


def test_the_page_shows_the_changes_of_these_days_and_each_incident_with_its_timeline(centre: Centre) -> None:
    found = sorted(incidents(centre), key=lambda each: each["opened"])
    assert found[-1]["id"] in centre.get("/")
    page = centre.get(f"/incidents/{found[0]['id']}")
    noted = json.loads(centre.told("incident", "show", found[0]["id"], "--format", "json"))["timeline"][-1]
    assert noted["kind"] == "note"
    assert noted["note"] in page


def test_availability_is_in_the_metrics_from_the_start(centre: Centre) -> None:
    assert len(centre.values('line_availability_ratio{window="month",hours="all"}')) == 6
    assert min(centre.values('application_availability_ratio{window="year",hours="all"}')) > 0.98


def test_the_example_has_the_past_beside_it_for_prometheus(tmp_path: Path) -> None:
    folder = tmp_path / "example"
    words = [SHOUWANG, "demo", "--history=3d", "--part=medical", "--write", str(folder)]
    said = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout
    assert f"promtool tsdb create-blocks-from {LONG_BLOCKS} openmetrics {folder}/history.om DATA" in said
    dump = filled(folder / "history.om", tmp_path / "data", LONG_BLOCKS)
    assert dump.count('__name__="line_utilization_ratio"') > 2 * 3 * 300


@pytest.mark.parametrize("given", ["0d", "401d", "30w", "-3d", "abc"])
def test_what_is_no_number_of_days_is_refused_and_nothing_is_touched(given: str, tmp_path: Path) -> None:
    command = [SHOUWANG, "demo", f"--history={given}", "--folder", str(tmp_path / "centre")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"--history {given}:应写成天数,如 30d;可用 1d 到 400d" in done.stderr
    assert not (tmp_path / "centre").exists()
