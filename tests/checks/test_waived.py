"""What a waiver does to a finding while it holds, after it, and with a clock that was set back."""

from __future__ import annotations

from dataclasses import replace

from agent.core.checklist import Finding, Result, Verdict
from agent.core.site import Person
from agent.core.text import Text
from agent.core.waivers import Register, Waiver
from checks import scores, waived
from tests.checks.scene import AREAS, NOON, site

DAY = 86400.0
CENTRE = replace(site(), people=(Person("zhou", "周某", "full_time_deputy_director"),))
VERDICT = Verdict(Result.FAIL, "a", Text("已用 93%", "93% used"), Text("≤80%", "≤80%"), Text("清理", "clean up"))
FAILS = Finding("HOST-04", "host_management", "host", VERDICT, NOON)
OTHER = replace(FAILS, verdict=replace(VERDICT, subject="b"))
WAIVER = Waiver("EXC-0001", "HOST-04", "wang", NOON - DAY, NOON + DAY, "旧机", "人工清理", "a", NOON - DAY, "zhou")


def judged(*waivers: Waiver, finding: Finding = FAILS, now: float = NOON) -> Finding:
    (found,) = waived.applied([finding], Register(waivers), CENTRE, now)
    return found


def test_only_the_target_that_was_named_is_waived() -> None:
    assert judged(WAIVER).verdict.result is Result.NOT_APPLICABLE
    assert judged(WAIVER, finding=OTHER) == OTHER
    assert judged(replace(WAIVER, target=""), finding=OTHER).verdict.result is Result.NOT_APPLICABLE


def test_what_is_not_approved_is_ended_or_speaks_of_another_item_changes_nothing() -> None:
    for each in (replace(WAIVER, approved=None), replace(WAIVER, ended=NOON), replace(WAIVER, item="HOST-03")):
        assert judged(each) == FAILS


def test_after_its_end_it_counts_again_and_says_so() -> None:
    after = judged(WAIVER, now=NOON + DAY)
    assert (after.verdict.result, after.waiver) == (Result.FAIL, "")
    assert after.verdict.observed.en == "93% used; waiver EXC-0001 ended 2025-10-10 16:53"
    well = replace(FAILS, verdict=replace(VERDICT, result=Result.PASS))
    assert judged(WAIVER, finding=well, now=NOON + DAY) == well
    newer = replace(WAIVER, id="EXC-0002", until=NOON + 9 * DAY, approved=NOON)
    assert judged(WAIVER, newer, now=NOON + 2 * DAY).waiver == "EXC-0002"


def test_an_approval_at_a_time_to_come_does_not_count() -> None:
    after = judged(replace(WAIVER, approved=NOON + 3600))
    assert after.verdict.result is Result.FAIL
    assert "was approved at a time to come" in after.verdict.observed.en


def test_what_is_waived_is_outside_the_score_and_connects_no_source() -> None:
    score = {each.area: each for each in scores.of_areas(AREAS, [judged(WAIVER)], 2)}["host_management"]
    assert (score.ratio, score.colour, score.connected) == (None, "none", 1)
    silent = replace(FAILS, verdict=replace(VERDICT, result=Result.NOT_CONNECTED))
    score = {each.area: each for each in scores.of_areas(AREAS, [judged(WAIVER, finding=silent)], 2)}["host_management"]
    assert (score.ratio, score.connected) == (None, 0)
