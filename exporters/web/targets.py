"""The page of one target: how it is, what was read of it, by whom, and what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agent.core.computed import read_of_target
from agent.core.facts import text_of
from agent.core.model import Reading
from agent.core.snapshot import LATE_AFTER
from agent.core.units import brief, duration
from exporters.web.failures import said
from exporters.web.look import Look, render
from exporters.web.ports import ports
from exporters.web.rows import row, task
from exporters.web.scene import Scene
from exporters.web.standing import Standing, State
from exporters.web.values import infos, values
from exporters.web.view import Picture
from exporters.web.words import KINDS, STATES

SHOWN_VALUES = 300
SHOWN_PORTS = 12
LIMIT_PORTS = 1000


def target_page(picture: Picture, identity: str, look: Look) -> str | None:
    """Everything known of one target; None if there is none of that id."""
    scene = Scene(picture, look.language)
    standing = scene.by_id.get(identity)
    if standing is None:
        return None
    samples = [sample for reading in standing.readings for sample in reading.samples]
    told = values(samples, picture.site.calendar, picture.at, look.language)
    found = ports(samples, look.language)
    first = max(SHOWN_PORTS, sum(port.state is State.FAULT for port in found))
    return render(
        "target.html",
        scene,
        look,
        row=row(scene, standing),
        kind=scene.text(KINDS[standing.target.kind]) if standing.target.kind in KINDS else standing.target.kind,
        tasks=[task(scene, incident) for incident in standing.incidents],
        facts=[*_facts(scene, standing), *infos(samples, look.language)],
        collectors=[_collector(scene, reading) for reading in standing.readings if _tells(reading)],
        values=told[:SHOWN_VALUES],
        hidden=len(told[SHOWN_VALUES:]),
        ports=found[:first],
        more_ports=found[first:LIMIT_PORTS],
        ports_up=sum(port.state is State.OK for port in found),
    )


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


def _tells(reading: Reading) -> bool:
    """A collector that found nothing of its own there is left out."""
    return read_of_target(reading) and bool(reading.samples or reading.failure or reading.remarks)


def _collector(scene: Scene, reading: Reading) -> Mapping[str, object]:
    target, failure = reading.target, reading.failure
    late = target is not None and scene.picture.at - reading.ended > LATE_AFTER * target.every
    state = State.NODATA if failure else State.LATE if late else State.OK
    return {
        "name": reading.collector,
        "state": state,
        "word": scene.text(STATES[state]) if state is not State.OK else scene.word("read_ok"),
        "failure": scene.text(said(failure)) if failure else "",
        "detail": failure.message if failure else "",
        "age": scene.age(reading.ended),
        "took": brief(reading.duration, scene.language),
        "series": len(reading.samples),
        "cut": reading.cut,
    }
