"""What the page, the API and the alerts show of the agent: its parts put together into one Picture."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent import __version__
from agent.core.aside import aside
from agent.core.database import Damaged, Refused
from agent.core.facts import Situation
from agent.core.incident import Change, Incident
from agent.core.text import Text
from agent.vitals import watched
from checks import changes
from checks.book import items_of
from checks.report import Report, document
from collectors import COLLECTORS
from exporters.web.view import Note, Picture, Receiver
from playbooks.describe import Descriptions

if TYPE_CHECKING:
    from agent.app import Agent

RECENT = 200
SITUATION_SECONDS = 5.0  # so old may be what many alerts are described by, if nothing opened or closed since
REFUSED = Text(
    "新的 agent.yaml 有错误,仍按原配置运行;改正后重新加载",
    "the new agent.yaml has errors; the old configuration stays in force; correct it and reload",
)
UNWRITABLE = Text(
    "状态目录写不进去,事件只在内存里,告警照常发出;请清理磁盘",
    "the state directory takes no writes: incidents are in memory only, alerts go out all the same; free the disk",
)
UNREACHABLE = Text(
    "命令行暂时连不上本代理(认领、记录、关闭事件等命令不可用):状态目录里建不了套接字",
    "commands (incident ack, note, close …) cannot reach this agent: no socket can be made in its state directory",
)


class Showing:
    """Implements exporters.web.view.View. Called on the event loop; answers from memory, but for one incident's
    timeline and the ledger's head, which are one small read each, aside: the disk may hang."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._changes: deque[Change] = deque(maxlen=RECENT)
        self._descriptions = Descriptions()
        self._situation: Situation | None = None
        self._looked = -math.inf
        self._reading = asyncio.Lock()  # one thread, however many ask

    def changed(self, changes: Sequence[Change]) -> None:
        self._changes.extendleft(changes)
        self._looked = -math.inf

    def remember(self) -> None:
        """Take up the newest changes of before the start."""
        store = self._agent.store
        found = itertools.chain.from_iterable(store.timeline(each.id) for each in store.incidents(limit=20))
        self._changes.extendleft(sorted(found, key=lambda change: change.at)[-RECENT:])

    def picture(self) -> Picture:
        agent, now = self._agent, self._agent.clock.now()
        report = agent.checklist.report()
        read = {target.id for _, target in watched(agent.site, COLLECTORS.values())}
        return Picture(
            site=agent.site,
            at=now,
            version=__version__,
            readings=tuple(agent.snapshot.readings()),
            incidents=tuple(self._incidents()),
            changes=tuple(self._changes),
            playbooks=agent.books,
            areas=report.areas,
            findings=report.findings,
            advice=report.advice,
            level=report.level,
            scores=report.scores,
            readiness=agent.telling.day.answers,
            due=agent.telling.day.due(),
            trend=agent.telling.day.trend,
            changed=report.changed,
            limits=_limits(report),
            receivers=tuple(self._receivers()),
            notes=tuple(self._notes()),
            maintenance=agent.availability.schedule.covered(now),
            unwatched=frozenset(target.id for target in agent.site.targets if target.id not in read),
            polling=agent.polling,
        )

    def alertname(self, incident: Incident) -> str:
        return self._agent.books[incident.playbook].alert

    def describe(self, incident: Incident) -> Mapping[str, str]:
        """The alert's annotations, with the counters that cannot work because of its target."""
        return self._descriptions.of(incident, self._shared())

    def _shared(self) -> Situation:
        """The situation, worked out once for all that are described in a row."""
        agent, now = self._agent, time.monotonic()
        if self._situation is None or self._situation.site is not agent.site or now - self._looked > SITUATION_SECONDS:
            readings = agent.snapshot.readings()
            self._looked, before = now, self._situation
            self._situation = Situation.at(agent.site, agent.books, readings, agent.watch.open, __version__, before)
        return self._situation

    async def timeline(self, incident: str) -> tuple[Change, ...]:
        """Empty where the disk cannot be read; the page falls back to the changes in memory."""
        store = self._agent.store
        async with self._reading:
            return tuple(await aside(lambda: store.timeline(incident)))

    def checklist(self) -> Mapping[str, Any]:
        report = self._agent.checklist.report()
        day = self._agent.telling.day
        said = {"readiness": day.answers, "due": day.due(), "trend": day.trend}
        return {**document(report), **said} if report.at else {}

    async def ledger_head(self) -> Mapping[str, Any]:
        try:
            async with self._reading:
                return {"hash": await aside(self._agent.store.head)}
        except (Refused, Damaged) as error:
            return {"hash": None, "error": str(error)}

    def _incidents(self) -> Iterator[Incident]:
        """The open ones, marked where the disk has not taken what happened to them."""
        late = self._agent.store.unrecorded
        for incident in self._agent.watch.open:
            yield replace(incident, recorded=False) if incident.id in late else incident

    def _receivers(self) -> list[Receiver]:
        return [
            Receiver(each.name, "alertmanager", each.reachable, each.since, each.waiting, each.error)
            for each in self._agent.outbox.states()
        ]

    def _notes(self) -> list[Note]:
        agent = self._agent
        notes = []
        if agent.reloading.problems:
            notes.append(Note("fault", REFUSED, agent.reloading.refused_at, "\n".join(agent.reloading.problems)))
        if not agent.store.writable:
            notes.append(Note("fault", UNWRITABLE, detail=agent.store.refusal or ""))
        if agent.control.refusal:
            notes.append(Note("warn", UNREACHABLE, detail=agent.control.refusal))
        notes += [Note("warn", text) for text in agent.site.calendar.warnings(agent.clock.now())]
        notes += [Note("warn", Text(said, said)) for said in agent.store.notes if agent.store.writable]
        return notes


def _limits(report: Report) -> tuple[Text, ...]:
    """The limits that the site changed, in words."""
    lines = changes.lines(report.changed, {item.id: item for item in items_of(report.areas)})
    return tuple(Text(each.zh.strip(), each.en.strip()) for each in lines)
