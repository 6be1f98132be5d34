"""Rows: what the templates show, as text in one language. Pure functions of a Picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from agent.core.facts import (
    broken_segment,
    business_of,
    carrier_of,
    diagnosis_of,
    extent,
    facts_of,
    first_step,
    name_of,
    text_of,
)
from agent.core.filling import Part, fill, plain
from agent.core.incident import Change, Incident
from agent.core.model import Reading
from agent.core.text import Text, spoken
from exporters.web.figures import FIGURES
from exporters.web.scene import Scene
from exporters.web.standing import Standing, State, gravest_first
from exporters.web.words import CHANGES, CLASSES, CONFIRMATIONS, STATES

SHOWN_GOOD = 8  # good targets of a card that are shown at once; the rest unfolds
SHOWN_TASKS = 20
SHOWN_CHANGES = 12
NEWS = ("opened", "class", "acknowledged", "closed")
GOOD = (State.OK, State.UNWATCHED)
CARDS = {
    "line": "lines",
    "switch": "switches",
    "application": "applications",
    "host": "hosts",
    "machine_room": "machine_room",
    "backup": "backups",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One target in a card. `cells` stand under the card's headings; `note` says why where it is not good, `detail`
    the same as the collector put it; `remarks` are what collectors say that is no failure."""

    href: str
    name: str
    state: str
    word: str
    cells: tuple[str, ...]
    age: str
    note: str
    detail: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    key: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    rest: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to call: who, the number (may be empty), and what to have at hand."""

    who: str
    number: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One open incident: what broke, for how long, whom it hurts, what to do first, whom to call."""

    href: str
    target_href: str
    id: str
    state: str
    class_: str
    class_word: str
    title: str
    target: str
    extent: str
    lasts: str
    since: str
    owner: str
    recorded: bool
    hurt: str
    spared: str
    business: str
    impact: str
    verdict: str
    diagnosis: str
    first: str
    confirmation: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class News:
    """One change of an incident, for the list of changes or a timeline."""

    href: str
    at: str
    state: str
    target: str
    title: str
    what: str
    who: str
    note: str


def cards(scene: Scene, shown: int = SHOWN_GOOD) -> list[Card]:
    """The targets by what they are, worst first, `shown` of the good ones; kinds that no card names are others."""
    found: dict[str, list[Standing]] = {key: [] for key in (*CARDS.values(), "others")}
    for standing in scene.standings:
        found[CARDS.get(standing.target.kind, "others")].append(standing)
    return [_card(scene, key, each, shown) for key, each in found.items() if each]


def _card(scene: Scene, key: str, found: Sequence[Standing], shown: int) -> Card:
    rows = [row(scene, standing) for standing in found]
    good = [each for each in rows if each.state in GOOD and not each.remarks]
    bad = [each for each in rows if each not in good]
    headings = tuple(scene.text(figure.heading) for figure in FIGURES.get(found[0].target.kind, ()))
    return Card(key, headings, tuple(bad + good[:shown]), tuple(good[shown:]))


def row(scene: Scene, standing: Standing) -> Row:
    target = standing.target
    figures = FIGURES.get(target.kind, ())
    return Row(
        href=f"/targets/{quote(target.id, safe='')}",
        name=target.name or target.id,
        state=standing.state,
        word=scene.text(STATES[standing.state]),
        cells=tuple(figure.read(standing, scene.language) or "–" for figure in figures),
        age=scene.age(standing.read),
        note=_why(scene, standing),
        detail=standing.detail,
        remarks=tuple(spoken(each, scene.language) for each in standing.remarks),
    )


def _why(scene: Scene, standing: Standing) -> str:
    if standing.reason is not None:
        return scene.text(standing.reason)
    said = diagnosis_of(scene.picture.site, standing.readings, scene.language)
    segment = broken_segment(standing.readings, scene.language) if standing.state is State.FAULT else ""
    return said or (scene.word("verdict", segment) if segment else "")


def tasks(scene: Scene) -> list[Task]:
    """The open incidents, gravest first."""
    return [task(scene, incident) for incident in gravest_first(scene.picture.incidents)]


