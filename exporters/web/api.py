"""The JSON of /api/v1. Times are Unix seconds, durations seconds; texts are in the site's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from agent.core.document import finite, incident_state
from agent.core.facts import diagnosis_of, first_step, name_of
from agent.core.filling import plain
from agent.core.incident import Change, Incident
from agent.core.model import Reading
from agent.core.text import spoken
from exporters.web.failures import document
from exporters.web.rows import filled, task
from exporters.web.scene import Scene
from exporters.web.standing import Standing, gravest_first
from exporters.web.view import Picture


def dump(document: Mapping[str, Any]) -> bytes:
    """Strict JSON: infinite and undefined numbers become text, since JSON has none."""
    return json.dumps(finite(document), ensure_ascii=False, allow_nan=False).encode("utf-8", "replace") + b"\n"


def status(picture: Picture) -> Mapping[str, Any]:
    scene = Scene(picture, picture.site.language)
    center, calendar = picture.site.center, picture.site.calendar
    return {
        "version": picture.version,
        "at": picture.at,
        "center": {"id": center.id, "name": center.name, "district": center.district},
        "service_open": calendar.open("service", picture.at),
        "working_open": calendar.open("working", picture.at),
        "polling": picture.polling,
        "counts": {str(state): number for state, number in scene.counts.items()},
        "incidents": {each: sum(i.class_ == each for i in picture.incidents) for each in ("P1", "P2", "P3", "P4")},
        "notes": [
            {"level": note.level, "text": scene.text(note.text), "since": note.since, "detail": note.detail}
            for note in picture.notes
        ],
        "receivers": [
            {
                "name": each.name,
                "kind": each.kind,
                "reachable": each.reachable,
                "since": each.since,
                "waiting": each.waiting,
                "error": each.error,
            }
            for each in picture.receivers
        ],
    }


def targets(picture: Picture) -> Mapping[str, Any]:
    scene = Scene(picture, picture.site.language)
    return {"at": picture.at, "targets": [_target(scene, standing) for standing in scene.standings]}


def _target(scene: Scene, standing: Standing) -> Mapping[str, Any]:
    target = standing.target
    return {
        "id": target.id,
        "kind": target.kind,
        "name": target.name,
        "address": target.address,
        "state": str(standing.state),
        "reason": scene.text(standing.reason) if standing.reason else None,
        "error": next((document(reading.failure) for reading in standing.readings if reading.failure), None),
        "remarks": [spoken(each, scene.language) for each in standing.remarks],
        "diagnosis": diagnosis_of(scene.picture.site, standing.readings, scene.language) or None,
        "last_read": standing.read,
        "every": target.every,
        "incidents": [incident.id for incident in standing.incidents],
        "readings": [_reading(scene, reading) for reading in standing.readings],
    }


def _reading(scene: Scene, reading: Reading) -> Mapping[str, Any]:
    return {
        "collector": reading.collector,
        "ended": reading.ended,
        "duration": reading.duration,
        "series": len(reading.samples),
        "cut": reading.cut,
        "failure": document(reading.failure),
        "remarks": [spoken(each, scene.language) for each in reading.remarks],
    }


def incidents(picture: Picture) -> Mapping[str, Any]:
    scene = Scene(picture, picture.site.language)
    return {
        "at": picture.at,
        "incidents": [incident_of(scene, incident) for incident in gravest_first(picture.incidents)],
        "changes": [_change(change) for change in picture.changes],
    }


def incident_of(scene: Scene, incident: Incident) -> Mapping[str, Any]:
    playbook, effect = scene.playbook(incident), scene.impact(incident)
    step = first_step(playbook)
    return {
        **incident_state(incident),
        "alert": playbook.alert if playbook else None,
        "title": scene.title(incident),
        "name": name_of(scene.picture.site, incident),
        "counters_hurt": [counter.id for counter in effect.hurt],
        "counters_needing": [counter.id for counter in effect.spared],
        "first_step": plain(filled(scene, incident, step.text)) if step else None,
        "call": [{"who": each.who, "number": each.number, "about": each.about} for each in task(scene, incident).calls],
        "notice": plain(filled(scene, incident, playbook.notice)) if playbook else None,
    }


def _change(change: Change) -> Mapping[str, Any]:
    return {
        "kind": change.kind,
        "at": change.at,
        "who": change.who,
        "note": change.note,
        "was": change.was,
        "incident": change.incident.id,
        "playbook": change.incident.playbook,
        "target": change.incident.target,
        "class": change.incident.class_,
    }
