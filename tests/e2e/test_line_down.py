"""A line goes down: one incident, one alert though two report it, and it resolves after healing."""

from __future__ import annotations

import json

import pytest

from tests.namespace import run_script
from tests.peers import need

pytestmark = pytest.mark.long


def test_a_cut_line_is_one_incident_and_one_alert_and_resolves_after_healing() -> None:
    need("prometheus")
    need("prometheus-alertmanager")
    seen = json.loads(run_script("e2e/line_down.py", timeout=420))
    assert seen["scraped"]["center"] == "changshou"
    assert len(seen["incident_open"]) == 1
    assert 'playbook="IR-04",target="yibao",class="P2"' in seen["incident_open"][0]
    identity = {
        "alertname": "LineDown",
        "center": "changshou",
        "district": "普陀区",
        "playbook": "IR-04",
        "target": "yibao",
        "class": "P2",
    }
    assert seen["alerts"] == [identity], "agent and Prometheus must merge into one alert"
    said = seen["annotations"]
    assert "SH-12345" in said["call"], "whoever posted last, the alert says whom to call"
    assert "1-3号窗口" in said["impact"]
    assert "医保专线" in said["summary"]
    assert "光猫侧网关 10.251.0.2 不应答" in said["description"], "which segment, and what to tell the fault desk"
    assert "拨打电信报障台 10000" in said["description"]
    assert seen["notified while down"] == [{"status": "firing", **identity}]
    assert seen["notified after a kill"] == seen["notified while down"], "an agent that dies resolves nothing"
    assert seen["notified"] == [{"status": "firing", **identity}, {"status": "resolved", **identity}]
    assert seen["left open"] == []
