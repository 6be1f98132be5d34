"""Facts: what is known of an incident, by the names that stand in the braces of playbooks' texts. Pure.

The alert's annotations, the page and the terminal all take them from here, so that they say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from agent.core.filling import filled
from agent.core.impact import BUSINESS_ONLY, NO_COUNTER, NOBODY, SPARED, Impact, Impacts, down, span
from agent.core.incident import Incident, Playbook, Step
from agent.core.model import Reading, Sample, Target
from agent.core.site import Counter, Site
from agent.core.subject import Subject
from agent.core.text import Language, Text
from agent.core.units import bit_rate, moment, percent

UP_WORDS = {"zh": ("不通", "通"), "en": ("down", "up")}
BUSINESSES: Mapping[str, Text] = {
    "labor": Text("劳动", "labor"),
    "civil_affairs": Text("民政", "civil affairs"),
    "medical_insurance": Text("医保", "medical insurance"),
    "family_planning": Text("计生", "family planning"),
    "social_security": Text("社保", "social security"),
    "other": Text("其他", "other"),
}
SEGMENTS: Mapping[str, Text] = {
    "port": Text("本侧端口", "our port"),
    "gateway": Text("网关", "gateway"),
    "carrier": Text("运营商段", "carrier"),
    "far_gateway": Text("对端网关", "far gateway"),
    "application": Text("条线系统", "far system"),
}
BETWEEN = Text("{}到{}之间", "between {} and {}")


@dataclass(frozen=True)
class Situation:
    """The centre at one moment, as far as a text about an incident speaks of it. `readings` are the latest, by the
    target's id."""

    site: Site
    playbooks: Mapping[str, Playbook]
    readings: Mapping[str, Sequence[Reading]]
    impacts: Impacts
    version: str = ""

    def impact(self, incident: Incident) -> Impact:
        """The counters that it hits; none where its playbook says that applicants are not affected."""
        playbook = self.playbooks.get(incident.playbook)
        return NOBODY if playbook and playbook.counters == "none" else self.impacts.of(incident.target)

    def of(self, target: str) -> Sequence[Reading]:
        return self.readings.get(target, ())

    @classmethod
    def at(
        cls,
        site: Site,
        playbooks: Mapping[str, Playbook],
        readings: Iterable[Reading],
        incidents: Iterable[Incident],
        version: str = "",
        before: Situation | None = None,
    ) -> Situation:
        """`before` is the one until now: what it worked out is used again as long as the same targets are down."""
        latest = by_target(readings)
        broken = down(site.targets, latest, incidents, playbooks)
        known = before.impacts if before and before.site is site and before.impacts.down == broken else None
        return cls(site, playbooks, latest, known or Impacts(site, broken), version)


def by_target(readings: Iterable[Reading]) -> Mapping[str, Sequence[Reading]]:
    """The readings of each target, by its id, which is unique over all sections."""
    found: dict[str, list[Reading]] = {}
    for reading in readings:
        if reading.target is not None:
            found.setdefault(reading.target.id, []).append(reading)
    return found


def facts_of(situation: Situation, incident: Incident, language: Language) -> Mapping[str, str]:
    """Facts by the names that playbooks use. What is not known is left out; `subject` is empty where the target alone
    says it."""
    site, name = situation.site, name_of(situation.site, incident)
    target = site.target(incident.target)
    facts = {label: value for subject in subjects(incident) for label, value in subject.labels if value}
    facts |= {
        "center": site.center.name,
        "target": name,
        "name": name,
        "subject": extent(incident),
        "opened": moment(site.calendar, incident.opened),
    }
    found = {
        "version": situation.version,
        "counters": names(situation.impact(incident).hurt, language),
        "usage": percent(incident.value, language) if incident.value and 0 < incident.value <= 1 else "",
        **({} if target is None else _of_target(target, language)),
        **read_now(situation, incident, language),
    }
    return facts | {each: text for each, text in found.items() if text}


def read_now(situation: Situation, incident: Incident, language: Language) -> Mapping[str, str]:
    """The facts that its target's latest readings give; none once it is closed, for they say nothing of what was."""
    readings = situation.of(incident.target) if incident.open else ()
    facts = {
        "verdict": broken_segment(readings, language),
        "diagnosis": diagnosis_of(situation.site, readings, language, incident.opened),
    }
    for layer in ("port", "gateway"):
        states = [sample.value for sample in found_in(readings, "line_probe_up", layer=layer)]
        facts[f"{layer}_state"] = UP_WORDS[language][states[-1] == 1] if states else ""
    if incident.open and not facts["port_state"]:
        facts["port_state"] = _way_out(situation, incident.target, language)
    return facts


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


