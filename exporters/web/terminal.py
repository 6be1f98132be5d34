"""One incident for a terminal: what, since when, whom it hurts, what to do first, whom to call and what to say. The
same words and facts as on its page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.core.facts import impact_said
from agent.core.filling import plain
from agent.core.incident import Change, Incident
from agent.core.text import Text
from exporters.web import api
from exporters.web.rows import Call, Task, filled, news, task
from exporters.web.scene import Scene
from exporters.web.view import Picture
from exporters.web.words import CONFIRMATIONS

OWN, DIAGNOSIS = Text("认领", "Own it"), Text("判断", "Diagnosis")
BLANK = Text("____(…) 处代理不知道,请填好再说", "____(…) is what the agent does not know; fill it in before you say it")
INDENT = "  "
# Control characters move a terminal's cursor, marks of direction turn round what stands beside them.
HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def incident_text(picture: Picture, timeline: Sequence[Change]) -> str:
    """The incident of these changes (oldest first; not empty) in the language of the site."""
    scene, incident = Scene(picture, picture.site.language), current(picture, timeline)
    lines = [*_head(scene, incident), *_words(scene, incident), *_steps(scene, incident)]
    lines += ["", scene.word("timeline")]
    lines += [
        f"{INDENT}{each.at}  {each.what}{f' {each.note}' if each.note else ''}{f' ({each.who})' if each.who else ''}"
        for each in news(scene, timeline)
    ]
    text = HARMFUL.sub("", "\n".join(lines))
    return f"{text}\n\n{scene.text(BLANK)}" if "____(" in text else text


def incident_document(picture: Picture, timeline: Sequence[Change]) -> Mapping[str, Any]:
    """The same for programs: as in /api/v1/incidents, with what to say and the timeline."""
    scene, incident = Scene(picture, picture.site.language), current(picture, timeline)
    changes = [{"at": each.at, "kind": each.kind, "who": each.who, "note": each.note} for each in timeline]
    said = [{"to": to, "text": text} for to, text in _sayings(scene, incident)]
    return {**api.incident_of(scene, incident), "say": said, "timeline": changes}


def current(picture: Picture, timeline: Sequence[Change]) -> Incident:
    """While the disk refuses writes, the open one in memory is newer than its last row."""
    last = timeline[-1].incident
    return next((each for each in picture.incidents if each.id == last.id), last)


def _head(scene: Scene, incident: Incident) -> Iterator[str]:
    shown = task(scene, incident)
    what = f"{shown.target} {shown.title}"
    yield "  ".join(each for each in (f"{shown.class_} {shown.class_word}", what, shown.extent) if each)
    over = "" if incident.closed is None else scene.word("closed_at", scene.when(incident.closed))
    owner = scene.word("owner", shown.owner) if shown.owner else scene.word("nobody")
    unrecorded = () if shown.recorded else (scene.word("unrecorded"),)
    since = scene.word("since", shown.since)
    yield "  ".join((since, over or scene.word("for", shown.lasts), owner, *unrecorded, f"#{shown.id}"))
    rows = list(_rows(scene, incident, shown))
    width = max(_width(label) for label, _ in rows)
    for label, text in rows:
        yield f"{label}{' ' * (width - _width(label))}  {text}"


def _rows(scene: Scene, incident: Incident, shown: Task) -> Iterator[tuple[str, str]]:
    hurt = impact_said(scene.situation, incident, scene.language)
    verdict = f" ({scene.word('verdict', shown.verdict)})" if shown.verdict and not shown.diagnosis else ""
    yield scene.word("impact"), hurt + verdict
    if shown.diagnosis:
        yield scene.text(DIAGNOSIS), shown.diagnosis
    if shown.first:
        yield scene.word("first_step"), f"{shown.first}{f' ({shown.confirmation})' if shown.confirmation else ''}"
    for number, call in enumerate(shown.calls):
        yield "" if number else scene.word("call"), _call(call)
    if incident.open and not shown.owner:
        yield scene.text(OWN), f"shouwang incident ack {shown.id}"


def _call(call: Call) -> str:
    return "  ".join(part for part in (call.who, call.number, call.about) if part)


def _words(scene: Scene, incident: Incident) -> Iterator[str]:
    """What to say to whom, and the notice, with the facts filled in."""
    playbook, said = scene.playbook(incident), list(_sayings(scene, incident))
    if said:
        yield from ("", scene.word("say_to"))
    for to, text in said:
        yield from (f"{INDENT}{scene.word('say_to_whom', to)}", f"{INDENT}{INDENT}{text}")
    notice = plain(filled(scene, incident, playbook.notice)) if playbook else ""
    if notice:
        yield from ("", scene.word("notice"), f"{INDENT}{notice}")


def _sayings(scene: Scene, incident: Incident) -> Iterator[tuple[str, str]]:
    playbook = scene.playbook(incident)
    for saying in playbook.say_to if playbook else ():
        yield scene.text(saying.to), plain(filled(scene, incident, saying.text))


def _steps(scene: Scene, incident: Incident) -> Iterator[str]:
    playbook = scene.playbook(incident)
    if playbook is None:
        yield from ("", scene.word("no_playbook", incident.playbook))
        return
    for heading, automatic in (("steps", False), ("looks", True)):
        yield from ("", scene.word(heading))
        found = (each for each in playbook.steps if (each.confirmation == "automatic") is automatic)
        for number, step in enumerate(found, 1):
            confirmation = "" if automatic else f" ({scene.text(CONFIRMATIONS[step.confirmation])})"
            yield f"{INDENT}{number}. {plain(filled(scene, incident, step.text))}{confirmation}"


def _width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
