"""The tables of all packages put together: what agent.yaml may say, read by them, and every metric there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from agent import (
    attestation_metrics,
    availability,
    found_changes,
    host_keys,
    inventory,
    roster,
    runner,
    self_testing,
    telling,
    ticketing,
    vitals,
)
from agent.config import load
from agent.core.model import Metric, Section
from agent.core.site import Site
from agent.core.text import Text
from agent.holidays import chinese_holidays
from agent.transports import logins
from checks import metrics as checklist
from checks import options as checks
from collectors import COLLECTORS
from collectors import SECTIONS as WATCHED
from exporters import notify
from playbooks import metrics as incidents

_SECTIONS: tuple[Section, ...] = (logins.SECTION, *WATCHED.values(), *checks.SECTIONS, notify.SECTION)
SECTIONS = {section.key: section for section in _SECTIONS}
USED = frozenset(
    {"assets", "duty", "isolation", "log_store", "notify", "probe_modules", "snmp_modules", "thresholds"}
)  # sections without targets that something reads already


def load_site(path: Path) -> Site:
    """agent.yaml by the tables of this product; ConfigError with every problem."""
    return load(path, SECTIONS, holidays=chinese_holidays, used=USED, rules=rule_ids, objections=threshold_mistakes)


def rule_ids() -> frozenset[str]:
    """What `thresholds` may name: checklist items and playbooks."""
    from checks.book import items_of, shipped

    return playbook_ids() | {item.id for item in items_of(shipped())}


def threshold_mistakes(said: Mapping[str, Any]) -> Iterable[tuple[str, tuple[int, str], Text]]:
    """What is wrong with thresholds of items and playbooks that there are."""
    from checks.book import items_of, shipped
    from checks.threshold_mistakes import mistakes

    items = {item.id: item for item in items_of(shipped())} if said else {}
    return mistakes(items, said)


def threshold_remarks(site: Site) -> Iterable[Text]:
    """What thresholds of items have no effect on this site."""
    from checks.book import items_of, shipped
    from checks.threshold_mistakes import unasked

    return unasked(items_of(shipped()), site, COLLECTORS) if site.sections["thresholds"] else ()


def playbook_ids() -> frozenset[str]:
    from playbooks.book import load as load_playbooks

    return frozenset(book.id for book in load_playbooks())


def every_metric() -> tuple[Metric, ...]:
    """Each metric once, in the order of the tables."""
    own = (
        *runner.METRICS,
        *host_keys.METRICS,
        *availability.METRICS,
        *inventory.METRICS,
        *vitals.METRICS,
        *telling.METRICS,
        *roster.METRICS,
        *self_testing.METRICS,
        *found_changes.METRICS,
        *attestation_metrics.METRICS,
        *ticketing.METRICS,
        *checklist.METRICS,
        *incidents.METRICS,
    )
    found = {metric.name: metric for each in COLLECTORS.values() for metric in each.metrics}
    return (*{metric.name: metric for metric in own}.values(), *found.values())
