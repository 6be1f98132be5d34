"""The checklist as a numbered report that is printed and signed: its rows, made of a run and what stands beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.core.checklist import SEVERITIES, Area, Finding, Result, Score
from agent.core.grouped import alike
from agent.core.posts import ROLES
from agent.core.printed import Printed, Row, Signature, Table, Tone
from agent.core.site import Role, Site
from agent.core.text import Language, Said, Text, clean, spoken
from checks import changes, scores, words
from checks import print_words as say
from checks.book import items_of
from checks.compared import Difference
from checks.report import COLOURS, RESULTS, Report, worst_first
from checks.subjects import BRIEF, WIDE, Subjects

SIGNERS: tuple[Role, ...] = ("network_administrator", "full_time_deputy_director", "director")
JUDGED = (Result.FAIL, Result.WARN, Result.PASS, Result.UNKNOWN)
FOUND = (Result.FAIL, Result.WARN)
WITHOUT = (Result.UNKNOWN, Result.NOT_CONNECTED)
TONES: Mapping[Result, Tone] = {
    Result.FAIL: "bad",
    Result.UNKNOWN: "unknown",
    Result.WARN: "warn",
    Result.PASS: "good",
    Result.NOT_CONNECTED: "quiet",
    Result.NOT_APPLICABLE: "quiet",
}
SHADES: Mapping[str, Tone] = {"red": "bad", "amber": "warn", "green": "good", "none": "quiet"}
FIRST = 6  # of what is wrong, on the first page
NAMED = 2  # things said of several subjects
CELL = 600  # characters
LONGEST = 2000  # rows of one table

Group = Sequence[Finding]
Column = Callable[[Group], str]


@dataclass(frozen=True, slots=True)
class Overdue:
    """A ticket (整改单) past its limit, Unix seconds."""

    id: str
    item: str
    subject: str
    owner: str
    opened: float
    due: float


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands on the report beside the run: its number, when it is made (Unix seconds), the ledger's head, the
    number of the report before and what is other than on it, and tickets past their limit."""

    number: str
    now: float
    head: str
    before: str = ""
    differences: Sequence[Difference] = ()
    overdue: Sequence[Overdue] = ()


def printed(report: Report, site: Site, beside: Beside, everything: bool = False) -> Printed:
    """`everything`: what passes, too, and what does not apply."""
    return _Maker(report, site, beside).made(everything)


