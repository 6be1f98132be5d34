"""What people's attestations do to what was found: pure functions of findings and the register.

An item that people attest is judged by its rules, and at least as badly as they said. An automatic item without a
source counts as what people saw in its place, as long as that holds; else it stays not connected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from agent.core.attestations import Attestation, Register
from agent.core.checklist import WORST_FIRST, Finding, Item, Result, Verdict
from agent.core.posts import called, in_words
from agent.core.site import Site
from agent.core.text import Text
from agent.core.units import moment
from checks.metrics import CENTER
from checks.scores import BEST_FIRST

SEEN = Text("{who} {at} 登记{confirmed}{note}", "attested by {who} {at}{confirmed}{note}")
CONFIRMED = Text(",{who} {at} 确认", ", confirmed by {who} {at}")
EXPIRED = Text("人工登记已于 {at} 过期", "the attestation expired {at}")
AHEAD = Text(
    "登记时间在将来(时钟曾被拨回),不能采信", "attested at a time to come (the clock was set back); does not count"
)
HOLDS = Text("有效的人工登记", "an attestation that holds")
NEVER = Text("尚无人登记", "nobody has attested it yet")
WAITING = Text("已登记,待{roles}确认({id})", "attested, to be confirmed by the {roles} ({id})")
LATE = Text("{id} 未经确认,已于 {at} 过期", "{id} was not confirmed before it expired {at}")
LOST = Text("{id} 的证据不见了或被改过,请重新登记", "the evidence of {id} is gone or was changed since; attest it anew")
ATTEST = Text(
    "{roles}登记:shouwang checklist attest {item} --by …", "the {roles}: shouwang checklist attest {item} --by …"
)
CONFIRM = Text("shouwang checklist confirm {id} --by …", "shouwang checklist confirm {id} --by …")


def applied(
    findings: Iterable[Finding], items: Mapping[str, Item], register: Register, site: Site, now: float
) -> tuple[Finding, ...]:
    """The findings as they count with what people said. `now` in Unix seconds."""
    return tuple(_applied(each, items[each.item], register, site, now) for each in findings)


def _applied(finding: Finding, item: Item, register: Register, site: Site, now: float) -> Finding:
    if item.attested is not None:
        return _by_people(finding, item, register, site, now)
    if item.fallback is not None and finding.verdict.result is Result.NOT_CONNECTED:
        return _in_place(finding, item, register, site, now)
    return finding


def _by_people(finding: Finding, item: Item, register: Register, site: Site, now: float) -> Finding:
    """An item that people attest."""
    standing = register.of(item.id)
    result = finding.verdict.result
    if result is Result.NOT_CONNECTED:
        return _unattested(finding, item, register, site, now) if not standing else finding
    shown = replace(finding, evidence=(*finding.evidence, *(row for each in standing for row in files(each))))
    if any(each.state(now) == "ahead" for each in standing):
        return _worse(shown, Result.UNKNOWN, AHEAD)
    if gone := [each for each in standing if each.id in register.lost]:
        return _worse(shown, Result.FAIL, LOST.format(id=gone[0].id))
    if early := [each for each in standing if _shortened(each, item) and each.state(now) == "expired"]:
        return _worse(shown, Result.FAIL, EXPIRED.format(at=moment(site.calendar, early[0].until)))
    worst = _worst(each for each in standing if each.state(now) == "valid")
    if worst is not None and result in BEST_FIRST and BEST_FIRST.index(_result(worst)) >= BEST_FIRST.index(result):
        return _said(shown, item, worst, _more(finding.verdict, _words(worst, site)))
    return shown


def _worst(entries: Iterable[Attestation]) -> Attestation | None:
    return max(entries, key=lambda each: BEST_FIRST.index(_result(each)), default=None)


def _shortened(entry: Attestation, item: Item) -> bool:
    """Whether it was to hold for less than the item allows: its rules, which ask for its age, know nothing of that."""
    return (
        item.attested is not None
        and not entry.document
        and not entry.sheet
        and entry.until < entry.at + item.attested.valid
    )


def _in_place(finding: Finding, item: Item, register: Register, site: Site, now: float) -> Finding:
    """An automatic item without a source."""
    # Where no target is asked there is one finding about the whole, and whatever target was looked at counts for it.
    standing = register.of(item.id) if finding.kind == CENTER else register.about(item.id, finding.verdict.subject)
    worst = _worst(each for each in standing if each.state(now) == "valid" and each.id not in register.lost)
    if worst is not None:
        verdict = replace(finding.verdict, expected=item.limits.get(Result.PASS, finding.verdict.expected))
        told = replace(finding, verdict=verdict, evidence=(*finding.evidence, *files(worst)))
        seen = _words(worst, site)
        # Something was read, and that is in order: people saw the rest.
        return _said(told, item, worst, _more(verdict, seen) if finding.evidence else seen)
    gone = (LOST.format(id=each.id) for each in standing if each.id in register.lost)
    why = next(gone, None) or next((_why(each, site, now) for each in standing), None)
    if why is None:
        return finding
    return replace(finding, verdict=replace(finding.verdict, observed=_more(finding.verdict, why)))


def _why(entry: Attestation, site: Site, now: float) -> Text:
    return AHEAD if entry.state(now) == "ahead" else EXPIRED.format(at=moment(site.calendar, entry.until))


def _unattested(finding: Finding, item: Item, register: Register, site: Site, now: float) -> Finding:
    attesting = item.attested
    if attesting is None:
        return finding
    waits = [each for each in register.waiting if each.item == item.id]
    waiting = next((each for each in waits if each.confirmable(now)), None)
    if waiting is not None:
        observed, remedy = WAITING.format(roles=in_words(waiting.awaits), id=waiting.id), CONFIRM.format(id=waiting.id)
    else:
        observed = LATE.format(id=waits[0].id, at=moment(site.calendar, waits[0].until)) if waits else NEVER
        remedy = ATTEST.format(roles=in_words(attesting.by, attesting.covers), item=item.id)
    verdict = replace(finding.verdict, observed=observed, expected=attesting.says, remedy=remedy)
    return replace(finding, verdict=verdict)


def _result(entry: Attestation) -> Result:
    return Result(entry.result)


def _worse(finding: Finding, result: Result, observed: Text) -> Finding:
    verdict = finding.verdict
    if WORST_FIRST.index(verdict.result) < WORST_FIRST.index(result):
        return finding
    return replace(finding, verdict=replace(verdict, result=result, observed=observed, expected=HOLDS))


def _said(finding: Finding, item: Item, entry: Attestation, observed: Text) -> Finding:
    """As somebody said it, dated when it began to count: what people said once is no news in every run."""
    result = _result(entry)
    remedy = None if result is Result.PASS else item.remedy
    verdict = replace(finding.verdict, result=result, observed=observed, remedy=remedy)
    return replace(finding, verdict=verdict, who=entry.by, at=entry.confirmed or entry.at)


def _words(entry: Attestation, site: Site) -> Text:
    """By name, post and date, as it stands on paper."""
    note, confirmed = Text("", ""), Text("", "")
    if entry.note:
        note = Text(f":{entry.note}", f": {entry.note}")
    if entry.confirmed_by:
        at = moment(site.calendar, entry.confirmed or entry.at)
        confirmed = CONFIRMED.format(who=called(site.people, entry.confirmed_by), at=at)
    who, at = called(site.people, entry.by, entry.role), moment(site.calendar, entry.at)
    return SEEN.format(who=who, at=at, confirmed=confirmed, note=note)


def _more(verdict: Verdict, said: Text) -> Text:
    seen = verdict.observed
    return Text(f"{seen.zh};{said.zh}", f"{seen.en}; {said.en}")


def files(entry: Attestation) -> tuple[Mapping[str, Any], ...]:
    """The attestation's files as evidence: the value is a file's size in bytes."""
    return tuple(_rows(entry))


def _rows(entry: Attestation) -> Iterator[Mapping[str, Any]]:
    for each in entry.files:
        yield {
            "metric": "evidence_file",
            "labels": {"attestation": entry.id, "name": each.name, "sha256": each.sha256},
            "value": float(each.size),
            "at": entry.at,
            "collector": entry.by,
        }
