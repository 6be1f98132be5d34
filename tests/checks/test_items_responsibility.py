"""Automatic items of responsibility, each on what the frame tells of its registers."""

from __future__ import annotations

import pytest

from tests.checks.items import Case, flips_and_back, series

TICKETS = (
    series("checklist_overdue", 0),
    series("checklist_remediation_extended", 0),
    series("checklist_remediation_oldest_seconds", 0),
)
CASES = [
    Case("RSP-05", TICKETS, (series("checklist_overdue", 1),), "warn"),
    Case("RSP-05", TICKETS, (series("checklist_remediation_extended", 1),), "warn"),
    Case("RSP-05", TICKETS, (series("checklist_overdue", 3),), "fail"),
    Case("RSP-05", TICKETS, (series("checklist_remediation_oldest_seconds", 61 * 86400.0),), "fail"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_item_flips_and_comes_back(case: Case) -> None:
    flips_and_back(case)