def name_of(site: Site, incident: Incident) -> str:
    """The target's name, or the centre's where the incident is the whole centre's."""
    if incident.kind == "center":
        return site.center.name
    target = site.target(incident.target)
    return incident.target if target is None else target.name or target.id


def names(counters: Iterable[Counter], language: Language) -> str:
    return span((counter.name for counter in counters), "、" if language == "zh" else ", ")


def first_step(playbook: Playbook | None) -> Step | None:
    """The first step that a person does; the automatic ones come by themselves."""
    steps = playbook.steps if playbook else ()
    return next((step for step in steps if step.confirmation != "automatic"), steps[0] if steps else None)


def carrier_of(target: Target | None) -> Any:
    """What agent.yaml says of a line's carrier: name, circuit, fault_desk; None for what has none."""
    return None if target is None else getattr(target.options, "carrier", None)


def text_of(thing: Any, name: str) -> str:
    return str(getattr(thing, name, None) or "")


def broken_segment(readings: Iterable[Reading], language: Language) -> str:
    """Where a line is judged broken, from the nearest to the farthest segment that it may be; empty where nothing says
    so."""
    found = [sample.label("segment") or "" for sample in found_in(readings, "line_fault_segment") if sample.value == 1]
    said = [SEGMENTS[each][language] if each in SEGMENTS else each for each in found]
    return said[0] if len(said) == 1 else BETWEEN[language].format(said[0], said[-1]) if said else ""


def diagnosis_of(site: Site, readings: Iterable[Reading], language: Language, opened: float = inf) -> str:
    """What its collectors conclude that is wrong with a target; empty where they conclude nothing. `opened`: when its
    incident did, which a collector may not know any more after a crash; what is wrong began no later."""
    found = [
        filled(
            each.said,
            {"center": site.center.name, "since": moment(site.calendar, min(each.since, opened))},
            language,
        )
        for reading in readings
        for each in reading.diagnoses
    ]
    return ("" if language == "zh" else " ").join(found)


def found_in(readings: Iterable[Reading], metric: str, **labels: str) -> Iterator[Sample]:
    """The current samples of a metric with these labels."""
    for reading in readings:
        for sample in reading.by_metric.get(metric, ()):
            if all(sample.label(name) == value for name, value in labels.items()):
                yield sample


def business_of(target: Target | None, language: Language) -> str:
    """The business that a line carries; empty where that is none in particular."""
    business = "" if target is None else text_of(target.options, "business")
    return BUSINESSES[business][language] if business in BUSINESSES and business != "other" else ""


def impact_said(situation: Situation, incident: Incident, language: Language) -> str:
    """Whom it hurts, in a few words."""
    playbook, impact = situation.playbooks.get(incident.playbook), situation.impact(incident)
    if playbook is not None and playbook.counters == "none":
        return filled(playbook.impact, facts_of(situation, incident, language), language)
    if impact.hurt:
        return names(impact.hurt, language)
    if impact.spared:
        return SPARED[language].format(names(impact.spared, language))
    return unnamed(situation.site.target(incident.target), language)


def unnamed(target: Target | None, language: Language) -> str:
    """What is said of the impact where agent.yaml names no counters for it: the business first, if there is one, since
    nobody named does not mean nobody hurt."""
    business = business_of(target, language)
    return BUSINESS_ONLY[language].format(business) if business else NO_COUNTER[language]


def _way_out(situation: Situation, target: str, language: Language) -> str:
    """How the switch's port is by which a line leaves, as far as the switch's latest readings say."""
    found = situation.site.target(target)
    via = None if found is None else getattr(found.options, "via", None)
    wanted, readings = _plain(text_of(via, "port")), situation.of(text_of(via, "switch"))
    states = [each.value for each in found_in(readings, "interface_up") if _plain(each.labels[0]) == wanted]
    return UP_WORDS[language][states[-1] == 1] if states and wanted else ""


def _plain(port: str) -> str:
    """Names as people mix them up: `GigabitEthernet 0/1` and `gigabitethernet0/1` are one port."""
    return port.replace(" ", "").casefold()


def _of_target(target: Target, language: Language) -> Mapping[str, str]:
    options, carrier = target.options, carrier_of(target)
    business, bandwidth = text_of(options, "business"), getattr(options, "bandwidth", None)
    return {
        "address": target.address or "",
        "business": BUSINESSES[business][language] if business in BUSINESSES else business,
        "bandwidth": bit_rate(bandwidth) if isinstance(bandwidth, float) else "",
        "carrier": text_of(carrier, "name"),
        "circuit": text_of(carrier, "circuit"),
        "fault_desk": text_of(carrier, "fault_desk"),
    }
