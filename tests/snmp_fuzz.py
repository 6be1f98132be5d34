"""Mutated replies for the client, without a socket: everything from the arrival of a datagram to the end of a session.

    outcome = play(KINDS["3 authPriv"], 100_000, seed=1)

In the socket's place stands a Player, which answers each question with many mutations of the honest reply. Half of
those of version 3 are mutated before they are signed and encrypted: what is changed later gets no further than the
signature.
"""

from __future__ import annotations

import asyncio
import random
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from agent.core.reach import ReachError
from agent.transports.snmp import Manners, Session
from agent.transports.snmp.message import Community, Envelope
from agent.transports.snmp.peer import Peer
from agent.transports.snmp.usm.engine import Engine
from agent.transports.snmp.usm.procedure import Usm, user
from agent.transports.snmp.wire import Wire
from tests.snmp_agent import Asked, SnmpAgent, Value, address, counter32, counter64, object_id, ticks, tlv
from tests.snmp_users import AUTH, KAY, LEE, MAX, User
from tests.snmp_v3_agent import NOT_IN_TIME_WINDOWS, Sealed, SnmpV3Agent

COLUMNS = ["1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.2.2.1.10", "1.3.6.1.2.1.31.1.1.1.6"]
SINGLE = ["1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0", "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.4.20.1.1.1"]
OBJECTS: dict[str, Value] = {
    **{f"{COLUMNS[0]}.{row}": f"port {row} " + "x" * row for row in range(1, 151)},
    **{f"{COLUMNS[1]}.{row}": counter32(row * 2**24) for row in range(1, 151)},
    **{f"{COLUMNS[2]}.{row * 100}": counter64(row << 57) for row in range(1, 101)},
    **dict(
        zip(SINGLE, ("a switch", object_id("1.3.6.1.4.1.2011.2.23"), ticks(9999), address("10.0.0.1")), strict=True)
    ),
}
AT_ONCE = 50  # mutations of one reply
BUDGET = 1.0  # seconds of a session
ENOUGH = 100  # of what should never be, to stop
MANNERS = Manners(pauses=(0.002, 0.002), rows=2000)
COUNTERS = {
    "unsupportedSecLevels": "1.3.6.1.6.3.15.1.1.1.0",
    "notInTimeWindows": NOT_IN_TIME_WINDOWS,
    "unknownUserNames": "1.3.6.1.6.3.15.1.1.3.0",
    "unknownEngineIDs": "1.3.6.1.6.3.15.1.1.4.0",
    "wrongDigests": "1.3.6.1.6.3.15.1.1.5.0",
    "decryptionErrors": "1.3.6.1.6.3.15.1.1.6.0",
    "unknownSecurityModels": "1.3.6.1.6.3.11.2.1.1.0",
    "invalidMsgs": "1.3.6.1.6.3.11.2.1.2.0",
    "unknownPDUHandlers": "1.3.6.1.6.3.11.2.1.3.0",
    "unavailableContexts": "1.3.6.1.6.3.12.1.4.0",
    "unknownContexts": "1.3.6.1.6.3.12.1.5.0",
}


class Kind(NamedTuple):
    """What is mutated: the answers of a version (3: to a user) or, with `counter`, the report that names it."""

    name: str
    version: str
    user: User | None = None
    counter: str = ""
    flags: int = 0


KINDS = {
    kind.name: kind
    for kind in (
        Kind("1", "1"),
        Kind("2c", "2c"),
        Kind("3 noAuthNoPriv", "3", MAX),
        Kind("3 authNoPriv", "3", LEE),
        Kind("3 authPriv", "3", KAY),
        *(Kind(f"report {name}", "3", KAY, counter) for name, counter in COUNTERS.items()),
        Kind("report notInTimeWindows, signed", "3", KAY, NOT_IN_TIME_WINDOWS, AUTH),
    )
}


@dataclass
class Outcome:
    """`escaped` holds what should never be: exceptions other than ReachError. `slowest`: seconds for one datagram;
    `overrun`: seconds of a session beyond its budget."""

    sent: int = 0
    sessions: int = 0
    answers: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    escaped: list[str] = field(default_factory=list)
    slowest: float = 0.0
    overrun: float = 0.0


def mutate(dice: random.Random, good: bytes) -> bytes:
    data = bytearray(good)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        at = dice.randrange(len(data)) if data else 0
        match dice.randrange(4):
            case 0 if data:
                data[at] = dice.randrange(256)
            case 1 if data:
                data[at] ^= 1 << dice.randrange(8)
            case 2:
                data[at:at] = dice.randbytes(dice.randint(1, 8))
            case _:
                del data[at : at + dice.randint(1, 8)]
    return bytes(data)


