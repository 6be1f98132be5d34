"""Subjects as a printed report names them: those with numbers in a row as one, and what has no room in an annex."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.core.checklist import Finding
from agent.core.grouped import fitting, ranges
from agent.core.site import Site
from agent.core.text import Text, clean, spoken
from checks import print_words as say

BRIEF = 38  # characters on the first page, so that it stays one page
WIDE = 72  # characters elsewhere
COUNTED = 3  # more subjects than this are counted
A_ROW = 12  # subjects, or runs of them, in a row of the annex


class Subjects:
    """`cut` are those for which rows had no room, by item."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._joint = "、" if site.language == "zh" else ", "
        self.cut: dict[str, list[str]] = {}

    def of(self, group: Sequence[Finding], room: int) -> str:
        """Of one row. What does not fit into so many characters is counted, and stands in the annex unless this is the
        first page."""
        names = ranges(self._named(each.verdict.subject) for each in group)
        count, said = len(group), self._joined(names)
        if count == 1:
            return clean(said, room) if room <= BRIEF else said
        if len(said) <= room or (count <= COUNTED and room > BRIEF):
            return self._say(say.ALL, said, count) if count > COUNTED else said
        told = clean(self._joined(names[: fitting(names, self._joint, room)]), room)
        if room <= BRIEF:
            return self._say(say.AND_MORE, told, count)
        known = self.cut.setdefault(group[0].item, [])
        known.extend(name for name in names if name not in known)
        return self._say(say.IN_ANNEX, told, count)

    def one(self, subject: str) -> str:
        (said,) = ranges([self._named(subject)])
        return said

    def annex(self) -> Iterator[tuple[str, str]]:
        """Items and their subjects, as rows."""
        for item, names in self.cut.items():
            for place in range(0, len(names), A_ROW):
                yield item, self._joined(names[place : place + A_ROW])

    def _named(self, subject: str) -> tuple[str, str]:
        target = self._site.target(subject)
        if target is not None:
            return target.id, target.name
        return (spoken(say.OURS, self._site.language) if subject == self._site.center.id else subject), ""

    def _joined(self, names: Sequence[str]) -> str:
        return self._joint.join(names)

    def _say(self, form: Text, names: str, count: int) -> str:
        return form.format(names=names, count=count)[self._site.language]
