"""What waivers do to what was found: not applicable while one holds, with what was found still to be seen. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from agent.core.checklist import Finding, Result
from agent.core.posts import called
from agent.core.site import Site
from agent.core.text import Text
from agent.core.units import moment
from agent.core.waivers import Register, Waiver
from checks.metrics import CENTER
from checks.report import RESULTS

WAIVED = Text(
    "{observed}(本为{result};{id} 豁免至 {until}:{reason};{by} 批准)",
    "{observed} (else {result}; waived until {until} by {id}: {reason}; approved by {by})",
)
MEASURE = Text("替代措施:{what}", "instead: {what}")
EXPIRED = Text("{observed};豁免 {id} 已于 {until} 到期", "{observed}; waiver {id} ended {until}")
AHEAD = Text(
    "{observed};豁免 {id} 的批准时间在将来(时钟曾被拨回),不能采信",
    "{observed}; waiver {id} was approved at a time to come (the clock was set back) and does not count",
)


def applied(findings: Iterable[Finding], register: Register, site: Site, now: float) -> tuple[Finding, ...]:
    """The findings as they count with the waivers. `now` in Unix seconds."""
    if not register.entries:
        return tuple(findings)
    return tuple(_applied(each, register, site, now) for each in findings)


def _applied(finding: Finding, register: Register, site: Site, now: float) -> Finding:
    verdict = finding.verdict
    target = "" if finding.kind == CENTER else verdict.subject
    waiver = register.about(finding.item, target, now)
    if waiver is None:
        return finding
    if (state := waiver.state(now)) != "valid":
        if verdict.result in (Result.PASS, Result.NOT_CONNECTED):
            return finding
        form = AHEAD if state == "ahead" else EXPIRED
        return replace(finding, verdict=replace(verdict, observed=_said(form, finding, waiver, site)))
    counts = replace(
        verdict,
        result=Result.NOT_APPLICABLE,
        observed=_said(WAIVED, finding, waiver, site),
        remedy=MEASURE.format(what=waiver.compensating),
    )
    return replace(finding, verdict=counts, waiver=waiver.id, found=verdict.result.value)


def _said(form: Text, finding: Finding, waiver: Waiver, site: Site) -> Text:
    return form.format(
        observed=finding.verdict.observed,
        result=RESULTS[finding.verdict.result][0],
        id=waiver.id,
        until=moment(site.calendar, waiver.until),
        reason=waiver.reason,
        by=called(site.people, waiver.approved_by),
    )
