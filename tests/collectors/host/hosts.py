"""Polls of a host over a real sshd by the collector of Linux hosts, in the test's own time; subjects and recordings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agent.core.excerpts import Excerpt
from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll, Reach, ReachError
from agent.core.ssh import Answer, Command
from agent.core.text import Said, spoken
from agent.transports.ssh import SshWay
from collectors.host.asking import asked
from collectors.host.linux import COLLECTOR, MADE_OF, SUBJECTS
from collectors.host.linux.system import System
from collectors.host.options import HostOptions
from collectors.host.subject import Subject, Turn
from tests.collectors import polled
from tests.collectors.polled import Found
from tests.sshd import Sshd

NOW = 1_795_000_000.0  # 2026-11-18 20:26:40 in Shanghai


def by_metric(samples: Iterable[Sample], collector: Collector = COLLECTOR) -> Found:
    return polled.by_metric(samples, collector.metrics)


def host_options(**options: Any) -> HostOptions:
    fixed = {"id": "web", "address": "127.0.0.1", "by": "ssh", "credentials": "room"}
    return HostOptions.model_validate({**fixed, **options})


@dataclass
class Host:
    """`poll` lets time pass and gives the samples by metric and labels; `failure` is what the collector raised,
    `remarks` what it remarked, `excerpts` its proofs. Of `subjects` alone, where some are named."""

    server: Sshd
    options: Mapping[str, Any] = field(default_factory=dict)
    timeout: float = 30.0
    memory: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    at: float = 1000.0
    epoch: float = NOW
    failure: ReachError | None = None
    remarks: list[str] = field(default_factory=list)
    excerpts: list[Excerpt] = field(default_factory=list)
    subjects: Sequence[Subject] = ()

    @property
    def target(self) -> Target:
        return replace(self.server.target(self.timeout), options=host_options(**self.options))

    def poll(self, after: float = 60.0, times: int = 1) -> Found:
        return asyncio.run(self._polled(after, times))

    async def _polled(self, after: float, times: int) -> Found:
        way = SshWay()
        try:
            for _ in range(times):
                samples = await self._collected(way, after)
        finally:
            await way.close()
        return by_metric(samples)

    async def _collected(self, way: SshWay, after: float) -> list[Sample]:
        self.at += after
        reach: Any = Reach(*([None] * 3), ssh=way)  # type: ignore[arg-type]  # no other way is taken
        poll = Poll(reach, self.epoch + self.at, self.at, self.memory, kept=self.kept)
        self.failure = None
        samples: list[Sample] = []
        try:
            async for sample in asked(self.target, poll, "posix", self.subjects or SUBJECTS, MADE_OF):
                samples.append(sample)
        except ReachError as error:
            self.failure = error
        self.remarks, self.excerpts = [spoken(each, "en") for each in poll.remarks], poll.excerpts
        return samples


Says = str | bytes | int | tuple[int, str] | tuple[int, str, str]


@dataclass
class Recorded:
    """A subject, and a host that answers as a test says: by the words of a command, its output, its exit status, or
    both with what stands on standard error. What is not said is not there."""

    subject: Subject
    says: Mapping[str, Says] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    system: System = field(default_factory=System)
    user: str = "monitor"
    memory: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    at: float = 1000.0
    epoch: float = NOW
    waited: float = 0.0
    planned: Callable[[float, float], bool] = lambda start, end: False
    left: frozenset[str] = frozenset()
    remarks: list[str] = field(default_factory=list)
    asked: list[Command] = field(default_factory=list)

    def poll(self, after: float = 60.0, says: Mapping[str, Says] | None = None) -> Found:
        self.at += after
        remarks: list[Said] = []
        turn = Turn(
            host_options(**self.options),
            self.user,
            self.system,
            self.epoch + self.at,
            self.at,
            self.memory,
            self.kept,
            remarks,
            waited=self.waited,
            planned=self.planned,
            left=self.left,
        )
        self.asked = list(self.subject.ask(turn))
        answers = self._answers(self.says if says is None else says)
        found = by_metric(list(self.subject.read(turn, answers)))
        self.remarks = [spoken(each, "en") for each in remarks]
        assert set(found) <= {metric.name for metric in self.subject.metrics}
        return found

    def _answers(self, says: Mapping[str, Says]) -> Sequence[Answer]:
        return [self._answer(each, says) for each in self.asked]

    def _answer(self, command: Command, says: Mapping[str, Says]) -> Answer:
        said = next((value for words, value in says.items() if words in " ".join(command.argv)), 127)
        if isinstance(said, int):
            return Answer(command, said, b"")
        if isinstance(said, tuple):
            status, out, *errors = said
            output = out.encode()
            return Answer(
                command, status, output[: command.limit], "".join(errors).encode(), len(output) > command.limit
            )
        output = said if isinstance(said, bytes) else said.encode("utf-8", "surrogateescape")
        return Answer(command, 0, output[: command.limit], cut=len(output) > command.limit)
