"""What came of a question so far, kept while it goes on, so that whatever ends it leaves an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter

from agent.core.http import HttpAnswer, HttpQuestion, Phases
from agent.core.model import Failure
from agent.core.tls import Handshake
from agent.transports.http.body import Body
from agent.transports.http.cookies import Jar
from agent.transports.http.reply import Reply, harmless


@dataclass
class Course:
    """`doing` is what takes its time now; the phases are seconds as in agent.core.http.Phases."""

    question: HttpQuestion
    url: str
    host: str = ""  # of the first request
    started: float = field(default_factory=perf_counter)
    doing: str = ""
    answered: bool = False
    status: int = 0
    version: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    jar: Jar = field(default_factory=Jar)
    declared: int | None = None
    redirects: int = 0
    addresses: list[str] = field(default_factory=list)
    tls: Handshake | None = None
    body: Body | None = None
    failure: Failure | None = None
    resolve: float = 0.0
    connect: float = 0.0
    securing: float = 0.0
    processing: float = 0.0
    transfer: float = 0.0

    @property
    def end(self) -> float:
        """On perf_counter's clock."""
        return self.started + self.question.seconds

    def where(self, host: str) -> str:
        """What is looked up for this host: the address that is known already is its own."""
        return self.question.address if self.question.address and host == self.host else host

    def replied(self, reply: Reply, to: str | None) -> bool:
        """Takes note of an answer, which redirects `to`; whether that is to be followed."""
        self.redirects += to is not None
        follow = to is not None and self.redirects <= self.question.redirects
        self.answered = not follow
        self.status, self.version = reply.status, reply.version
        if not follow:
            self.headers = harmless(reply.headers)
            length = reply.header(b"content-length") or ""
            self.declared = int(length) if length.isascii() and length.isdigit() and len(length) < 19 else None
        return follow

    def answer(self) -> HttpAnswer:
        body = self.body or Body(0, 0)
        return HttpAnswer(
            url=self.url,
            status=self.status,
            version=self.version,
            headers=self.headers,
            body=bytes(body.kept),
            size=body.size,
            cut=body.size > len(body.kept),
            declared=self.declared,
            redirects=self.redirects,
            addresses=tuple(self.addresses),
            phases=Phases(self.resolve, self.connect, self.securing, self.processing, self.transfer),
            seconds=perf_counter() - self.started,
            tls=self.tls,
            failure=self.failure,
            answered=self.answered,
        )
