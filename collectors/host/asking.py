"""Asking: puts the questions of many subjects to a host in one round, and gives each the answers to its own."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from agent.core.configurations import MASK
from agent.core.excerpts import Excerpt, excerpt
from agent.core.model import Metric, Sample, Target
from agent.core.posts import left
from agent.core.reach import Poll, ReachError
from agent.core.ssh import ENDED_LATE, Answer, Command, Dialect, SshSession, denied, unseen
from agent.core.text import Said, clean
from collectors.configuration.secrets import masked
from collectors.host import words
from collectors.host.linux.system import System, placed
from collectors.host.subject import HOUR, Subject, Turn

AGAIN = 600.0  # seconds; until then what did not come to its end is not asked again
LEFT = 6 * HOUR  # the longest that it is left, if it hangs each time: what runs as root nobody can end
REFUSED = HOUR  # until then what sudo refused is not tried again: each try is a line in the host's log, or a mail
PATIENCE = 0.4  # of the timeout: what takes the host seconds is not begun later
MARGIN = 1.5  # seconds before the end of the poll by which every command has ended
SLACK = 5.0  # seconds by which a poll may come early and what is due then is still asked
CRYPT = re.compile(r"\$[0-9a-z]{1,4}\$[^\s:]+")  # crypt(5), between the colons of shadow(5)
LONGEST = 5.0  # seconds for a command that does not say

Answers = Mapping[Command, Answer]


class MadeOf(NamedTuple):
    """What is asked at each poll and once an hour, and what the answers add to what was known."""

    always: Sequence[Command] = ()
    seldom: Sequence[Command] = ()
    told: Callable[[Sequence[Answer], System], System] = lambda answers, before: before


NO_MATTER = MadeOf()


@dataclass
class Held:
    """What a subject with a pace of its own gave last; `due` and `until` by the clock that never steps."""

    samples: tuple[Sample, ...] = ()
    remarks: tuple[Said, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    refused: tuple[Answer, ...] = ()
    due: float = 0.0
    until: float = 0.0


class Question(NamedTuple):
    subject: Subject
    turn: Turn
    commands: tuple[Command, ...]

    def answered(self, answers: Answers) -> bool:
        return all(each in answers for each in self.commands)

    def refused(self, answers: Answers) -> tuple[Answer, ...]:
        """Those that the host did not let run as root."""
        return tuple(answers[each] for each in self.commands if answers[each].forbidden)

    def read(self, answers: Answers, waited: float) -> Iterator[Sample]:
        """Each series once: names that differ in what is not shown look alike. Ends with remarks on what took too
        long."""
        own = [answers[each] for each in self.commands]
        told: set[tuple[Metric, tuple[str, ...]]] = set()
        for sample in self.subject.read(replace(self.turn, waited=waited), own):
            if (series := (sample.metric, sample.labels)) not in told:
                told.add(series)
                yield sample
        self.turn.excerpts.extend(_excerpts(own, {metric.name for metric, _ in told}))
        self.turn.remarks.extend(
            words.LATE.format(command=_called(each), seconds=each.command.seconds) for each in own if each.late
        )


async def asked(
    target: Target, poll: Poll, dialect: Dialect, subjects: Sequence[Subject], made_of: MadeOf = NO_MATTER
) -> AsyncIterator[Sample]:
    """A whole poll of a host: what is read each time, what is due now, and what holds since it was."""
    clock = asyncio.get_running_loop().time
    latest = clock() + PATIENCE * target.timeout
    async with poll.reach.ssh.session(target, dialect) as session:
        asking = Asking(session, target, poll, clock, made_of)
        await asking.learn()
        async for sample in asking.now(subjects):
            yield sample
        await asking.in_turn(subjects, latest)
    for sample in asking.held(subjects):
        yield sample
    if (missing := unseen(asking.refused)) is not None:
        poll.remarks.append(missing)


class Asking:
    """One poll. The collector's memory holds `system`, what the host is made of, and by subject what it remembers and
    holds, which commands hang, or are refused, until when. `clock` tells seconds; `made_of` is how it is found out what
    the host is made of, where that matters. `refused` are answers of this poll, also of what is held."""

    def __init__(
        self,
        session: SshSession,
        target: Target,
        poll: Poll,
        clock: Callable[[], float],
        made_of: MadeOf,
    ) -> None:
        self._session, self._target, self._poll, self._clock, self._made_of = session, target, poll, clock, made_of
        self._began = clock()
        self._system: System = poll.memory.get("system", System())
        self._held: dict[str, Held] = poll.memory.setdefault("held", {})
        self._hanging: dict[tuple[str, ...], tuple[float, float]] = poll.memory.setdefault("hanging", {})
        self._denied: dict[tuple[str, ...], float] = poll.memory.setdefault("denied", {})
        self.refused: list[Answer] = []

    async def learn(self) -> None:
        """What the host is made of, where that is not known yet, or not for an hour."""
        memory, now = self._poll.memory, self._poll.monotonic
        commands = (*self._made_of.always, *self._made_of.seldom)
        if commands and now - memory.get("learnt", -HOUR) >= HOUR:
            self._system = self._made_of.told(await self._session.round(commands), self._system)
            memory.update(system=self._system, learnt=now)

    async def now(self, subjects: Sequence[Subject]) -> AsyncIterator[Sample]:
        """What those of each poll give. What was read before a failure is given before it passes."""
        questions = [self._question(each) for each in subjects if not each.every]
        answers, waited, failure = await self._round(questions, self._made_of.always)
        self._poll.memory["system"] = self._made_of.told(tuple(answers.values()), self._system)
        for each in questions:
            if each.answered(answers):
                for sample in each.read(answers, waited):
                    yield sample
                self._poll.remarks.extend(each.turn.remarks)
                self._poll.excerpts.extend(each.turn.excerpts)
                self.refused += each.refused(answers)
        if failure is not None:
            raise failure

    async def in_turn(self, subjects: Sequence[Subject], latest: float) -> None:
        """Those whose time has come, the light ones in one round; after `latest`, by the clock, none is begun."""
        light, heavy = self._due(subjects, heavy=False), self._due(subjects, heavy=True)
        for group in (light, *([each] for each in heavy)):
            if self._clock() > latest or not await self._aside(group):
                break

    def _due(self, subjects: Iterable[Subject], heavy: bool) -> list[Subject]:
        """Those whose time has come, and those of which a person approved something (`again` in what is kept)."""
        now, again = self._poll.monotonic, self._poll.kept.get("again", ())
        return [
            each
            for each in subjects
            if each.every and each.heavy == heavy and (self._of(each).due <= now or each.name in again)
        ]

    async def _aside(self, subjects: Sequence[Subject]) -> bool:
        """What these give is held until they are asked again. False if the round did not come to its end: that is the
        fault of the first that was not answered, which is left for a while; the others are still due."""
        questions = [self._question(each) for each in subjects]
        answers, waited, failure = await self._round(questions)
        now, fault, again = self._poll.monotonic, failure, self._poll.kept.get("again", [])
        for each in questions:
            held = self._of(each.subject)
            if each.answered(answers):
                samples = tuple(each.read(answers, waited))
                held.samples, held.remarks = samples, tuple(each.turn.remarks)
                held.excerpts = tuple(each.turn.excerpts)
                held.refused = each.refused(answers)
                soon, every = self._paces(each.subject, any(answers[one].late for one in each.commands), held)
                held.due, held.until = now + soon - min(SLACK, soon / 10), now + 2 * every
                again[:] = [name for name in again if name != each.subject.name]
            elif fault is not None:
                held.samples, held.excerpts, held.refused = (), (), ()
                held.remarks = (
                    words.NOT_READ.format(subject=words.SUBJECTS.get(each.subject.name, each.subject.name), why=fault),
                )
                held.due, held.until, fault = now + AGAIN, now + 2 * AGAIN, None
        return failure is None

    def _paces(self, subject: Subject, late: bool, held: Held) -> tuple[float, float]:
        """Seconds until it is asked again, and by which its answers are told to age. What hangs or is refused is
        asked no sooner where agent.yaml wants all to be."""
        every = max(subject.every, AGAIN * late)
        every = min(every, REFUSED) if held.refused else every
        within = None if late or held.refused else self._target.options.ask_within
        return min(every, within or every), every

    def held(self, subjects: Iterable[Subject]) -> Iterator[Sample]:
        """What those with a pace of their own gave last."""
        for held in (self._of(each) for each in subjects if each.every):
            if self._poll.monotonic < held.until:
                self._poll.remarks.extend(held.remarks)
                self._poll.excerpts.extend(held.excerpts)
                self.refused += held.refused
                yield from held.samples

    def _of(self, subject: Subject) -> Held:
        return self._held.setdefault(subject.name, Held())

    def _question(self, subject: Subject) -> Question:
        poll, options = self._poll, self._target.options
        user = self._target.login.ssh.user if self._target.login and self._target.login.ssh else ""
        turn = Turn(
            options,
            user,
            self._system,
            poll.now + self._clock() - self._began,
            poll.monotonic,
            poll.memory.setdefault("of", {}).setdefault(subject.memory_of or subject.name, {}),
            poll.kept.setdefault(subject.name, {}),
            calendar=poll.known.calendar,
            planned=lambda start, end: poll.registers.changes.covers(self._target.id, start, end),
            left=left(poll.known.people, poll.known.calendar.local(poll.now).date()),
        )
        asked = subject.ask(turn)
        seconds = max(1, math.floor(self._target.timeout - (self._clock() - self._began) - MARGIN))
        return Question(subject, turn, tuple(_bounded(each, seconds) for each in asked))

    async def _round(
        self, questions: Iterable[Question], first: Iterable[Command] = ()
    ) -> tuple[Answers, float, ReachError | None]:
        """A command that several ask is put once. How long it took, in seconds, and why it did not come to its end."""
        asked = [*map(_bounded, first), *(each for one in questions for each in one.commands)]
        if not asked:
            return {}, 0.0, None
        began = self._clock()
        failure: ReachError | None = None
        known = {each: said for each in asked if (said := self._known(each)) is not None}
        put = [each for each in dict.fromkeys(asked) if each not in known]
        try:
            answers = await self._session.round([placed(each, self._system) for each in put])
        except ReachError as error:
            answers, failure = getattr(error, "answers", ()), error
            if error.kind == "timeout" and 0 < len(answers) < len(put):
                self._hangs(put[len(answers)].argv)
        for each, answer in zip(put, answers, strict=False):
            self._hanging.pop(each.argv, None)
            known[each] = answer if answer.forbidden else replace(answer, command=each)
            if answer.forbidden:
                self._denied[each.argv] = self._poll.monotonic + REFUSED
        return known, self._clock() - began, failure

    def _known(self, command: Command) -> Answer | None:
        """What is not put again for a while, since the host could not even end it, as where a disk does not answer and
        each try would hang anew, or since it refused it."""
        now = self._poll.monotonic
        if self._hanging.get(command.argv, (0.0,))[0] > now:
            return Answer(command, ENDED_LATE[0], b"")
        if command.root and self._denied.get(command.argv, 0.0) > now:
            return denied(placed(command, self._system))
        return None

    def _hangs(self, argv: tuple[str, ...]) -> None:
        """Each time it is left for longer."""
        pause = min(LEFT, self._hanging[argv][1] * 6 if argv in self._hanging else AGAIN)
        self._hanging[argv] = (self._poll.monotonic + pause, pause)


def _bounded(command: Command, left: int = 60) -> Command:
    """Ended by the host while there is time to be told of it: a round that is not at its end then costs the login."""
    return replace(command, seconds=min(command.seconds or LONGEST, left))


def _excerpts(answers: Iterable[Answer], metrics: Iterable[str]) -> Iterator[Excerpt]:
    names = frozenset(metrics)
    for each in answers if names else ():
        said = each.stdout or each.stderr
        status = b"" if each.ok else f"({each.status}) ".encode()
        yield excerpt(" ".join(each.command.argv), status + said, masked_line, names)


@lru_cache(maxsize=4096)  # most lines are as they were at the poll before
def masked_line(line: str) -> str:
    """Without the secrets that people and programs put into command lines and files."""
    return CRYPT.sub(MASK, masked(line, lambda secret: ""))


def _called(answer: Answer) -> str:
    return clean(" ".join(answer.command.argv[:3]), 60)
