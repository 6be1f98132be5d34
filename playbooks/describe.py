"""What an incident says of itself in an alert: short lines that a person can act on. Annotations all, never labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.core.incident import Incident, Playbook
from agent.core.model import Target
from agent.core.site import Site
from agent.core.subject import Subject
from agent.core.text import Language, Text

CALL = Text("{carrier}报障台 {fault_desk},电路号 {circuit}", "{carrier} fault desk {fault_desk}, circuit {circuit}")
DESCRIPTION = Text(
    "{center}:{title}({class_}),{opened} 起。{subject}", "{center}: {title} ({class_}) since {opened}. {subject}"
)
HURT = Text("{counters}。{impact}", "{counters}. {impact}")


def describe(
    incident: Incident, playbook: Playbook, site: Site, language: Language, counters: str = ""
) -> dict[str, str]:
    """The annotations; an empty one is left out. `counters` names those that the incident hits, e.g. `1-8号窗口`."""
    facts = facts_of(incident, playbook, site, language, counters)
    manual = [step.text for step in playbook.steps if step.confirmation != "automatic"]
    summary = playbook.summary.format(**facts)
    said = {
        "summary": _line(f"{summary.zh} / {summary.en}"),
        "description": _line(DESCRIPTION.format(**facts)[language]),
        "first_step": manual[0].format(**facts)[language] if manual else "",
        "impact": _impact(playbook, facts, language),
        "call": _call(playbook, facts, language),
        "opened": str(facts["opened"]),
    }
    return {name: text for name, text in said.items() if text}


def facts_of(
    incident: Incident, playbook: Playbook, site: Site, language: Language, counters: str = ""
) -> Mapping[str, object]:
    """What is known to fill the braces of a playbook's texts with."""
    target = site.target(incident.target)
    facts: dict[str, object] = {
        "center": site.center.name,
        "target": incident.target,
        "name": incident.target if target is None else target.name or target.id,
        "title": playbook.title[language],
        "class_": incident.class_,
        "subject": subjects(incident),
        "opened": f"{site.calendar.local(incident.opened):%Y-%m-%d %H:%M}",
    }
    if incident.kind == "center":
        facts["name"] = site.center.name
    if counters:
        facts["counters"] = counters
    return facts | _carrier(target)


def subjects(incident: Incident) -> str:
    """The label values of the series that hold it open, each once: mountpoints, interfaces."""
    shown = dict.fromkeys(Subject.parse(text).shown for text in incident.subjects)
    return ", ".join(each for each in shown if each)


def _carrier(target: Target | None) -> dict[str, object]:
    """Of a line whose options name a carrier: name, circuit and the fault desk's number."""
    carrier: Any = getattr(None if target is None else target.options, "carrier", None)
    if carrier is None or not (carrier.fault_desk or carrier.circuit):
        return {}
    return {"carrier": carrier.name, "circuit": carrier.circuit or "-", "fault_desk": carrier.fault_desk or "-"}


def _call(playbook: Playbook, facts: Mapping[str, object], language: Language) -> str:
    if "circuit" in facts:
        return _line(CALL.format(**facts)[language])
    return (";" if language == "zh" else "; ").join(text[language] for text in playbook.contacts)


def _impact(playbook: Playbook, facts: Mapping[str, object], language: Language) -> str:
    impact = playbook.impact.format(**facts)[language]
    if "counters" not in facts:
        return impact
    return HURT.format(counters=facts["counters"], impact=impact)[language]


def _line(text: str) -> str:
    return " ".join(text.split())
