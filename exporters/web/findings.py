"""The page of the checklist: what each item found, worst first; of one area, or of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from agent.core.checklist import ITSELF, SEVERITIES, WORST_FIRST, Finding, Item, Result, Score
from agent.core.grouped import alike, ranges
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
COLOURS = {"red": State.FAULT, "amber": State.WARN, "green": State.OK, "none": State.NODATA}
SHOWN = 500
NAMED = 3  # subjects, and texts and incidents of several of them
ALL = Text("{names},共 {count} 个", "{names}; {count} in all")
AND_MORE = Text(";另有 {} 处", "; and {} more")


@dataclass(frozen=True, slots=True)
class Line:
    """What is said in the same words of one subject or several, as the page says it. `subjects` are name and address;
    `many` says them in few words where they are more than some; `playbooks` are what is shown, and the address."""

    state: str
    word: str
    item: str
    title: str
    subjects: tuple[tuple[str, str], ...]
    many: str
    observed: str
    expected: str
    remedy: str
    playbooks: tuple[tuple[str, str], ...]
    age: str
    who: str
    changed: bool = False
    advice: bool = False


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
    lines = alike(found)
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
        lines=[_line(scene, group) for group in lines[:SHOWN]],
        hidden=len(lines[SHOWN:]),
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


def _line(scene: Scene, group: Sequence[Finding]) -> Line:
    first, subjects = group[0], [each.verdict.subject for each in group]
    verdict, item = first.verdict, scene.items.get(first.item)
    state, word = RESULTS[verdict.result]
    key = "to_be" if verdict.result is Result.NOT_CONNECTED else "expected"
    wanted = item.playbooks if item and verdict.result in (Result.FAIL, Result.WARN, Result.UNKNOWN) else ()
    people = dict.fromkeys(scene.person(each.who) for each in group if each.who != ITSELF)
    remedy = _together(scene, (each.verdict.remedy for each in group))
    return Line(
        state=state,
        word=scene.text(word),
        item=first.item,
        title=scene.text(item.title) if item else "",
        subjects=tuple(_subject(scene, each) for each in group),
        many=_many(scene, group) if len(group) > NAMED else "",
        observed=_together(scene, (each.verdict.observed for each in group)),
        expected=scene.word(key, scene.text(verdict.expected)) if verdict.expected[scene.language] else "",
        remedy=remedy,
        playbooks=tuple(link for each in wanted for link in _playbook(scene, each, subjects, remedy)),
        age=scene.age(min(each.at for each in group)),
        changed=any(each.item == first.item and each.target in ("", *subjects) for each in scene.picture.changed),
        who="、".join(people),
        advice=item is not None and item.level > scene.picture.level,
    )


def _subject(scene: Scene, finding: Finding) -> tuple[str, str]:
    subject = finding.verdict.subject
    name = scene.picture.site.center.name if finding.kind == "center" else scene.name_of(subject)
    return name, f"/targets/{quote(subject, safe='')}" if subject in scene.by_id else ""


def _many(scene: Scene, group: Sequence[Finding]) -> str:
    found = ranges((each.verdict.subject, scene.name_of(each.verdict.subject)) for each in group)
    names = ("、" if scene.language == "zh" else ", ").join(found[:NAMED]) + ("…" if len(found) > NAMED else "")
    return ALL.format(names=names, count=len(group))[scene.language]


def _together(scene: Scene, texts: Iterable[Text | None]) -> str:
    """Each once; what exceeds some is counted."""
    said = list(dict.fromkeys(scene.text(each) for each in texts if each))
    more = scene.text(AND_MORE).format(len(said) - NAMED) if len(said) > NAMED else ""
    return ("；" if scene.language == "zh" else "; ").join(said[:NAMED]) + more


def _limits(scene: Scene, area: str) -> list[str]:
    """The limits that the site changed, of the items that are shown."""
    said = zip(scene.picture.changed, scene.picture.limits, strict=True)
    of_area = {item.id for item in scene.items.values() if area in ("", item.area)}
    return [scene.text(text) for each, text in said if each.item in of_area]


def _playbook(scene: Scene, identity: str, subjects: Sequence[str], remedy: str) -> Iterator[tuple[str, str]]:
    """Its open incidents on these subjects; else the playbook. Where there is neither, its id, unless the remedy names
    it already."""
    book, about = scene.picture.playbooks.get(identity), set(subjects)
    name = f"{identity} {scene.text(book.title)}" if book else identity
    found = [each for each in scene.picture.incidents if each.playbook == identity and each.target in about]
    for incident in found[:NAMED]:
        subject = f" {scene.name_of(incident.target)}" if len(found) > 1 else ""
        yield name + subject, f"/incidents/{quote(incident.id, safe='')}"
    if not found and book:
        yield name, f"/playbooks/{quote(identity, safe='')}"
    if not found and not book and identity not in remedy:
        yield identity, ""
