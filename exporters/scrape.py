"""What the district's Prometheus needs: the scrape job that says which centre it is, and alerts with nothing added.

Which centre a series is from is no label of the agent: `center` and `district` come from here. Prometheus adds job,
instance and its external labels to alerts; they are taken off again, so that an alert has the same labels whether the
agent or Prometheus sends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from agent.core.site import Site
from exporters.rules.document import IDENTITY, to_yaml

JOB = "shouwang"  # the rules know it by this name
INTERVAL = "15s"
BODY_LIMIT = "20MB"

COMMENT = """\
# Made by `shouwang export scrape`: a prometheus.yml for the district, with this centre. Another centre is another entry
# of static_configs. The address must be one at which the district reaches the agent (`listen` in agent.yaml).
# alert_relabel_configs leave only an alert's identity: add the labels of other rules that this Prometheus judges.
"""


def scrape_config(site: Site, address: str = "", alertmanagers: Sequence[str] = ()) -> str:
    """A whole prometheus.yml. `address` is host:port of the agent as the district sees it (default: where it
    listens), `alertmanagers` are the URLs to which the agent posts too."""
    return COMMENT + to_yaml(
        {
            "global": {"scrape_interval": INTERVAL, "evaluation_interval": INTERVAL},
            "rule_files": ["rules/*.yml"],
            "scrape_configs": [_job([_entry(site, address)])],
            "alerting": alerting_config(alertmanagers),
        }
    )


def targets_file(site: Site, address: str = "") -> str:
    """This centre's entry alone, as a file for file_sd_configs."""
    return to_yaml([_entry(site, address)])


def alerting_config(alertmanagers: Sequence[str] = ()) -> dict[str, Any]:
    """The `alerting` section. Triggers that Prometheus judges itself (raw rules) are parts of incidents, not alerts."""
    config: dict[str, Any] = {
        "alert_relabel_configs": [
            {"source_labels": ["trigger"], "regex": ".+", "action": "drop"},
            {"regex": "|".join(("alertname", *IDENTITY)), "action": "labelkeep"},
        ]
    }
    if alertmanagers:
        config["alertmanagers"] = [_alertmanager(url) for url in alertmanagers]
    return config


def _job(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "job_name": JOB,
        "body_size_limit": BODY_LIMIT,
        "static_configs": entries,
        # center_info says itself what centre it is; Prometheus would keep its own two and rename these.
        "metric_relabel_configs": [{"regex": "exported_(center|district)", "action": "labeldrop"}],
    }


def _entry(site: Site, address: str) -> dict[str, Any]:
    labels = {"center": site.center.id, "district": site.center.district}
    return {"targets": [address or site.listen], "labels": labels}


def _alertmanager(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]  # a login does not go into a file that is passed on
    said: dict[str, Any] = {"scheme": parts.scheme or "http", "static_configs": [{"targets": [place]}]}
    if parts.path.strip("/"):
        said["path_prefix"] = parts.path
    return said
