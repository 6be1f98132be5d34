"""District rules: what fires in the district's Prometheus is an incident that a centre's agent has opened.

The rule has the labels of the agent's own alert, so Alertmanager takes the two for one. When a centre falls silent, its
series end; the alert then lives on by its own ALERTS series until the centre is seen again.
"""

from __future__ import annotations

from collections.abc import Iterable

from agent.core.incident import Playbook
from exporters.rules.document import BY_IDENTITY, Alert, brief, document

COMMENT = """Made by `shouwang export rules`: the same file for every centre of the district.
It needs Prometheus 2.42 or later and the scrape and alerting configuration of `shouwang export scrape`.
The labels must stay as they are: alertname, center, district, playbook, target and class are the alert's identity."""

SILENT_PLAYBOOK = "IR-20"
SILENT_CLASS = "P2"
SILENT_AFTER = 300.0
# A centre is expected where a scrape job names it, and for a day where its series arrive by remote write.
SILENT = """\
(
  group by (center, district) (up{job="shouwang"})
  or
  group by (center, district) (last_over_time(center_service_open[1d]))
)
unless on (center, district) center_service_open"""


def district_rules(playbooks: Iterable[Playbook]) -> str:
    """The rule file: one alert per playbook, and the silent centre, which only the district can see."""
    incidents = [_incident(playbook) for playbook in playbooks]
    return document(COMMENT, {"shouwang incidents": incidents, "shouwang centers": [center_silent()]})


def center_silent() -> Alert:
    said = {
        "summary": "{{ $labels.center }}: 受理中心监控失联 / the centre is silent",
        "description": "5 分钟看不到该中心的监控代理。此间告警保持原状。 / "
        "Its agent has not been seen for 5 minutes. Its alerts stay as they were.",
        "first_step": "打电话给该中心总值班:供电、网络、监控主机是否正常 / "
        "Telephone the centre's chief duty officer: power, network, the agent's machine",
    }
    labels = {"playbook": SILENT_PLAYBOOK, "target": "{{ $labels.center }}", "class": SILENT_CLASS}
    return Alert("CenterSilent", SILENT, said, labels, SILENT_AFTER)


def _incident(playbook: Playbook) -> Alert:
    expression = f"""\
{BY_IDENTITY} (incident_open{{playbook="{playbook.id}"}})
or
(
  {BY_IDENTITY} (ALERTS{{alertname="{playbook.alert}", playbook="{playbook.id}", alertstate="firing"}})
  unless on (center, district) center_service_open
)"""
    return Alert(playbook.alert, expression, brief(playbook))