class Player(asyncio.DatagramTransport):
    """Answers what the wire sends, on the next turn of the event loop."""

    def __init__(self, wire: Wire, agent: SnmpAgent, outcome: Outcome) -> None:
        super().__init__()
        self._wire, self._agent, self._outcome = wire, agent, outcome

    def sendto(self, data: Any, addr: Any = None) -> None:
        asyncio.get_running_loop().call_soon(self._answer, bytes(data))

    def abort(self) -> None:
        pass

    def _answer(self, question: bytes) -> None:
        for reply in self._agent.replies(question, ("127.0.0.1", 9)):
            self._outcome.sent += 1
            began = time.perf_counter()
            try:
                self._wire.datagram_received(reply, None)
            except Exception:  # noqa: BLE001 - what should never be is what is looked for
                self._outcome.escaped.append(f"{reply.hex()}\n{traceback.format_exc()}")
            self._outcome.slowest = max(self._outcome.slowest, time.perf_counter() - began)


def play(kind: Kind, count: int, seed: int, watch: Callable[[Outcome], None] = lambda outcome: None) -> Outcome:
    """Sessions until `count` mutated replies were sent; `watch` is called after each."""
    outcome = Outcome()
    with mutating(kind, random.Random(seed)) as agent:
        engine = Engine()

        async def run() -> None:
            asyncio.get_running_loop().set_exception_handler(lambda _, context: outcome.escaped.append(str(context)))
            while outcome.sent < count and len(outcome.escaped) < ENOUGH:
                await _session(kind, agent, _envelope(kind, engine), outcome)
                agent.forget()
                watch(outcome)

        asyncio.run(run())
    return outcome


async def _session(kind: Kind, agent: SnmpAgent, envelope: Envelope, outcome: Outcome) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    wire = Wire("the fuzzer", envelope)
    wire.transport = Player(wire, agent, outcome)
    session = Session(wire, MANNERS, Peer(loop.time), bulk=kind.version != "1", budget=BUDGET, deadline=began + BUDGET)
    try:
        await session.get(SINGLE)
        async for _ in session.columns(COLUMNS):
            pass
    except ReachError as error:
        outcome.failures[error.kind] += 1
    except Exception:  # noqa: BLE001 - what should never be is what is looked for
        outcome.escaped.append(traceback.format_exc())
    outcome.sessions += 1
    outcome.answers += session.answers
    outcome.overrun = max(outcome.overrun, loop.time() - began - BUDGET)


def _envelope(kind: Kind, engine: Engine) -> Envelope:
    if kind.user is None:
        return Community({"1": 0, "2c": 1}[kind.version], b"public")
    return Usm(user(kind.user.login(161)), engine)


def mutating(kind: Kind, dice: random.Random) -> SnmpAgent:
    """An agent that answers with mutations."""
    if kind.user is None:

        def mutations(asked: Asked, answer: bytes) -> Iterator[bytes]:
            for _ in range(AT_ONCE):
                yield mutate(dice, answer)
            if dice.random() < 0.5:  # so that walks go on to other questions
                yield answer

        return SnmpAgent(OBJECTS, behave=mutations)

    def spoil(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        known = bool(sealed.pdu and (sealed.boots or not sealed.signed) and sealed.user)
        for _ in range(AT_ONCE if known or kind.counter else 2):
            yield _mutation(dice, kind, agent, sealed, honest, known)
        if dice.random() < (0.5 if known else 0.9):
            yield honest

    return SnmpV3Agent(OBJECTS, users=[kind.user], spoil=spoil)


def _mutation(dice: random.Random, kind: Kind, agent: SnmpV3Agent, sealed: Sealed, honest: bytes, known: bool) -> bytes:
    pdu = agent.report_pdu(sealed, kind.counter) if kind.counter else agent.answered
    if dice.random() < 0.5 or not known:
        whole = agent.seal(sealed, pdu, flags=kind.flags) if kind.counter and known else honest
        return mutate(dice, whole)
    scoped = tlv(0x30, tlv(4, sealed.context_engine) + tlv(4, sealed.context) + pdu)
    flags = kind.flags if kind.counter else sealed.flags & 3
    return agent.seal(sealed, b"", scoped=mutate(dice, scoped), flags=flags)
