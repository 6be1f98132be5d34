"""The automatic items of the application platform, each on what its collectors tell."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from agent.core.model import Reading, Target
from tests.checks.items import (
    AFTERNOON,
    ITEMS,
    METRICS,
    TOLD,
    Case,
    Series,
    flips_and_back,
    known,
    series,
    tries_every_automatic_item,
)
from tests.checks.scene import Watchers

DAY = 86400.0
TODAY = {"window": "today", "hours": "service"}


def up(value: float, role: str) -> Series:
    return series("application_up", value, role=role)


ACCEPTANCE = (up(1, "acceptance"), series("application_availability_ratio", 1, **TODAY))
P95 = "application_response_p95_seconds"
COPIES = tuple(
    series("application_outdated_copies", 0, role="acceptance", side=side) for side in ("server", "terminal")
)
OLD_COPY = series(
    "application_outdated_copy_info", 1, role="acceptance", side="terminal", host="pc-1", observed="3.2.0"
)
UPLOAD = (
    series("application_upload_oldest_timestamp_seconds", -600),
    series("application_upload_failures", 0),
)
PAPER = {"state": "no_paper"}
QUEUE = (
    up(1, "queue"),
    series("application_printer_state", 0, **PAPER),
    series("application_printer_state", 0, state="jammed"),
    series("application_display_lag_seconds", 2),
)
SCREEN = (up(1, "display"), series("application_content_changed", 0, role="display"))
DATABASE = (
    up(1, "database"),
    series("application_database_space_usage_ratio", 0.4, space="data"),
    series("application_database_connections_usage_ratio", 0.2),
    series("application_database_replication_delay_seconds", 1),
)
SERVICE = {"service": "tomcat"}
SERVICES = (series("host_service_up", 1, **SERVICE), series("host_service_restarts", 0, **SERVICE))
TLS = (
    series("certificate_expiry_timestamp_seconds", 90 * DAY),
    series("certificate_chain_valid", 1),
    series("certificate_name_valid", 1),
    series("application_tls_weak", 0),
)
DNS = (
    series("application_dns_expected", 1, name="acceptance.centre", server="10.0.0.53"),
    series("application_dns_server_up", 1, server="10.0.0.53"),
    series("application_dns_servers_answering", 2),
)
READERS = (
    series("host_peripheral_up", 1, peripheral="card_reader"),
    series("host_peripheral_up", 1, peripheral="document_camera"),
)

CASES = (
    Case("APP-01", ACCEPTANCE, (up(0, "acceptance"),), "warn"),
    Case("APP-01", ACCEPTANCE, (up(0, "acceptance"),), "fail", 3),
    Case("APP-02", (series(P95, 0.5, role="acceptance"),), (series(P95, 3, role="acceptance"),), "warn", 10),
    Case("APP-02", (series(P95, 0.5, role="acceptance"),), (series(P95, 6, role="acceptance"),), "fail", 10),
    Case("APP-03", COPIES, (series("application_outdated_copies", 1, role="acceptance", side="terminal"),), "warn"),
    Case("APP-03", COPIES, (series("application_outdated_copies", 1, role="acceptance", side="server"),), "fail"),
    Case("APP-03", COPIES, (OLD_COPY,), "warn"),
    Case("APP-04", UPLOAD, (series("application_upload_oldest_timestamp_seconds", -36_000),), "warn"),
    Case("APP-04", UPLOAD, (series("application_upload_oldest_timestamp_seconds", -100_000),), "fail"),
    Case("APP-04", UPLOAD, (series("application_upload_failures", 2),), "fail"),
    Case("APP-05", (up(1, "line_system"),), (up(0, "line_system"),), "warn"),
    Case("APP-05", (up(1, "line_system"),), (up(0, "line_system"),), "fail", 3),
    Case("APP-06", QUEUE, (series("application_printer_state", 1, **PAPER),), "warn"),
    Case("APP-06", QUEUE, (series("application_display_lag_seconds", 300),), "warn"),
    Case("APP-06", QUEUE, (up(0, "queue"),), "fail", 2),
    Case("APP-06", QUEUE, (series("application_printer_state", 1, state="jammed"),), "fail", 2),
    Case("APP-07", SCREEN, (up(0, "display"),), "warn", 5),
    Case("APP-07", SCREEN, (series("application_content_changed", 1, role="display"),), "fail"),
    Case("APP-08", DATABASE, (series("application_database_space_usage_ratio", 0.85, space="data"),), "warn"),
    Case("APP-08", DATABASE, (series("application_database_connections_usage_ratio", 0.8),), "warn", 5),
    Case("APP-08", DATABASE, (up(0, "database"),), "fail", 2),
    Case("APP-08", DATABASE, (series("application_database_replication_delay_seconds", 400),), "fail", 5),
    Case("APP-09", SERVICES, (series("host_service_restarts", 2, **SERVICE),), "warn"),
    Case("APP-09", SERVICES, (series("host_service_up", 0, **SERVICE),), "fail", 2),
    Case("APP-10", TLS, (series("certificate_expiry_timestamp_seconds", 20 * DAY),), "warn"),
    Case("APP-10", TLS, (series("certificate_expiry_timestamp_seconds", 3 * DAY),), "fail"),
    Case("APP-10", TLS, (series("certificate_chain_valid", 0),), "warn"),
    Case("APP-10", TLS, (series("certificate_name_valid", 0),), "fail"),
    Case("APP-10", TLS, (series("application_tls_weak", 1),), "fail"),
    Case("APP-11", DNS, (series("application_dns_server_up", 0, server="10.0.0.53"),), "warn", 2),
    Case(
        "APP-11", DNS, (series("application_dns_expected", 0, name="acceptance.centre", server="10.0.0.53"),), "fail", 1
    ),
    Case("APP-11", DNS, (series("application_dns_servers_answering", 0),), "fail", 1),
    Case("APP-14", READERS, (series("host_peripheral_up", 0, peripheral="card_reader"),), "warn", 5),
    Case("APP-14", READERS, tuple((name, labels, 0.0) for name, labels, _ in READERS), "fail"),
)


@pytest.mark.parametrize("case", known(CASES), ids=str)
def test_an_item_flips_with_what_is_read_and_back(case: Case) -> None:
    flips_and_back(case)


def test_every_automatic_item_is_tried() -> None:
    tries_every_automatic_item("application_platform", CASES)


def of_centre(item: str, kind: str, collector: str, metric: str, labels: Mapping[str, str], away: int) -> str:
    """What the centre's verdict is while so many of five are away."""
    targets = [Target(kind, f"{kind}-{number}", f"{number}号") for number in range(5)]
    watchers = Watchers(ITEMS[item], *targets, collectors=TOLD)
    for number, target in enumerate(targets):
        sample = METRICS[metric].sample(float(number >= away), **labels)
        watchers.snapshot.put(Reading(target, collector, AFTERNOON, 0.0, (sample,)))
    found = {each.kind: each for each in watchers.run(AFTERNOON).findings}
    return found["center"].verdict.result.value


@pytest.mark.parametrize(("away", "result"), [(0, "pass"), (1, "pass"), (2, "fail")])
def test_several_displays_that_are_away_fail_the_centre(away: int, result: str) -> None:
    labels = {"role": "display"}
    assert of_centre("APP-07", "application", "application", "application_up", labels, away) == result


@pytest.mark.parametrize(("away", "result"), [(0, "pass"), (2, "pass"), (3, "fail")])
def test_the_same_device_gone_at_several_counters_fails_the_centre(away: int, result: str) -> None:
    labels = {"peripheral": "card_reader"}
    assert of_centre("APP-14", "host", "host_windows", "host_peripheral_up", labels, away) == result


def test_an_application_is_asked_what_its_role_is_asked() -> None:
    queue, desk = (Target("application", role, role) for role in ("queue", "acceptance"))
    watchers = Watchers(ITEMS["APP-01"], queue, desk, collectors=TOLD)
    for target in (queue, desk):
        sample = METRICS["application_up"].sample(1, role=target.id)
        watchers.snapshot.put(Reading(target, "application", AFTERNOON, 0.0, (sample,)))
    assert [each.verdict.subject for each in watchers.run(AFTERNOON).findings] == ["acceptance"]
