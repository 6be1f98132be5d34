"""What the agent checks by itself at its times of the day: before the doors open, before people leave. The answers are
kept, each a record of the ledger, and so are the areas' scores of each day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from agent.core import inspections
from agent.core.facts import Situation
from agent.core.model import Sample
from agent.core.write import of_fact, of_record
from checks import due as dues
from checks import metrics
from checks.book import items_of
from checks.readiness import CHECKS, Check, Readiness, Seen, document, hurt, is_due

if TYPE_CHECKING:
    from agent.app import Agent
    from agent.control import Verb

LOOK_EVERY = 30.0
SETTLED = 120.0  # seconds after the start until the first readings say something
FACT = "checklist.readiness"
SCORES, DAYS = "checklist.scores", 400
ORDER: tuple[Check, ...] = ("opening", "closing")

Day = Mapping[str, Mapping[str, Any]]  # by area: colour, ratio (None without a result)


class DayChecks:
    """`answers` are the last by check, as documents; `trend` the areas' last scores of each day, the oldest first."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._began: float | None = None
        self.answers: dict[str, Any] = dict(agent.store.recall(FACT) or {})
        self.trend: dict[str, Day] = dict(agent.store.recall(SCORES) or {})

    async def turn(self) -> None:
        """Makes the checks whose time has come."""
        agent, now = self._agent, self._agent.clock.now()
        self._began = now if self._began is None else self._began
        for check in ORDER:
            last = self.answers.get(check, {}).get("at")
            if now - self._began >= SETTLED and is_due(check, agent.site.calendar, now, last):
                await agent.check()
                await self._keep(document(self.now(check)))
        await self._score(now)

    def now(self, check: Check) -> Readiness:
        """What the answer is at this moment, of what is known."""
        return CHECKS[check](self._seen())

    def opening(self) -> Sequence[Sample]:
        """What the opening check would answer now, as samples of the centre."""
        seen = self._seen()
        found, counters = CHECKS["opening"](seen), [each.id for each in self._agent.site.counters]
        return tuple(metrics.opening(found.answer, counters, hurt(found, seen.situation)))

    def due(self) -> Mapping[str, Any]:
        """What people have to do today, or on the next service day, as a document."""
        agent = self._agent
        report, said = agent.checklist.report(), agent.registry.written

        def standing(day: date) -> dues.Standing:
            return dues.standing(items_of(report.areas), report.findings, said, report.level, day)

        return dues.document(dues.agenda(standing, agent.site.calendar, agent.clock.now()))

    def _seen(self) -> Seen:
        agent = self._agent
        now, report = agent.clock.now(), agent.checklist.report()
        day = agent.site.calendar.local(now).date()
        served = bool(agent.site.calendar.spans("service", day))
        open_, readings = agent.watch.open, agent.snapshot.readings()
        situation = Situation.at(agent.site, agent.books, readings, open_)
        signed = inspections.signed(agent.registry.written.sheets, day) if served else None
        return Seen(situation, open_, report.areas, report.findings, report.level, report.at, signed, now)

    async def _keep(self, answer: Mapping[str, Any]) -> None:
        self.answers = {**self.answers, answer["check"]: answer}
        record = of_record(f"checklist.{answer['check']}", answer, answer["at"])
        await self._agent.journal.ask(self._agent.store.write, [record, of_fact(FACT, self.answers)])

    async def _score(self, now: float) -> None:
        """The day's scores are its last ones."""
        agent = self._agent
        report = agent.checklist.report()
        today = agent.site.calendar.local(now).date().isoformat()
        scores = {each.area: {"colour": each.colour, "ratio": each.ratio} for each in report.scores}
        if not report.at or self.trend.get(today) == scores:
            return
        kept = sorted({*self.trend, today})[-DAYS:]
        self.trend = {day: scores if day == today else self.trend[day] for day in kept}
        await agent.journal.ask(agent.store.write, [of_fact(SCORES, self.trend)])


def verbs_of_day(agent: Agent) -> Mapping[str, Verb]:
    async def readiness(request: Mapping[str, Any]) -> Any:
        """The answer of now; what the agent found at its own time stays on record."""
        if request.get("check") not in CHECKS:
            raise ValueError(f"check: {request.get('check')!r}; expected opening or closing")
        await agent.check()
        return document(agent.telling.day.now(request["check"]))

    return {"readiness": readiness}
