"""Promises of the district's rules: one alert per incident, held while the centre is silent, ended by its word only."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from agent.core.incident import Condition, Trigger
from agent.tables import every_metric
from exporters.rules import district_rules, raw_rules
from playbooks.book import load
from tests.exporters.promtool import Values, firing
from tests.peers import need
from tests.playbooks.made import playbook

BOOKS = load()
CENTRE = 'center="changshou",district="putuo"'
QUERY = 'ALERTS{alertstate="firing"}'
STEP, STEPS = 30.0, 60
GONE = range(20, 40)  # ten minutes


def series(**values: Values) -> dict[str, Values]:
    """A centre whose agent is gone for a while, and these classes of an open incident of the line yibao."""
    seen = [None if step in GONE else 1 for step in range(STEPS)]
    found: dict[str, Values] = {
        f"center_service_open{{{CENTRE}}}": [None if step in GONE else 0 for step in range(STEPS)],
        f'up{{job="shouwang",{CENTRE}}}': [float(step not in GONE) for step in range(STEPS)],
    }
    for class_, is_open in values.items():
        name = (
            f'incident_open{{{CENTRE},instance="a:1",job="shouwang",playbook="IR-04",target="yibao",class="{class_}"}}'
        )
        found[name] = [None if seen[step] is None else is_open[step] for step in range(STEPS)]
    return found


def spans(found: dict[int, list[dict[str, str]]], alert: str) -> dict[str, list[int]]:
    """By class, the steps at which the alert fires."""
    steps: dict[str, list[int]] = {}
    for step, rows in found.items():
        for row in rows:
            if row["alertname"] == alert:
                steps.setdefault(row["class"], []).append(step)
    return steps


def run(folder: Path, **values: Values) -> dict[int, list[dict[str, str]]]:
    return firing(district_rules(BOOKS), series(**values), STEP, range(STEPS), folder, QUERY)


def open_in(*steps: range) -> Values:
    return [1 if any(step in each for each in steps) else None for step in range(STEPS)]


def test_an_alert_carries_the_identity_and_nothing_else(tmp_path: Path):
    found = run(tmp_path, P2=open_in(range(5, 15)))
    (labels,) = found[10]
    added = {"__name__": "ALERTS", "alertstate": "firing"}
    assert labels == added | {
        "alertname": "LineDown",
        "center": "changshou",
        "district": "putuo",
        "playbook": "IR-04",
        "target": "yibao",
        "class": "P2",
    }
    assert spans(found, "LineDown") == {"P2": list(range(5, 15))}


def test_what_is_open_when_the_agent_goes_is_held_until_it_is_back_and_says_otherwise(tmp_path: Path):
    found = run(tmp_path, P2=open_in(range(5, STEPS)))
    assert spans(found, "LineDown") == {"P2": list(range(5, STEPS))}
    found = run(tmp_path, P2=open_in(range(5, 30)))
    assert spans(found, "LineDown") == {"P2": list(range(5, 40))}


def test_what_closed_before_the_agent_went_does_not_come_back(tmp_path: Path):
    assert spans(run(tmp_path, P2=open_in(range(5, 19))), "LineDown") == {"P2": list(range(5, 19))}


def test_a_change_of_class_ends_the_old_alert_as_the_new_one_begins(tmp_path: Path):
    found = run(tmp_path, P3=open_in(range(5, 12)), P2=open_in(range(12, STEPS)))
    assert spans(found, "LineDown") == {"P3": list(range(5, 12)), "P2": list(range(12, STEPS))}


def test_a_silent_centre_is_an_alert_after_five_minutes(tmp_path: Path):
    found = run(tmp_path)
    assert spans(found, "CenterSilent") == {"P2": list(range(30, 40))}
    assert {row["target"] for row in found[35]} == {"changshou"}


def test_a_centre_that_is_pushed_and_not_scraped_is_missed_too(tmp_path: Path):
    pushed = {name: values for name, values in series().items() if not name.startswith("up")}
    found = firing(district_rules(BOOKS), pushed, STEP, range(STEPS), tmp_path, QUERY)
    assert spans(found, "CenterSilent") == {"P2": list(range(30, 40))}


def test_raw_incidents_have_the_same_identity_and_the_gravest_class(tmp_path: Path):
    book = playbook(
        "IR-04",
        Trigger("IR-04.1", "IR-04", Condition("line_up", equals=0), "P3"),
        Trigger("IR-04.2", "IR-04", Condition("line_up", equals=0), "P2", for_seconds=300, clear_seconds=30),
        alert="LineDown",
    )
    down = {f'line_up{{{CENTRE},kind="line",target="yibao"}}': [float(not 5 <= step < 30) for step in range(STEPS)]}
    query = 'ALERTS{alertstate="firing",trigger=""}'
    found = firing(raw_rules([book], every_metric()), down, STEP, range(STEPS), tmp_path, query)
    assert spans(found, "LineDown") == {"P3": list(range(5, 15)), "P2": list(range(15, 32))}
    (labels,) = found[10]
    assert set(labels) == {"__name__", "alertstate", "alertname", "center", "district", "playbook", "target", "class"}


@pytest.mark.parametrize("text", [district_rules(BOOKS), raw_rules(BOOKS, every_metric())], ids=["district", "raw"])
def test_promtool_finds_nothing_wrong_with_the_rules(text: str, tmp_path: Path):
    (tmp_path / "rules.yml").write_text(text, encoding="utf-8")
    argv = [need("promtool"), "check", "rules", "--lint=all", str(tmp_path / "rules.yml")]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_playbook_has_a_rule_under_its_alert_s_name():
    (incidents, centers) = yaml.safe_load(district_rules(BOOKS))["groups"]
    assert [rule["alert"] for rule in incidents["rules"]] == [book.alert for book in BOOKS]
    assert [rule["alert"] for rule in centers["rules"]] == ["CenterSilent"]
