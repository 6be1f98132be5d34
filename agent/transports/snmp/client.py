"""A conversation with one SNMP agent over UDP: questions, retries, the deadline, errors in plain words."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.core.reach import ReachError, Unanswered
from agent.transports.snmp import oid, pdu
from agent.transports.snmp.peer import UNKNOWN, Peer
from agent.transports.snmp.reply import Answer, Reply, Sending
from agent.transports.snmp.values import Missing, Value
from agent.transports.snmp.walk import Column, WalkError, distribute, rows
from agent.transports.snmp.wire import Dispatcher

FIRST = 1.0  # seconds until a question is sent again to an agent of which nothing is known (RFC 6298 section 2.1)
SMALL = 10  # values that fit into one packet on any way
MANY = 5000  # rows of one table; a large switch has fewer ports, a large network fewer addresses
URGENT, FIRST_QUESTION = -1.0, 0.0  # ranks
NOTICED = 0.1  # seconds of waiting for others that are worth telling


@dataclass(frozen=True, slots=True)
class Manners:
    """How an agent is asked.

    A question is sent again after FIRST seconds, or as long as the agent needs as a rule, then after twice as long and
    so on until the session's time is over: late answers to an earlier try count, so a slow agent is not lost, and the
    first pause is short because a lost packet is more frequent than a slow agent. `retries`: sent again so often at
    most, the last time to wait for all the time that is left. `pauses`: instead, seconds to wait after each try at
    least, and then no more.
    `columns` times `repetitions` values of about 25 bytes are asked in one packet: a few fragments, which a local
    network carries. `rows` (of a column), `values` (of a subtree) and `octets` (of either) end a walk that would not
    end by itself. `unordered`: a walk's OIDs need not increase.
    """

    pauses: tuple[float, ...] = ()
    retries: int | None = None
    repetitions: int = 25
    columns: int = 10
    names: int = 40
    rows: int = 50_000
    values: int = 500_000
    octets: int = 16 * 2**20
    unordered: bool = False


class Session:
    """Implements agent.core.reach.SnmpWalk. `bulk` is False for v1, which has no GETBULK.

    All questions together end by `deadline` (on the event loop's clock), for which `budget` seconds were given.
    `peer` is what is known of the agent and outlives the session. Time that passes while the agent answers others
    counts, since whoever watches must be told in time; the error says how much that was.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        manners: Manners,
        peer: Peer,
        *,
        bulk: bool,
        budget: float,
        deadline: float,
    ) -> None:
        self._wire = dispatcher
        self._manners = manners
        self._bulk = bulk
        self._budget = budget
        self._peer = peer
        self._clock = asyncio.get_running_loop().time
        self._deadline = deadline
        # A start that nobody can guess keeps answers forged from outside, and late ones to earlier sessions, apart.
        dice = random.SystemRandom()
        self._request_id = dice.randrange(1, 1 << 31)
        # First questions come before all but what is urgent: who wants one value need not wait for walks. These go in
        # turn, in no fixed order, so that where the time is too short for all, none is always left out.
        self._rank, self._urgent = 1 + dice.random(), False
        self._queued = 0.0
        self._walked: Sequence[Column] = ()
        again = math.inf if manners.retries is None else manners.retries
        self._most = len(manners.pauses) or again + 1
        self.answers = 0
        self.sent = 0
        self.retried = 0

    @property
    def ignored(self) -> int:
        """Datagrams from the agent's address and port that were no answer to a question of this session."""
        return self._wire.ignored

    @property
    def boots(self) -> int | None:
        """snmpEngineBoots as signed messages of version 3 told it; None before the first, and in other versions."""
        return self._wire.boots

    async def get(self, oids: Sequence[str]) -> Mapping[str, Any]:
        return await self._get([oid.encoded(name) for name in oids])

    async def columns(self, oids: Sequence[str], urgent: bool = False) -> AsyncIterator[tuple[str, Mapping[str, Any]]]:
        table = [Column(name, self._manners.rows, self._manners.unordered) for name in oids]
        octets, self._urgent = self._wire.received, urgent
        try:
            for start in range(0, len(table), self._manners.columns):
                await self._fill(table[start : start + self._manners.columns], octets + self._manners.octets)
        finally:
            self._urgent = False
        for row in rows(table):
            yield row

    async def walk(self, subtree: str) -> AsyncIterator[tuple[str, Value]]:
        """Everything below an OID: names as dotted text, and values."""
        for index, value in (await self.subtree(subtree)).items():
            yield ".".join((subtree, *map(str, index))), value

    async def subtree(self, root: str, last: bool = True) -> Mapping[tuple[int, ...], Any]:
        below = Column(root, self._manners.values, self._manners.unordered)
        await self._fill([below], self._wire.received + self._manners.octets)
        # A root without anything below it may be an object itself.
        if not below.values and (last or below.passed):
            itself = await self._get([below.prefix])
            return {(): next(iter(itself.values()))} if itself else {}
        return dict(zip(below.indexes, below.values, strict=True))

    async def _get(self, names: list[bytes]) -> dict[str, Value]:
        found: dict[str, Value] = {}
        together = self._manners.names
        while names:
            question, answer = await self._ask(pdu.Question(pdu.GET, names[:together]))
            asked = len(question.names)
            if (missing := answer.missing(asked)) is not None:
                # v1 refuses the whole question for one object that it does not have, and names it.
                del names[missing]
            elif answer.nameless and asked > 1:
                together = 1
            elif answer.status == pdu.TOO_BIG and asked > 1:
                self._peer.limits[pdu.GET].too_big(asked)
            else:
                self._refuse_error(answer, question)
                found.update(self._values(names[:asked], answer))
                del names[:asked]
        return found

    def _values(self, names: Sequence[bytes], answer: pdu.Response) -> Iterator[tuple[str, Value]]:
        asked, found = [oid.text(name) for name in names], [oid.text(name) for name, _ in answer.varbinds]
        if asked != found:
            self._broken(f"answers a GET of {_names(asked)} with {_names(found)}")
        for name, (_, value) in zip(asked, answer.varbinds, strict=True):
            if value is not None and not isinstance(value, Missing):
                yield name, value

    async def _fill(self, columns: Sequence[Column], octets: int) -> None:
        """Walks the columns to their end, as many in one packet as the agent can answer."""
        kind, repetitions = (pdu.GET_BULK, self._manners.repetitions) if self._bulk else (pdu.GET_NEXT, 0)
        self._walked, together = columns, len(columns)
        while waiting := [column for column in columns if not column.done][:together]:
            cursors = [column.cursor for column in waiting]
            question, answer = await self._ask(pdu.Question(kind, cursors, repetitions))
            asked = waiting[: len(question.names)]
            if answer.status == pdu.TOO_BIG and question.values > 1:
                self._peer.limits[kind].too_big(question.values)
            elif (missing := answer.missing(len(asked))) is not None:
                asked[missing].done = True  # v1's way to say that the MIB ends here
            elif answer.nameless and len(asked) > 1:
                together = 1
            else:
                self._refuse_error(answer, question)
                self._distribute(asked, answer)
            if self._wire.received > octets:
                self._broken(f"sent more than {self._manners.octets} bytes for one table, without an end in sight")

    def _distribute(self, columns: Sequence[Column], answer: pdu.Response) -> None:
        try:
            distribute(columns, answer.varbinds)
        except WalkError as error:
            self._broken(str(error))

    async def _ask(self, question: pdu.Question) -> tuple[pdu.Question, pdu.Response]:
        """The answer, which may carry an error-status, and to what of the question; ReachError if there is none."""
        limit, began, reply = self._peer.limits[question.kind], self._clock(), Reply()
        question, tries = question.of(limit.most(question.values)), list[Sending]()
        try:
            while len(tries) < self._most and await self._turn():
                try:
                    pause = self._pause(len(tries))
                    if reply.answer is None:  # it may have come before the turn for another try
                        self._try(question, tries, reply)
                    held = min(pause, self._peer.patience or UNKNOWN)
                    answer = await reply.within(held)
                finally:
                    self._peer.turn.give_on()
                if answer is not None or (answer := await reply.within(pause - held)) is not None:
                    self._peer.heard = self._clock()
                    self._peer.answered(self._peer.heard - answer.sending.at)
                    limit.answered(question.values, answer.sending.question.values)
                    return answer.sending.question, self._response(answer)
        finally:
            for sending in tries:
                self._wire.drop(sending.request_id)
        raise self._silence(question, self._clock() - began, len(tries))

    def _try(self, question: pdu.Question, tries: list[Sending], reply: Reply) -> None:
        """Sends the question, or after silence less of it: the answer may have been too large for the way here. Each
        try has a request-id of its own, so that it is known what was answered, and after how long."""
        if tries:
            question = tries[-1].question
            if question.values > SMALL:
                question = question.of(question.values // 4)
        self._request_id = self._request_id % 0x7FFFFFFF + 1
        tries.append(Sending(question, self._clock(), self._request_id))
        self.sent += 1
        self.retried += len(tries) > 1
        self._wire.ask(tries[-1], reply)

    async def _turn(self) -> bool:
        """Whether the agent may be asked now; False when the session's time is over before."""
        began = self._clock()
        if began >= self._deadline:
            return False
        rank = URGENT if self._urgent else self._rank if self.answers else FIRST_QUESTION
        mine = await self._peer.turn.take(rank, self._deadline - began)
        self._queued += self._clock() - began
        return mine

    def _response(self, answer: Answer) -> pdu.Response:
        if isinstance(answer.outcome, ReachError):
            raise answer.outcome
        self.answers += 1
        return answer.outcome

    def _pause(self, tries: int) -> float:
        """Seconds to wait for an answer after so many tries and another: shortened where several would not fit into the
        session's time, as long as the agent needs as a rule, but not so long that there is no time for another."""
        pauses, left = self._manners.pauses, max(0.0, self._deadline - self._clock())
        if tries == self._manners.retries:
            return left
        planned = pauses or [FIRST * 2**number for number in range(max(3, tries + 1))]
        pause = planned[tries] * min(1.0, self._budget / sum(planned[:3]))
        return min(max(pause, min(self._peer.patience or 0.0, left / 2)), left)

    def _refuse_error(self, answer: pdu.Response, question: pdu.Question) -> None:
        if answer.status == pdu.NO_ERROR:
            return
        index = answer.error_index if 0 < answer.error_index <= len(question.names) else 1
        said = f"answers a {question.about(index - 1)} with {answer.error}"
        if answer.status in pdu.DENIED:
            raise Unanswered(
                "permission", f"{self._wire.peer} {said}: let these credentials read it (view, ACL, security level)"
            )
        self._broken(f"{said}: a fault of the device's agent; try its newest firmware")

    def _broken(self, what: str) -> None:
        raise Unanswered("protocol", f"{self._wire.peer} {what}")

    def _silence(self, question: pdu.Question, waited: float, tries: int) -> Unanswered:
        peer = self._wire.peer
        kind, doubt = self._wire.silence()
        tried = f"{tries} {'try' if tries == 1 else 'tries'}" if tries else "to others who ask it"
        within = f"within {waited:.1f} s ({tried})"
        if self.answers == 0 and (tries or self._peer.heard < self._deadline - self._budget):
            return Unanswered(kind, f"no answer from {peer} {within}: {doubt}{self._noise()}")
        spent = f"{self._budget - max(0.0, self._deadline - self._clock()):.1f} of {self._budget:g} s are over"
        if self._queued > NOTICED:
            spent += f", {self._queued:.1f} of them while it answered others"
        why = "a slow device or lost packets; allow it a longer timeout"
        longest = max(self._walked, key=lambda column: len(column.values), default=None)
        if longest is not None and not longest.done and len(longest.values) > MANY:
            why = f"{len(longest.values)} rows of {longest.oid} came and no end: a table without one, or too slow?"
        gave = f"{peer} gave {self.answers} answers, then none to a {question.about()} {within}"
        return Unanswered("timeout", f"{gave}; {spent}: {why}{self._noise()}")

    def _noise(self) -> str:
        count, why = self._wire.ignored, self._wire.ignored_for
        return f" ({count} datagrams were no answer and were ignored; the last: {why})" if count else ""


def _names(names: Sequence[str]) -> str:
    names = [name[: oid.SHOWN] for name in names]
    return f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else names[0] if names else "an empty list"
