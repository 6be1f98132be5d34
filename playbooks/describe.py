"""What an incident says of itself in an alert: short lines that a person can act on. Annotations all, never labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.core.facts import Situation, facts_of, first_step, impact_said, read_now
from agent.core.filling import filled
from agent.core.incident import Incident, Playbook
from agent.core.text import Language, Text

CALL = Text("{carrier}报障台 {fault_desk},电路号 {circuit}", "{carrier} fault desk {fault_desk}, circuit {circuit}")
DESCRIPTION = Text(
    "{center}:{title}({class_}),{opened} 起。{subject} {diagnosis}",
    "{center}: {title} ({class_}) since {opened}. {subject} {diagnosis}",
)


class Descriptions:
    """The annotations of open incidents, made anew only where something that they say has changed: every receiver hears
    each of a thousand open ones again each minute."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[tuple[Any, ...], Mapping[str, str]]] = {}
        self._of: tuple[object, object] = (None, None)

    def of(self, incident: Incident, situation: Situation) -> Mapping[str, str]:
        """KeyError if its playbook is gone."""
        if self._of[0] is not situation.site or self._of[1] is not situation.playbooks:
            self._of = situation.site, situation.playbooks
            self._made.clear()
        # Everything else that they are made of, compared more cheaply than they are made.
        now = incident, situation.impact(incident), read_now(situation, incident, situation.site.language)
        known = self._made.get(incident.id)
        if known is not None and known[0] == now:
            return known[1]
        said = describe(incident, situation)
        if incident.open:
            self._made[incident.id] = now, said
        else:
            self._made.pop(incident.id, None)
        return said


def describe(incident: Incident, situation: Situation) -> Mapping[str, str]:
    """The annotations in the language of the site, the summary in both; an empty one is left out."""
    playbook, language = situation.playbooks[incident.playbook], situation.site.language
    facts = {each: _facts(incident, situation, playbook, each) for each in ("zh", "en")}
    step, said = first_step(playbook), facts[language]
    found = {
        "summary": f"{filled(playbook.summary, facts['zh'], 'zh')} / {filled(playbook.summary, facts['en'], 'en')}",
        "description": filled(DESCRIPTION, said, language),
        "first_step": filled(step.text, said, language) if step else "",
        "impact": impact_said(situation, incident, language),
        "call": _call(playbook, said, language),
        "opened": said["opened"],
    }
    return {name: text for name, text in found.items() if text}


def _facts(incident: Incident, situation: Situation, playbook: Playbook, language: Language) -> Mapping[str, str]:
    facts = facts_of(situation, incident, language)
    return {"diagnosis": "", **facts, "title": playbook.title[language], "class_": incident.class_}


def _call(playbook: Playbook, facts: Mapping[str, str], language: Language) -> str:
    if "circuit" in facts or "fault_desk" in facts:
        return filled(CALL, facts, language)
    return (";" if language == "zh" else "; ").join(text[language] for text in playbook.contacts)
