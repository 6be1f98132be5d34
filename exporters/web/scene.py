"""Scene: a picture in one language, with what follows from it worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from agent.core.checklist import Item
from agent.core.facts import Situation, names
from agent.core.impact import Impact, Impacts
from agent.core.incident import Incident, Playbook
from agent.core.site import Counter, Person
from agent.core.text import Language, Text
from agent.core.units import duration, moment
from exporters.web.standing import Standing, State, counts, standings
from exporters.web.view import Picture
from exporters.web.words import PAGE


class Scene:
    def __init__(self, picture: Picture, language: Language) -> None:
        self.picture = picture
        self.language = language

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        return standings(self.picture)

    @cached_property
    def by_id(self) -> Mapping[str, Standing]:
        return {standing.target.id: standing for standing in self.standings}

    @cached_property
    def situation(self) -> Situation:
        picture = self.picture
        return Situation.at(picture.site, picture.playbooks, picture.readings, picture.incidents, picture.version)

    @property
    def impacts(self) -> Impacts:
        return self.situation.impacts

    def impact(self, incident: Incident) -> Impact:
        return self.situation.impact(incident)

    @cached_property
    def counts(self) -> Mapping[State, int]:
        return counts(self.standings)

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """The items of the checklist by id."""
        return {item.id: item for area in self.picture.areas for item in area.items}

    @cached_property
    def people(self) -> Mapping[str, Person]:
        return {person.id: person for person in self.picture.site.people}

    def word(self, key: str, *values: object) -> str:
        return self.text(PAGE[key]).format(*values)

    def text(self, text: Text) -> str:
        return text[self.language]

    def lasts(self, seconds: float) -> str:
        return duration(seconds, self.language)

    def when(self, at: float) -> str:
        return moment(self.picture.site.calendar, at)

    def age(self, read: float | None) -> str:
        return self.word("never") if read is None else self.lasts(self.picture.at - read)

    def names(self, counters: Iterable[Counter]) -> str:
        return names(counters, self.language)

    def person(self, identity: str) -> str:
        known = self.people.get(identity)
        return known.name if known else identity

    def name_of(self, target: str) -> str:
        standing = self.by_id.get(target)
        return (standing.target.name or target) if standing else target

    def playbook(self, incident: Incident) -> Playbook | None:
        return self.picture.playbooks.get(incident.playbook)

    def title(self, incident: Incident) -> str:
        playbook = self.playbook(incident)
        return self.text(playbook.title) if playbook else incident.playbook
