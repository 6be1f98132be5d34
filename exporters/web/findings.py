"""The page of the checklist: what each item found, worst first; of one area, or of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from agent.core.checklist import Finding, Item, Result, Score
from agent.core.text import Text
from exporters.web.dues import due
from exporters.web.look import Look, render
from exporters.web.readiness import answers, went
from exporters.web.scene import Scene
from exporters.web.standing import State
from exporters.web.view import Picture

RESULTS: Mapping[Result, tuple[State, Text]] = {  # the worst first
    Result.FAIL: (State.FAULT, Text("不合格", "fail")),
    Result.UNKNOWN: (State.NODATA, Text("无数据", "unknown")),
    Result.WARN: (State.WARN, Text("预警", "warning")),
    Result.PASS: (State.OK, Text("合格", "pass")),
    Result.NOT_CONNECTED: (State.UNWATCHED, Text("未接入", "not connected")),
    Result.NOT_APPLICABLE: (State.UNWATCHED, Text("不适用", "not applicable")),
}
WORST_FIRST = tuple(RESULTS)
SEVERITIES = ("critical", "high", "medium", "low")
COLOURS = {"red": State.FAULT, "amber": State.WARN, "green": State.OK, "none": State.NODATA}
SHOWN = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as the page says it. `playbooks` are id, title and address."""

    state: str
    word: str
    item: str
    title: str
    subject: str
    subject_href: str
    observed: str
    expected: str
    remedy: str
    playbooks: tuple[tuple[str, str, str], ...]
    age: str
    who: str
    changed: bool = False


def checklist_page(picture: Picture, area: str, look: Look) -> str | None:
    """All areas where `area` is empty; None if there is none of that id."""
    scene = Scene(picture, look.language)
    titles = {each.id: scene.text(each.title) for each in picture.areas}
    if area and area not in titles:
        return None
    found = worst_first(
        [each for each in picture.findings if area in ("", each.area)],
        scene.items,
    )
    return render(
        "checklist.html",
        scene,
        look,
        area=area,
        heading=titles.get(area) or scene.word("checklist"),
        judged=scene.when(max(each.at for each in found)) if found else "",
        counts=[
            (state, scene.text(word), sum(each.verdict.result is result for each in found))
            for result, (state, word) in RESULTS.items()
        ],
        scores=score_rows(scene, picture.scores),
        advice=scene.text(picture.advice) if picture.advice and not area else "",
        answers=() if area else answers(scene),
        due=None if area else due(scene),
        limits=_limits(scene, area),
        lines=[_line(scene, finding) for finding in found[:SHOWN]],
        hidden=len(found[SHOWN:]),
    )


def score_rows(scene: Scene, scores: Iterable[Score]) -> list[Mapping[str, str]]:
    titles = {area.id: scene.text(area.title) for area in scene.picture.areas}
    return [
        {
            "id": score.area,
            "href": f"/checklist/{quote(score.area, safe='')}",
            "area": titles.get(score.area, score.area),
            "state": COLOURS[score.colour],
            "ratio": "–" if score.ratio is None else f"{score.ratio:.0%}",
            "connected": scene.text(score.meter),
            "few": scene.text(score.few) if score.few else "",
            "meter": f"{score.connected / score.automatic:.2f}" if score.automatic else "",
            "went": went(scene, score.area),
        }
        for score in scores
    ]


def worst_first(findings: Iterable[Finding], items: Mapping[str, Item]) -> Sequence[Finding]:
    """By result, then severity, then item and subject; an item that is not known has the least severity."""

    def rank(finding: Finding) -> tuple[int, int, str, str]:
        item = items.get(finding.item)
        severity = SEVERITIES.index(item.severity) if item else len(SEVERITIES)
        return WORST_FIRST.index(finding.verdict.result), severity, finding.item, finding.verdict.subject

    return sorted(findings, key=rank)


def _line(scene: Scene, finding: Finding) -> Line:
    verdict, item = finding.verdict, scene.items.get(finding.item)
    state, word = RESULTS[verdict.result]
    changed = scene.picture.changed
    known = verdict.subject in scene.by_id
    center = scene.picture.site.center
    key = "to_be" if verdict.result is Result.NOT_CONNECTED else "expected"
    wanted = item.playbooks if item and verdict.result in (Result.FAIL, Result.WARN, Result.UNKNOWN) else ()
    return Line(
        state=state,
        word=scene.text(word),
        item=finding.item,
        title=scene.text(item.title) if item else "",
        subject=center.name if finding.kind == "center" else scene.name_of(verdict.subject),
        subject_href=f"/targets/{quote(verdict.subject, safe='')}" if known else "",
        observed=scene.text(verdict.observed),
        expected=scene.word(key, scene.text(verdict.expected)) if verdict.expected[scene.language] else "",
        remedy=scene.text(verdict.remedy) if verdict.remedy else "",
        playbooks=tuple(_playbook(scene, each, verdict.subject) for each in wanted),
        age=scene.age(finding.at),
        changed=any(each.item == finding.item and each.target in ("", verdict.subject) for each in changed),
        who="" if finding.who == "shouwang" else scene.person(finding.who),
    )


def _limits(scene: Scene, area: str) -> list[str]:
    """The limits that the site changed, of the items that are shown."""
    said = zip(scene.picture.changed, scene.picture.limits, strict=True)
    of_area = {item.id for item in scene.items.values() if area in ("", item.area)}
    return [scene.text(text) for each, text in said if each.item in of_area]


def _playbook(scene: Scene, identity: str, subject: str) -> tuple[str, str, str]:
    """Its open incident on this subject, where there is one; else the playbook. No address where it does not exist."""
    book = scene.picture.playbooks.get(identity)
    of_subject = (each for each in scene.picture.incidents if (each.playbook, each.target) == (identity, subject))
    incident = next(of_subject, None)
    href = f"/playbooks/{quote(identity, safe='')}" if book else ""
    href = f"/incidents/{quote(incident.id, safe='')}" if incident else href
    return identity, scene.text(book.title) if book else "", href
