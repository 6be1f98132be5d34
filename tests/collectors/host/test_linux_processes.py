"""A list of processes that is too long to be told whole: what is not in the part that was told may run all the same."""

from typing import Any

import pytest

from agent.core.model import Metric
from collectors.host.linux import antivirus, audit, services
from collectors.host.linux.processes import PROCESSES
from collectors.host.metrics import ANTIVIRUS, AUDIT, SERVICE
from collectors.host.subject import Subject
from tests.collectors.host.hosts import Recorded

MANY = "COMMAND\n" + "java -jar /srv/other.jar\n" * (PROCESSES.limit // 24)
CASES: tuple[tuple[Subject, Metric, dict[str, Any], str], ...] = (
    (services.SUBJECT, SERVICE, {"services": ["queue.jar"]}, "java -jar /srv/queue.jar"),
    (audit.SUBJECT, AUDIT, {}, "/sbin/auditd"),
    (antivirus.SUBJECT, ANTIVIRUS, {}, "/usr/sbin/clamd"),
)
NAMES = [subject.name for subject, *_ in CASES]


@pytest.mark.parametrize(("subject", "metric", "options", "line"), CASES, ids=NAMES)
def test_what_stands_behind_the_cut_is_not_called_dead(
    subject: Subject, metric: Metric, options: dict[str, Any], line: str
) -> None:
    assert len(MANY) > PROCESSES.limit
    assert metric.name not in Recorded(subject, {"ps -e": MANY + line + "\n"}, options).poll()


@pytest.mark.parametrize(("subject", "metric", "options", "line"), CASES, ids=NAMES)
def test_what_stands_before_the_cut_runs(subject: Subject, metric: Metric, options: dict[str, Any], line: str) -> None:
    said = MANY.replace("COMMAND\n", f"COMMAND\n{line}\n")
    assert set(Recorded(subject, {"ps -e": said}, options).poll()[metric.name].values()) == {1}


@pytest.mark.parametrize(("subject", "metric", "options", "line"), CASES, ids=NAMES)
def test_what_is_in_no_list_that_was_told_whole_does_not_run(
    subject: Subject, metric: Metric, options: dict[str, Any], line: str
) -> None:
    assert set(Recorded(subject, {"ps -e": "COMMAND\nbash\n"}, options).poll()[metric.name].values()) == {0}