class _Maker:
    def __init__(self, report: Report, site: Site, beside: Beside) -> None:
        self._report, self._site, self._beside = report, site, beside
        self._language: Language = site.language
        self._items = {item.id: item for item in items_of(report.areas)}
        self._results = scores.item_results(report.asked)
        self._counts = Counter(self._results.values())
        self._subjects = Subjects(site)

    def made(self, everything: bool) -> Printed:
        sections = [self._found(), self._without(), self._waived(), self._overdue(), self._compared(), self._changed()]
        if everything:
            sections.append(self._rest())
        if self._subjects.cut:
            sections.append(self._annex())
        head = self._(say.HEAD)
        return Printed(
            language=self._language,
            number=self._beside.number,
            title=self._(say.TITLE),
            center=_text(self._site.center.name),
            facts=self._facts(),
            verdict=self._verdict(),
            summary=(self._areas(), self._worst()),
            sections=tuple(sections),
            signatures=tuple(self._signature(role) for role in SIGNERS),
            pages=self._(say.PAGES),
            head=(head, self._beside.head or self._(say.NO_HEAD)),
        )

    def _(self, said: Said) -> str:
        return spoken(said, self._language)

    def _facts(self) -> tuple[tuple[str, str], ...]:
        calendar, report = self._site.calendar, self._report
        made, judged = (f"{calendar.local(at):%Y-%m-%d %H:%M}" for at in (self._beside.now, report.at))
        level = say.LEVELS[report.level]
        facts = (
            (say.NUMBER, self._beside.number),
            (say.CENTER, f"{self._site.center.name} · {self._site.center.district}"),
            (say.JUDGED, judged),
            (say.MADE, made),
            (say.LEVEL, level),
            (say.BEFORE, self._beside.before or say.NONE_BEFORE),
        )
        return tuple((self._(name), _text(self._(what))) for name, what in facts)

    def _verdict(self) -> str:
        """One sentence for who reads no more."""
        red = [self._(area.title) for area, score in self._scored() if score.colour == "red"]
        counts = {result.value: self._counts[result] for result in Result}
        worse = sum(each.change in ("worse", "new") for each in self._beside.differences)
        parts = [
            say.COUNTS.format(total=sum(self._counts.values()), **counts),
            self._report.advice,
            say.RED.format(areas=self._joined(red)) if red else None,
            say.WORSE.format(count=worse, before=self._beside.before) if self._beside.before and worse else None,
            say.LATE.format(count=len(self._beside.overdue)) if self._beside.overdue else None,
            say.LIMITS.format(count=len(self._report.changed)) if self._report.changed else None,
        ]
        return _text(self._joined_sentences(self._(part) for part in parts if part))

    def _joined(self, names: Iterable[str]) -> str:
        return ("、" if self._language == "zh" else ", ").join(names)

    def _joined_sentences(self, said: Iterable[str]) -> str:
        return ("" if self._language == "zh" else " ").join(said)

    def _scored(self) -> list[tuple[Area, Score]]:
        return list(zip(self._report.areas, self._report.scores, strict=True))

    def _areas(self) -> Table:
        rows, few = [], []
        for area, score in self._scored():
            counts = Counter(self._results[item.id] for item in area.items if item.id in self._results)
            points = "–" if score.ratio is None else f"{score.ratio * 100:.0f}"
            if score.few:
                points += say.MARK
                few.append(f"{self._(area.title)} {score.judged}/{score.asked}")
            numbers = (str(counts[result]) for result in (*JUDGED, Result.NOT_CONNECTED))
            colour = self._(COLOURS[score.colour][0])
            cells = (colour, self._(area.title), points, *numbers, self._(score.meter))
            rows.append(Row(cells, SHADES[score.colour]))
        return self._table(say.AREAS, rows, say.FEW.format(areas=self._joined(few)) if few else None)

    def _worst(self) -> Table:
        found = [
            group
            for group in self._groups((Result.FAIL, Result.UNKNOWN, Result.WARN), of_items=True)
            if not self._advice(group[0])
        ]
        found.sort(key=lambda group: self._urgency(group[0]))
        rows = [self._row(group, (self._briefly,), BRIEF) for group in found[:FIRST]]
        note = say.MORE.format(count=len(found) - FIRST) if len(found) > FIRST else None
        return self._table(say.WORST, rows, note)

    def _urgency(self, finding: Finding) -> tuple[bool, int]:
        """What fails, then a critical item that warns before another without a reading."""
        severity = self._items[finding.item].severity
        return finding.verdict.result is not Result.FAIL, SEVERITIES.index(severity)

    def _found(self) -> Table:
        return self._findings(say.FOUND, FOUND, (self._observed, self._expected, self._remedy))

    def _without(self) -> Table:
        return self._findings(say.WITHOUT, WITHOUT, (self._observed, self._connects))

    def _waived(self) -> Table:
        waived = [group for group in self._groups((Result.NOT_APPLICABLE,)) if group[0].waiver]
        return self._table(say.WAIVED, [self._row(each, (self._observed, self._remedy)) for each in waived])

    def _rest(self) -> Table:
        groups = self._groups((Result.PASS, Result.NOT_APPLICABLE))
        rows = [self._row(group, (self._observed, self._expected)) for group in groups if not group[0].waiver]
        return self._table(say.REST, rows)

    def _findings(self, heading: say.Heading, results: Sequence[Result], columns: Sequence[Column]) -> Table:
        return self._table(heading, [self._row(group, columns) for group in self._groups(results)])

    def _groups(self, results: Sequence[Result], *, of_items: bool = False) -> list[list[Finding]]:
        """Worst first; what is said in the same words about several subjects stands together, and so does every subject
        that lacks the same source, or with `of_items` all of an item; advice at the end."""
        told = [each for each in worst_first(self._report.findings, self._items) if each.verdict.result in results]
        found = alike(told)
        if of_items:
            whole: dict[object, list[Finding]] = {}
            for each in told:
                whole.setdefault((each.item, each.verdict.result), []).append(each)
            found = list(whole.values())
        return sorted(found, key=lambda group: self._advice(group[0]))

    def _row(self, group: Group, columns: Sequence[Column], room: int = WIDE) -> Row:
        first = group[0]
        item, result = self._items[first.item], first.verdict.result
        marks = [
            say.ADVICE if self._advice(first) else None,
            say.CHANGED if changes.about(self._report.changed, item.id, group) else None,
        ]
        title = self._title(item.id) + "".join(self._(mark) for mark in marks if mark)
        cells = (self._(RESULTS[result][0]), self._(say.SEVERITY[item.severity]), title, self._subjects.of(group, room))
        return self._safe((*cells, *(column(group) for column in columns)), TONES[result])

    def _title(self, identity: str) -> str:
        """An item that the checklist no longer has by its id alone."""
        item = self._items.get(identity)
        return f"{identity} {self._(item.title)}" if item else identity

    def _advice(self, finding: Finding) -> bool:
        return self._items[finding.item].level > self._report.level

    def _annex(self) -> Table:
        titles = ((self._title(each), names) for each, names in self._subjects.annex())
        return self._table(say.ANNEX, [self._safe(cells) for cells in titles])

    def _observed(self, group: Group) -> str:
        return self._(words.joined((each.verdict.observed for each in group), NAMED))

    def _expected(self, group: Group) -> str:
        return self._(group[0].verdict.expected)

    def _remedy(self, group: Group) -> str:
        remedies = (each.verdict.remedy for each in group)
        return self._(words.joined((each for each in remedies if each), NAMED))

    def _briefly(self, group: Group) -> str:
        return clean(self._remedy(group), BRIEF)

    def _connects(self, group: Group) -> str:
        """What would connect it: what the verdict expects; of a source that is lost, what to do."""
        if group[0].verdict.result is Result.NOT_CONNECTED:
            return self._expected(group)
        return self._remedy(group) or self._expected(group)

    def _overdue(self) -> Table:
        rows = []
        for each in self._beside.overdue:
            title = self._title(each.item)
            opened, due = (f"{self._site.calendar.local(at):%Y-%m-%d}" for at in (each.opened, each.due))
            rows.append(
                self._safe(
                    (each.id, title, self._subjects.one(each.subject), self._person(each.owner), opened, due), "bad"
                )
            )
        return self._table(say.OVERDUE, rows)

    def _person(self, identity: str) -> str:
        return next((each.name for each in self._site.people if each.id == identity), identity)

    def _compared(self) -> Table:
        rows = []
        for each in self._beside.differences:
            title = self._title(each.item)
            was, now = (self._(RESULTS[result][0]) if result else "–" for result in (each.before, each.after))
            word, tone = say.CHANGES[each.change]
            rows.append(self._safe((self._(word), title, self._subjects.one(each.subject), was, now), tone))
        heading = say.COMPARED if self._beside.before else say.FIRST_REPORT
        return self._table(heading, rows)

    def _changed(self) -> Table:
        lines = changes.lines(self._report.changed, self._items)
        return self._table(say.LIMITS_CHANGED, [self._safe((self._(each).strip(),)) for each in lines])

    def _safe(self, cells: Iterable[str], tone: Tone = "") -> Row:
        return Row(tuple(_text(cell) for cell in cells), tone)

    def _table(self, heading: say.Heading, rows: Sequence[Row], note: Text | None = None) -> Table:
        heads, shares = tuple(self._(head) for head, _ in heading.columns), tuple(each for _, each in heading.columns)
        note = note or (say.CUT.format(count=len(rows) - LONGEST) if len(rows) > LONGEST else None)
        title, empty = self._(heading.title.format(before=self._beside.before)), self._(heading.empty)
        return Table(title, heads, shares, tuple(rows[:LONGEST]), empty, self._(note) if note else "")

    def _signature(self, role: Role) -> Signature:
        today = self._site.calendar.local(self._beside.now).date()
        holders = [
            each.name for each in self._site.people if each.role == role and not (each.until and each.until < today)
        ]
        lines = (self._(each) for each in (say.SIGN, say.OPINION, say.DATE))
        return Signature(self._(ROLES[role]), _text(self._joined(holders)), *lines)


def _text(said: str) -> str:
    """One harmless line."""
    return clean(said, CELL)
