"""Filling: the words in braces of a playbook's texts, as far as the agent knows them. The rest stays a blank."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from agent.core.incident import Incident
from agent.core.model import Target
from agent.core.subject import Subject
from agent.core.text import Language
from exporters.web.figures import bit_rate, broken_segment, found, percent
from exporters.web.standing import Standing
from exporters.web.view import Picture
from exporters.web.words import BLANKS, BUSINESSES

BRACES = re.compile(r"\{(\w+)\}")
UP_WORDS = {"zh": ("不通", "通"), "en": ("down", "up")}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text: as written, a fact filled in, or a blank with the name of what is missing."""

    kind: Literal["text", "fact", "blank"]
    text: str


def fill(template: str, facts: Mapping[str, str], language: Language) -> tuple[Part, ...]:
    """The text in parts. What a fact itself says in braces stays as it is."""
    parts, end = [], 0
    for match in BRACES.finditer(template):
        if match.start() > end:
            parts.append(Part("text", template[end : match.start()]))
        name, end = match[1], match.end()
        blank = Part("blank", BLANKS[name][language] if name in BLANKS else name)
        parts.append(Part("fact", facts[name]) if facts.get(name) else blank)
    if end < len(template):
        parts.append(Part("text", template[end:]))
    return tuple(parts)


def plain(parts: tuple[Part, ...]) -> str:
    """As one text; a blank is `____(name)`."""
    return "".join(f"____({part.text})" if part.kind == "blank" else part.text for part in parts)


def subjects(incident: Incident) -> Iterator[Subject]:
    """What holds it open; one that cannot be read back is left out."""
    for text in incident.subjects:
        try:
            yield Subject.parse(text)
        except ValueError:
            continue


def extent(incident: Incident) -> str:
    """The label values that hold it open, each once: mount points, interfaces."""
    return " ".join(dict.fromkeys(subject.shown for subject in subjects(incident) if subject.shown))


def name_of(picture: Picture, incident: Incident) -> str:
    """The target's name, or the centre's where the incident is the whole centre's."""
    if incident.kind == "center":
        return picture.site.center.name
    target = picture.site.target(incident.target)
    return incident.target if target is None else target.name or target.id


def facts_of(
    picture: Picture, incident: Incident, standing: Standing | None, counters: str, language: Language
) -> Mapping[str, str]:
    """Facts by the names that playbooks use; empty where nothing is known."""
    facts: dict[str, str] = {name: value for subject in subjects(incident) for name, value in subject.labels}
    name = name_of(picture, incident)
    facts |= {
        "center": picture.site.center.name,
        "target": name,
        "name": name,
        "subject": extent(incident),
        "version": picture.version,
        "opened": picture.site.calendar.local(incident.opened).strftime("%H:%M"),
        "counters": counters,
    }
    if standing is not None:
        facts |= {**_of_target(standing.target, language), **_of_readings(standing, language)}
    if incident.value is not None and 0 < incident.value <= 1:
        facts["usage"] = percent(incident.value, language)
    return facts


def _of_target(target: Target, language: Language) -> Mapping[str, str]:
    options, carrier = target.options, carrier_of(target)
    business = str(getattr(options, "business", None) or "")
    bandwidth = getattr(options, "bandwidth", None)
    return {
        "address": target.address or "",
        "business": BUSINESSES[business][language] if business in BUSINESSES else business,
        "bandwidth": bit_rate(bandwidth) if isinstance(bandwidth, float) else "",
        "carrier": text_of(carrier, "name"),
        "circuit": text_of(carrier, "circuit"),
    }


def _of_readings(standing: Standing, language: Language) -> Mapping[str, str]:
    facts = {"verdict": broken_segment(standing, language) or ""}
    for layer in ("port", "gateway"):
        states = [sample.value for sample in found(standing, "line_probe_up", layer=layer)]
        facts[f"{layer}_state"] = UP_WORDS[language][states[-1] == 1] if states else ""
    return facts


def carrier_of(target: Target) -> Any:
    """What agent.yaml says of a line's carrier: name, circuit, fault_desk; None for what has none."""
    return getattr(target.options, "carrier", None)


def text_of(thing: Any, name: str) -> str:
    return str(getattr(thing, name, None) or "")
