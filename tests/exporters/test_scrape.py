"""Promises of the district's configuration: it says which centre a series is from and leaves alerts as they are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import yaml

from agent.core.calendar import Calendar
from agent.core.site import Center, Site
from exporters.scrape import scrape_config, targets_file
from tests.peers import SYSTEM_PATH, need

SITE = Site(Center("changshou", "长寿路中心", "普陀区"), Calendar(), Path("agent.yaml"), Path("var"))
ALERTMANAGERS = ("http://10.1.0.5:9093", "https://user:secret@am.example:443/alerts/")
DISTRICT = Path(__file__).parents[2] / "deploy" / "district"


def test_prometheus_takes_the_configuration(tmp_path: Path):
    (tmp_path / "prometheus.yml").write_text(scrape_config(SITE, "10.1.2.3:9780", ALERTMANAGERS), encoding="utf-8")
    argv = [need("promtool"), "check", "config", str(tmp_path / "prometheus.yml")]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_series_get_their_centre_from_the_scrape_job():
    (job,) = yaml.safe_load(scrape_config(SITE, "10.1.2.3:9780"))["scrape_configs"]
    entry = {"targets": ["10.1.2.3:9780"], "labels": {"center": "changshou", "district": "普陀区"}}
    assert job["static_configs"] == [entry]
    assert yaml.safe_load(targets_file(SITE, "10.1.2.3:9780")) == [entry]


def test_without_an_address_it_is_where_the_agent_listens():
    assert yaml.safe_load(targets_file(SITE))[0]["targets"] == ["127.0.0.1:9780"]


def test_alerts_keep_their_identity_only_and_parts_of_incidents_stay_behind():
    alerting = yaml.safe_load(scrape_config(SITE, alertmanagers=ALERTMANAGERS))["alerting"]
    assert alerting["alert_relabel_configs"] == [
        {"source_labels": ["trigger"], "regex": ".+", "action": "drop"},
        {"regex": "alertname|center|district|playbook|target|class", "action": "labelkeep"},
    ]
    assert alerting["alertmanagers"] == [
        {"scheme": "http", "static_configs": [{"targets": ["10.1.0.5:9093"]}]},
        {"scheme": "https", "static_configs": [{"targets": ["am.example:443"]}], "path_prefix": "/alerts/"},
    ]


def test_alertmanager_takes_the_district_s_configuration():
    need("prometheus-alertmanager")
    done = subprocess.run(
        ["amtool", "check-config", str(DISTRICT / "alertmanager.yml")],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": SYSTEM_PATH},
    )
    assert done.returncode == 0, done.stdout + done.stderr
