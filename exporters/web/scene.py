"""Scene: a picture in one language, with what follows from it worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from agent.core.incident import Incident, Playbook
from agent.core.site import Counter, Person
from agent.core.text import Language, Text
from exporters.web.figures import duration
from exporters.web.impact import Impact, Impacts, span
from exporters.web.standing import Standing, State, counts, down, standings
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
    def impacts(self) -> Impacts:
        return Impacts(self.picture.site, down(self.picture, self.standings))

    def impact(self, incident: Incident) -> Impact:
        """The counters that it hits; none where its playbook says that applicants are not affected."""
        playbook = self.playbook(incident)
        return Impact((), ()) if playbook and playbook.counters == "none" else self.impacts.of(incident.target)

    @cached_property
    def counts(self) -> Mapping[State, int]:
        return counts(self.standings)

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
        """Time of day; with the date where that is not today."""
        local, today = self.picture.site.calendar.local(at), self.picture.site.calendar.local(self.picture.at)
        return local.strftime("%H:%M" if local.date() == today.date() else "%m-%d %H:%M")

    def age(self, read: float | None) -> str:
        return self.word("never") if read is None else self.lasts(self.picture.at - read)

    def names(self, counters: Iterable[Counter]) -> str:
        return span((counter.name for counter in counters), "、" if self.language == "zh" else ", ")

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
