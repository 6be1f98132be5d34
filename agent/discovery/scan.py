"""Asks every address of a list, slowly: one ping, and one SNMP question with each login until one is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.core.reach import CannotAsk, Login, Pace, Reach, ReachError, SnmpLogin, SnmpSession, Unanswered

WAIT = 1.0  # seconds for an answer: these are the centre's own networks
PINGABLE_TRIES, SILENT_TRIES = 2, 1  # of an SNMP question: a device that answers pings is worth a second one
AT_ONCE = 256
# The engine is asked for, its time is learnt, then comes the question (RFC 3414 section 4).
PACKETS = {"1": 1, "2c": 1, "3": 3}


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the collectors know of a device by what it says of itself; empty where nothing. `kind` is a word of
    agent.discovery.kinds, `profile` the id of the device profile."""

    vendor: str = ""
    model: str = ""
    version: str = ""
    serial: str = ""
    profile: str = ""
    kind: str | None = None


# Given the conversation, in case there is more to ask, and what was read of `Scan.oids`.
Recognise = Callable[[SnmpSession, Mapping[str, Any]], Awaitable[Recognised]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one address said. `ping` is None where this machine may not ping. `login` names the credentials that were
    answered, `facts` what was read with them, by OID; `note` says why SNMP answers and cannot be read."""

    address: str
    ping: bool | None
    login: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    known: Recognised = Recognised()
    note: str = ""


class Turns:
    """Lets packets go one by one, at most `rate` a second, whoever sends them."""

    def __init__(self, rate: float) -> None:
        self._gap = 1.0 / rate
        self._free = 0.0
        self._gate = asyncio.Lock()

    async def take(self, packets: int = 1) -> None:
        clock = asyncio.get_running_loop().time
        async with self._gate:
            await asyncio.sleep(max(0.0, self._free - clock()))
            self._free = clock() + packets * self._gap


@dataclass
class Scan:
    """`oids` are asked of whoever speaks SNMP; `told` is called after each address. `cannot_ping` says why, once."""

    reach: Reach
    logins: Sequence[Login]
    oids: Sequence[str]
    recognise: Recognise
    rate: float = 50.0
    told: Callable[[], None] = lambda: None
    cannot_ping: str = ""

    async def run(self, addresses: Iterable[str]) -> list[Answer]:
        """Those that answered, in the order of the addresses."""
        self._turns, slots = Turns(self.rate), asyncio.Semaphore(AT_ONCE)

        async def one(address: str) -> Answer:
            async with slots:
                answer = await self._ask(address)
            self.told()
            return answer

        answers = await asyncio.gather(*[one(address) for address in addresses])
        return [each for each in answers if each.ping or each.login is not None or each.note]

    async def _ask(self, address: str) -> Answer:
        ping = await self._ping(address)
        note, closed = "", set[int]()
        for login in self.logins:
            if login.snmp is None or login.snmp.port in closed:
                continue
            try:
                tries = PINGABLE_TRIES if ping else SILENT_TRIES
                facts, known = await self._snmp(address, login.name, login.snmp, tries)
            except CannotAsk as error:
                return Answer(address, ping, note=str(error) if ping else "")
            except Unanswered as error:
                if error.kind in ("refused", "unreachable"):
                    closed.add(login.snmp.port)
                elif error.kind != "timeout":
                    note = str(error)  # whatever else it says, it speaks SNMP: another login may fit
                continue
            return Answer(address, ping, login.name, facts, known)
        return Answer(address, ping, note=note)

    async def _ping(self, address: str) -> bool | None:
        if self.cannot_ping:
            return None
        await self._turns.take()
        try:
            burst = await self.reach.icmp.burst(address, count=1, interval=WAIT, timeout=WAIT)
        except CannotAsk as error:
            self.cannot_ping = str(error) if error.kind == "permission" else ""
            return None
        return bool(burst.received)

    async def _snmp(
        self, address: str, name: str, login: SnmpLogin, tries: int
    ) -> tuple[Mapping[str, Any], Recognised]:
        packets = PACKETS.get(login.version, 1)
        pace = Pace((WAIT,), repetitions=10, names=40)
        silence: ReachError | None = None
        for _ in range(tries):
            await self._turns.take(packets)
            try:
                async with self.reach.snmp.open(
                    address, login, timeout=(packets + 3) * WAIT, credentials=f"credentials {name}", pace=pace
                ) as session:
                    facts = await session.get(self.oids)
                    await self._turns.take()
                    return facts, await self.recognise(session, facts)
            except Unanswered as error:
                if error.kind != "timeout":
                    raise
                silence = error
        raise silence or Unanswered("timeout", f"{address}: no answer")
