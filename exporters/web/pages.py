"""Pages: HTML of a Picture. Pure functions; every text is escaped by the template engine, there is no script."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from agent.core.computed import read_of_target
from agent.core.filling import fill
from agent.core.incident import Change, Incident, Playbook
from exporters.web.dues import due
from exporters.web.findings import score_rows
from exporters.web.look import Look, render
from exporters.web.readiness import answers
from exporters.web.rows import SHOWN_TASKS, by_hand, cards, filled, news, recent, task, tasks
from exporters.web.scene import Scene
from exporters.web.standing import State
from exporters.web.view import Note, Picture, Receiver
from exporters.web.words import CONFIRMATIONS, PAGE


def overview(picture: Picture, look: Look) -> str:
    scene = Scene(picture, look.language)
    found = tasks(scene)
    newest = max((reading.ended for reading in picture.readings if read_of_target(reading)), default=None)
    return render(
        "overview.html",
        scene,
        look,
        clock=picture.site.calendar.local(picture.at).strftime("%Y-%m-%d %H:%M:%S"),
        hours=_hours(picture),
        newest="" if newest is None else scene.lasts(picture.at - newest),
        notes=[_note(scene, note) for note in (*picture.notes, *_own_notes(picture))],
        tasks=found[:SHOWN_TASKS],
        more=len(found[SHOWN_TASKS:]),
        mood=_mood(scene),
        cards=cards(scene, 0) if look.wall else cards(scene),
        changes=recent(scene),
        scores=score_rows(scene, picture.scores),
        answers=answers(scene),
        due=due(scene),
        receivers=[_receiver(scene, each) for each in picture.receivers],
    )


def incident_page(picture: Picture, timeline: Sequence[Change], look: Look) -> str | None:
    """One incident, open or closed, by its changes (oldest first); None if there are none."""
    if not timeline:
        return None
    scene, incident = Scene(picture, look.language), timeline[-1].incident
    # While the disk refuses writes, the open one in memory is newer than its last row.
    incident = next((each for each in picture.incidents if each.id == incident.id), incident)
    playbook = scene.playbook(incident)
    details = _details(scene, playbook) if playbook else {}
    return render(
        "incident.html",
        scene,
        look,
        incident=incident,
        task=task(scene, incident),
        closed="" if incident.closed is None else scene.when(incident.closed),
        ending="hand" if by_hand(timeline[-1]) else "ok",
        playbook=playbook,
        steps=_steps(scene, incident, automatic=False),
        looks=_steps(scene, incident, automatic=True),
        notice=filled(scene, incident, playbook.notice) if playbook else (),
        sayings=[
            {"to": scene.text(saying.to), "parts": filled(scene, incident, saying.text)}
            for saying in (playbook.say_to if playbook else ())
        ],
        timeline=news(scene, timeline),
        take_over=_take_over(picture, incident),
        **details,
    )


def playbook_page(picture: Picture, identity: str, look: Look) -> str | None:
    """One playbook, with blanks where an incident has facts; None if there is none of that id."""
    scene, playbook = Scene(picture, look.language), picture.playbooks.get(identity)
    if playbook is None:
        return None
    steps = [
        {
            "confirmation": scene.text(CONFIRMATIONS[each.confirmation]),
            "parts": fill(scene.text(each.text), {}, look.language),
        }
        for each in playbook.steps
    ]
    return render("playbook.html", scene, look, playbook=playbook, steps=steps, **_details(scene, playbook))


def message(picture: Picture, heading: str, hint: str, look: Look) -> str:
    """A page that says one thing; `heading` and `hint` are keys of the words."""
    scene = Scene(picture, look.language)
    return render("message.html", scene, look, heading=scene.word(heading), hint=scene.word(hint))


def _take_over(picture: Picture, incident: Incident) -> str:
    """The command by which somebody owns it; empty where somebody does, or it is closed."""
    if incident.acknowledged_by is not None or incident.closed is not None:
        return ""
    people = picture.site.people
    admin = next((each.id for each in people if each.role == "network_administrator"), None)
    who = admin or (people[0].id if people else "ID")
    return " ".join(("shouwang incident ack", shlex.quote(incident.id), "--who", shlex.quote(who)))


def _hours(picture: Picture) -> Literal["service_open", "working_open", "closed_now"]:
    calendar = picture.site.calendar
    if calendar.open("service", picture.at):
        return "service_open"
    return "working_open" if calendar.open("working", picture.at) else "closed_now"


def _when(scene: Scene, at: float | None) -> str:
    return "" if at is None else scene.when(at)


def _mood(scene: Scene) -> tuple[State, str]:
    """What stands where no incident is open. All is well only where something is watched, and read in time."""
    count = scene.counts
    unread = count[State.NODATA] + count[State.LATE]
    if count[State.FAULT]:
        return State.FAULT, scene.word("brewing", count[State.FAULT])
    if unread:
        return State.NODATA, scene.word("blind", unread)
    return (State.OK, scene.word("calm")) if count[State.OK] else (State.UNWATCHED, scene.word("nothing_watched"))


def _own_notes(picture: Picture) -> Iterator[Note]:
    """What follows from the picture itself and must not be overlooked."""
    if not picture.polling:
        yield Note("info", PAGE["starting"])
    for each in picture.receivers:
        if each.reachable is False:
            text = PAGE["undelivered"].format(name=each.name, waiting=each.waiting)
            yield Note("warn", text, each.since, each.error)


def _note(scene: Scene, note: Note) -> Mapping[str, str]:
    since = _when(scene, note.since)
    return {"level": note.level, "text": scene.text(note.text), "detail": note.detail, "since": since}


def _receiver(scene: Scene, receiver: Receiver) -> Mapping[str, object]:
    key = {True: "reachable", False: "unreachable", None: "untried"}[receiver.reachable]
    return {
        "state": {True: State.OK, False: State.FAULT, None: State.UNWATCHED}[receiver.reachable],
        "word": scene.word(key),
        "name": receiver.name,
        "since": _when(scene, receiver.since) if receiver.reachable is False else "",
        "waiting": receiver.waiting,
        "error": receiver.error if receiver.reachable is False else "",
    }


def _steps(scene: Scene, incident: Incident, *, automatic: bool) -> list[Mapping[str, object]]:
    playbook = scene.playbook(incident)
    return [
        {"confirmation": scene.text(CONFIRMATIONS[step.confirmation]), "parts": filled(scene, incident, step.text)}
        for step in (playbook.steps if playbook else ())
        if (step.confirmation == "automatic") is automatic
    ]


def _details(scene: Scene, playbook: Playbook) -> Mapping[str, Any]:
    limits = (
        ("first_responsible", playbook.first),
        ("acknowledge", playbook.acknowledge),
        ("escalate", playbook.escalate),
        ("resolve", playbook.resolve),
    )
    lists = (
        ("contacts", playbook.contacts),
        ("close_when", playbook.close_when),
        ("evidence", playbook.evidence),
    )
    return {
        "limits": [(key, scene.text(text)) for key, text in limits],
        "lists": [(key, [scene.text(text) for text in texts]) for key, texts in lists if texts],
    }