def task(scene: Scene, incident: Incident) -> Task:
    standing = scene.by_id.get(incident.target)
    playbook, effect = scene.playbook(incident), scene.impact(incident)
    end = scene.picture.at if incident.closed is None else incident.closed
    readings = scene.situation.of(incident.target) if incident.open else ()
    first, confirmation = _first(scene, incident, readings)
    return Task(
        href=f"/incidents/{quote(incident.id, safe='')}",
        target_href=f"/targets/{quote(incident.target, safe='')}" if standing else "",
        id=incident.id,
        state="fault" if incident.class_ <= "P2" else "warn",
        class_=incident.class_,
        class_word=scene.text(CLASSES[incident.class_]),
        title=scene.title(incident),
        target=name_of(scene.picture.site, incident),
        extent=extent(incident),
        lasts=scene.lasts(end - incident.opened),
        since=scene.when(incident.opened),
        owner="" if incident.acknowledged_by is None else scene.person(incident.acknowledged_by),
        recorded=incident.recorded,
        hurt=scene.names(effect.hurt),
        spared=scene.names(effect.spared),
        business=business_of(scene.picture.site.target(incident.target), scene.language),
        impact=plain(filled(scene, incident, playbook.impact)) if playbook and playbook.counters == "none" else "",
        verdict=broken_segment(readings, scene.language),
        diagnosis=diagnosis_of(scene.picture.site, readings, scene.language, incident.opened),
        first=first,
        confirmation=confirmation,
        calls=calls(scene, incident),
    )


def _first(scene: Scene, incident: Incident, readings: Sequence[Reading]) -> tuple[str, str]:
    """What to do first, and who has to confirm it."""
    if any(each.acts for reading in readings for each in reading.diagnoses):
        return scene.word("as_judged"), ""
    step = first_step(scene.playbook(incident))
    if step is None:
        return "", ""
    confirmation = scene.text(CONFIRMATIONS[step.confirmation]) if step.confirmation != "C1" else ""
    return plain(filled(scene, incident, step.text)), confirmation


def calls(scene: Scene, incident: Incident) -> tuple[Call, ...]:
    """The carrier's fault desk for a line, then who owns the incident, else the network administrator."""
    found = []
    carrier = carrier_of(scene.picture.site.target(incident.target))
    if text_of(carrier, "name") or text_of(carrier, "fault_desk"):
        circuit = text_of(carrier, "circuit")
        about = f"{scene.word('circuit')} {circuit}" if circuit else ""
        who = f"{text_of(carrier, 'name')} {scene.word('fault_desk')}".strip()
        found.append(Call(who, text_of(carrier, "fault_desk"), about))
    owner = scene.people.get(incident.acknowledged_by or "")
    admin = next((each for each in scene.picture.site.people if each.role == "network_administrator"), None)
    person, playbook = owner or admin, scene.playbook(incident)
    if person is not None:
        found.append(Call(person.name, person.mobile or person.phone))
    elif playbook is not None:
        found.append(Call(scene.text(playbook.first), ""))
    return tuple(found)


def filled(scene: Scene, incident: Incident, text: Text) -> tuple[Part, ...]:
    """A text of the incident's playbook with its braces filled in."""
    return fill(scene.text(text), facts_of(scene.situation, incident, scene.language), scene.language)


def news(scene: Scene, changes: Iterable[Change]) -> list[News]:
    return [_news(scene, change) for change in changes]


def recent(scene: Scene) -> list[News]:
    """The newest changes of state; notes and steps stand in the incident's own timeline."""
    return news(scene, [change for change in scene.picture.changes if change.kind in NEWS][:SHOWN_CHANGES])


def by_hand(change: Change) -> bool:
    """Whether a person closed it: that is no recovery."""
    return change.kind == "closed" and change.who != "shouwang"


def _news(scene: Scene, change: Change) -> News:
    incident = change.incident
    what = scene.text(CHANGES[change.kind]).format(f"{incident.class_} {scene.text(CLASSES[incident.class_])}")
    grave = "fault" if incident.class_ <= "P2" else "warn"
    if by_hand(change):
        what = scene.word("closed_by_hand")
    elif change.kind == "closed":
        what += f" ({scene.lasts(change.at - incident.opened)})"
    return News(
        href=f"/incidents/{quote(incident.id, safe='')}",
        at=scene.when(change.at),
        state={"opened": grave, "class": grave, "closed": "hand" if by_hand(change) else "ok"}.get(change.kind, "info"),
        target=name_of(scene.picture.site, incident),
        title=scene.title(incident),
        what=what,
        who="" if change.who == "shouwang" else scene.person(change.who),
        note=change.note,
    )
