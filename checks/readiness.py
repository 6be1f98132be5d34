"""The opening and the closing check: whether the centre can open its doors, and what is left before people leave. Pure.

Opening: not ready where a counter cannot work, a P1 incident is open or an automatic critical item fails; unsure where
what would tell so is silent. Closing: not ready while the door is open, something of the machine room, the UPS or a
backup fails, an incident is not acknowledged or the day's sheet is not signed. No reading is never ready.

An item above the centre's level is advice: that it is not met hinders nothing. But water is water at every level: what
was seen of a critical one hinders like any other, and where its source is lost that is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from agent.core.calendar import Calendar
from agent.core.checklist import ITSELF, SEVERITIES, Area, Finding, Item, Result
from agent.core.facts import Situation, facts_of, first_step, found_in
from agent.core.filling import filled
from agent.core.impact import Impact
from agent.core.incident import Incident
from agent.core.text import Text, both
from agent.core.units import moment
from checks.book import items_of
from checks.hindrances import Line, said_of, together

Check = Literal["opening", "closing"]
Answer = Literal["ready", "not_ready", "unsure"]

BEFORE = 20  # minutes: before service begins, and before the staff leaves
OLD = 300.0  # seconds after which a run of the checklist says nothing about now
DOOR, LAST, EVERY = "room_door_open", "backup_last_success_timestamp_seconds", "backup_interval_seconds"
DOWN = "down"  # what a line is about that no incident and no item speaks of
AT_NIGHT = ("room_", "ups_", "backup_")  # what the closing check asks of: metrics that begin so

NEVER = Text("还没有检查结果;等读数到齐后再查", "nothing was judged lately; ask again when readings have come in")
SHEET = Text("当天巡检单未签", "the day's inspection sheet is not signed")
SIGN = Text("shouwang checklist sheet sign", "shouwang checklist sheet sign")
TONIGHT = Text("今晚应备份,上次成功 {last}", "due to run before opening; last success {last}")
ADVICE = Text("(建议项)", " (advice)")
UNSEEN = Text("未认领", "not acknowledged")


@dataclass(frozen=True)
class Readiness:
    """The answer of a check at a moment (Unix seconds). `blocks`, `unsure` and `watch` are the gravest first; `blind`
    are critical items whose source is not connected."""

    check: Check
    at: float
    answer: Answer
    blocks: tuple[Line, ...]
    unsure: tuple[Line, ...]
    watch: tuple[Line, ...]
    blind: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """What the checks look at. `judged`: when the checklist last ran, Unix seconds; `signed`: the day's sheet is, None
    where the day has none."""

    situation: Situation
    incidents: Sequence[Incident]
    areas: Sequence[Area]
    findings: Sequence[Finding]
    level: int
    judged: float
    signed: bool | None
    now: float

    @cached_property
    def items(self) -> Mapping[str, Item]:
        return {item.id: item for item in items_of(self.areas)}

    def advice(self, item: Item) -> bool:
        return item.level > self.level


def due_at(check: Check, calendar: Calendar, at: float) -> float | None:
    """When the check is to be made on the day of `at`; None on a day on which nobody is served or works."""
    day = calendar.local(at).date()
    if check == "opening":
        spans = calendar.spans("service", day)
        return calendar.moment(day, spans[0][0]) - BEFORE * 60 if spans else None
    spans = calendar.spans("working", day) or calendar.spans("service", day)
    return calendar.moment(day, spans[-1][1]) - BEFORE * 60 if spans else None


def is_due(check: Check, calendar: Calendar, now: float, last: float | None) -> bool:
    """Whether it is time: an agent that starts late makes up for it, the opening check until service ends."""
    begins = due_at(check, calendar, now)
    if begins is None or now < begins or (last is not None and last >= begins):
        return False
    spans = calendar.spans("service", calendar.local(now).date())
    return check == "closing" or now < calendar.moment(calendar.local(now).date(), spans[-1][1])


def opening(seen: Seen) -> Readiness:
    lines = [_of_incident(each, seen) for each in seen.incidents]
    grave = [line.hurt is not None or each.class_ == "P1" for line, each in zip(lines, seen.incidents, strict=True)]
    blocks = [line for line, stops in zip(lines, grave, strict=True) if stops]
    watch = [line for line, stops in zip(lines, grave, strict=True) if not stops]
    broken = _broken(seen)
    blocks += broken
    told = {*(each.target for each in seen.incidents), *(each.target for each in broken)}
    for finding, item in _wanted(seen, Result.FAIL):
        line = _of_finding(finding, item, seen)
        hurts = line.hurt is not None and line.target not in told and not seen.advice(item)
        stops = hurts or _stops(finding, item, seen)
        if stops or item.severity in ("critical", "high"):
            (blocks if stops else watch).append(line)
    unsure: list[Line] = []
    for finding, item in _wanted(seen, Result.UNKNOWN):
        line = _of_finding(finding, item, seen)
        if line.needing or line.hurt or item.severity == "critical":
            (watch if seen.advice(item) else unsure).append(line)
    return _answer("opening", seen, blocks, unsure, watch)


def hurt(found: Readiness, situation: Situation) -> frozenset[str]:
    """The ids of the counters that cannot work because of what hinders."""
    stops = {target for line in found.blocks if line.hurt for target in (line.targets or (line.target,))}
    return frozenset(counter.id for target in stops for counter in situation.impacts.of(target).hurt)


def closing(seen: Seen) -> Readiness:
    acknowledged = [(_of_incident(each, seen), each.acknowledged_by is not None) for each in seen.incidents]
    blocks = [replace(line, what=_joined(line.what, UNSEEN)) for line, known in acknowledged if not known]
    watch = [line for line, known in acknowledged if known]
    if seen.signed is False:
        blocks.append(Line("sheet", seen.situation.site.center.id, SHEET, first=SIGN, weight=(1,)))
    unsure: list[Line] = []
    for finding, item in _wanted(seen, Result.FAIL, Result.WARN, Result.UNKNOWN):
        line, result = _of_finding(finding, item, seen), finding.verdict.result
        failed = result is Result.FAIL and _stops(finding, item, seen)
        if not any(metric.startswith(AT_NIGHT) for metric in item.metrics):
            watch.extend([line] if failed else ())
            continue
        advice = seen.advice(item)
        stops = failed or (not advice and (result is Result.FAIL or DOOR in item.metrics))
        (unsure if result is Result.UNKNOWN and not advice else blocks if stops else watch).append(line)
    watch.extend(_tonight(seen))
    return _answer("closing", seen, blocks, unsure, watch)


def _answer(
    check: Check, seen: Seen, blocks: Iterable[Line], unsure: Sequence[Line], watch: Iterable[Line]
) -> Readiness:
    if seen.now - seen.judged > OLD:
        unsure = [Line("checklist", seen.situation.site.center.id, NEVER), *unsure]
    stops = sorted(together(blocks, seen.situation), key=lambda line: line.weight)
    unsure = together(unsure, seen.situation)
    items = seen.items
    without = dict.fromkeys(each.item for each in seen.findings if each.verdict.result is Result.NOT_CONNECTED)
    asked = (items[each] for each in without if each in items and not seen.advice(items[each]))
    blind = tuple(item.id for item in asked if item.severity == "critical")
    answer: Answer = "not_ready" if stops else "unsure" if unsure else "ready"
    rest = sorted(together(watch, seen.situation), key=lambda line: line.weight)
    return Readiness(check, seen.now, answer, tuple(stops), tuple(unsure), tuple(rest), blind)


def _wanted(seen: Seen, *results: Result) -> Iterator[tuple[Finding, Item]]:
    """The findings with these results, without those that an open incident of the same target speaks of already."""
    told, items = {(each.playbook, each.target) for each in seen.incidents}, seen.items
    for finding in seen.findings:
        item = items.get(finding.item)
        if item is None or finding.verdict.result not in results:
            continue
        if seen.advice(item) and item.severity != "critical":
            continue
        if not any((book, finding.verdict.subject) in told for book in item.playbooks):
            yield finding, item


def _stops(finding: Finding, item: Item, seen: Seen) -> bool:
    """Whether a failed item alone hinders. One that is advice only by what was seen, not by a source that is silent."""
    grave = item.severity == "critical" and item.mode == "automatic"
    return grave and (not seen.advice(item) or bool(finding.evidence) or finding.who != ITSELF)


def _of_incident(incident: Incident, seen: Seen) -> Line:
    situation = seen.situation
    book, impact = situation.playbooks.get(incident.playbook), situation.impact(incident)
    title = book.title if book else Text(incident.playbook, incident.playbook)
    step, name = first_step(book), _name(seen, incident.target)
    first = None
    if step is not None:
        zh, en = facts_of(situation, incident, "zh"), facts_of(situation, incident, "en")
        first = Text(filled(step.text, zh, "zh"), filled(step.text, en, "en"))
    what = Text(f"{name}:{title.zh}({incident.class_})", f"{name}: {title.en} ({incident.class_})")
    weight = (-len(impact.hurt), int(incident.class_[1:]), 0)
    return Line(incident.id, incident.target, what, *_counters(impact), first, weight)


def _of_finding(finding: Finding, item: Item, seen: Seen) -> Line:
    verdict = finding.verdict
    impact, name = seen.situation.impacts.of(verdict.subject), _name(seen, verdict.subject)
    mark, told = ADVICE if seen.advice(item) else Text("", ""), verdict.observed
    title = Text(f"{item.title.zh}{mark.zh}", f"{item.title.en}{mark.en}")
    said = Text(f"{name}:{title.zh},{told.zh}", f"{name}: {title.en}, {told.en}")
    weight = (-len(impact.hurt), SEVERITIES.index(item.severity) + 1, 1)
    line = Line(item.id, verdict.subject, said, *_counters(impact), verdict.remedy, weight)
    return replace(line, title=title, observed=told)


def _broken(seen: Seen) -> list[Line]:
    """Targets that take counters with them and of which no incident speaks yet, since it did not last long enough."""
    told, impacts = {each.target for each in seen.incidents if seen.situation.impact(each).hurt}, seen.situation.impacts
    remedies = {each.verdict.subject: each.verdict.remedy for each, _ in _wanted(seen, Result.WARN, Result.FAIL)}
    found = []
    for target in seen.situation.site.targets:
        impact = impacts.of(target.id)
        if target.id in impacts.down and impact.hurt and target.id not in told:
            name = _name(seen, target.id)
            what = Text(f"{name}:不通", f"{name}: does not work")
            weight = (-len(impact.hurt), 0, 0)
            found.append(Line(DOWN, target.id, what, *_counters(impact), remedies.get(target.id), weight))
    return found


def _counters(impact: Impact) -> tuple[Text | None, Text | None]:
    return said_of(impact.hurt), said_of(impact.spared)


def _tonight(seen: Seen) -> Iterator[Line]:
    """The backups that must run before the doors open again."""
    site = seen.situation.site
    day = site.calendar.local(seen.now).date()
    ends = [site.calendar.moment(day, end) for _, end in site.calendar.spans("service", day)]
    begins = site.calendar.next_edge("service", max([seen.now, *ends]))
    for target in site.of_kind("backup"):
        readings = seen.situation.of(target.id)
        last = max((each.value for each in found_in(readings, LAST)), default=None)
        every = max((each.value for each in found_in(readings, EVERY)), default=None)
        if last is not None and every is not None and begins is not None and last + every <= begins:
            said = TONIGHT.format(last=moment(site.calendar, last))
            name = target.name or target.id
            yield Line(LAST, target.id, Text(f"{name}:{said.zh}", f"{name}: {said.en}"), weight=(9,))


def _name(seen: Seen, target: str) -> str:
    site = seen.situation.site
    found = site.target(target)
    return (found.name or found.id) if found else site.center.name if target == site.center.id else target


def _joined(first: Text, second: Text) -> Text:
    return Text(f"{first.zh},{second.zh}", f"{first.en}, {second.en}")


CHECKS = {"opening": opening, "closing": closing}


def document(found: Readiness) -> dict[str, Any]:
    """As JSON: what the ledger keeps and what commands and the HTTP API give out."""
    return {
        "check": found.check,
        "at": found.at,
        "answer": found.answer,
        "blocks": [_entry(each) for each in found.blocks],
        "unsure": [_entry(each) for each in found.unsure],
        "watch": [_entry(each) for each in found.watch],
        "not_connected": list(found.blind),
    }


def _entry(line: Line) -> dict[str, Any]:
    said = {"what": line.what, "hurt": line.hurt, "needing": line.needing, "first": line.first}
    texts = {name: both(text) if text else None for name, text in said.items()}
    return {"about": line.about, "target": line.target, "targets": list(line.targets or (line.target,)), **texts}
