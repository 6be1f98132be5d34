"""Pages: HTML of a Picture. Pure functions; every text is escaped by the template engine, there is no script."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from agent.core.facts import text_of
from agent.core.incident import Change, Incident, Playbook
from agent.core.model import Reading, Sample
from agent.core.units import brief, duration
from exporters.web.look import Look, render
from exporters.web.rows import SHOWN_TASKS, cards, filled, news, recent, row, task, tasks
from exporters.web.scene import Scene
from exporters.web.standing import LATE_AFTER, Standing, State
from exporters.web.view import Note, Picture, Receiver
from exporters.web.words import CONFIRMATIONS, KINDS, PAGE, STATES

SHOWN_SAMPLES = 300
COLOURS = {"red": State.FAULT, "amber": State.WARN, "green": State.OK, "none": State.NODATA}


def overview(picture: Picture, look: Look) -> str:
    scene = Scene(picture, look.language)
    found = tasks(scene)
    newest = max((reading.ended for reading in picture.readings if reading.target is not None), default=None)
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
        scores=list(_scores(scene)),
        receivers=[_receiver(scene, each) for each in picture.receivers],
    )


def target_page(picture: Picture, identity: str, look: Look) -> str | None:
    """Everything known of one target; None if there is none of that id."""
    scene = Scene(picture, look.language)
    standing = scene.by_id.get(identity)
    if standing is None:
        return None
    samples = [sample for reading in standing.readings for sample in reading.samples]
    return render(
        "target.html",
        scene,
        look,
        row=row(scene, standing),
        kind=scene.text(KINDS[standing.target.kind]) if standing.target.kind in KINDS else standing.target.kind,
        tasks=[task(scene, incident) for incident in standing.incidents],
        facts=list(_facts(scene, standing)),
        collectors=[_collector(scene, reading) for reading in standing.readings],
        samples=[_sample(sample) for sample in samples[:SHOWN_SAMPLES]],
        hidden=len(samples[SHOWN_SAMPLES:]),
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
        playbook=playbook,
        steps=_steps(scene, incident, automatic=False),
        looks=_steps(scene, incident, automatic=True),
        notice=filled(scene, incident, playbook.notice) if playbook else (),
        sayings=[
            {"to": scene.text(saying.to), "parts": filled(scene, incident, saying.text)}
            for saying in (playbook.say_to if playbook else ())
        ],
        timeline=news(scene, timeline),
        **details,
    )


def message(picture: Picture, heading: str, hint: str, look: Look) -> str:
    """A page that says one thing; `heading` and `hint` are keys of the words."""
    scene = Scene(picture, look.language)
    return render("message.html", scene, look, heading=scene.word(heading), hint=scene.word(hint))


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


def _scores(scene: Scene) -> Iterator[Mapping[str, str]]:
    titles = {area.id: scene.text(area.title) for area in scene.picture.areas}
    for score in scene.picture.scores:
        yield {
            "area": titles.get(score.area, score.area),
            "state": COLOURS[score.colour],
            "ratio": "–" if score.ratio is None else f"{score.ratio:.0%}",
            "connected": f"{score.connected}/{score.automatic}",
        }


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


def _facts(scene: Scene, standing: Standing) -> Iterator[tuple[str, str]]:
    target = standing.target
    yield "id", target.id
    if target.address:
        yield scene.word("address"), target.address
    yield scene.word("interval"), duration(target.every, scene.language)
    effect = scene.impacts.of(target.id)
    yield scene.word("needed_by"), scene.names((*effect.hurt, *effect.spared)) or "–"
    if target.depends_on:
        each = [" / ".join(scene.name_of(identity) for identity in group.any_of) for group in target.depends_on]
        yield scene.word("depends_on"), " + ".join(each)
    for name in ("name", "circuit", "fault_desk"):
        text = text_of(getattr(target.options, "carrier", None), name)
        if text:
            yield scene.word("carrier" if name == "name" else name), text


def _collector(scene: Scene, reading: Reading) -> Mapping[str, object]:
    target = reading.target
    late = target is not None and scene.picture.at - reading.ended > LATE_AFTER * target.every
    state = State.NODATA if reading.failure else State.LATE if late else State.OK
    return {
        "name": reading.collector,
        "state": state,
        "word": scene.text(STATES[state]) if state is not State.OK else scene.word("read_ok"),
        "failure": reading.failure.message if reading.failure else "",
        "age": scene.age(reading.ended),
        "took": brief(reading.duration, scene.language),
        "series": len(reading.samples),
        "cut": reading.cut,
    }


def _sample(sample: Sample) -> Mapping[str, str]:
    labels = zip(sample.metric.labels, sample.labels, strict=False)
    value = sample.value
    whole = math.isfinite(value) and value == int(value) and abs(value) < 1e15
    return {
        "metric": sample.metric.name,
        "help": sample.metric.help,
        "labels": "  ".join(f"{name}={text}" for name, text in labels),
        "value": f"{int(value)}" if whole else f"{value:.6g}",
    }
