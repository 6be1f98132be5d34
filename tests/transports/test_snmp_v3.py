"""Version 3 with an agent at the wire: discovery, time, reboots, reports, and what may never be believed."""

from __future__ import annotations

import asyncio
import itertools
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from agent.core.reach import Unanswered
from agent.core.secrets import Secret
from agent.transports.snmp import Manners, SnmpWay, way
from tests.snmp_agent import tlv
from tests.snmp_users import AUTH, KAY, LEE, MAX, PRIVACY, User
from tests.snmp_v3_agent import (
    DECRYPTION_ERRORS,
    NOT_IN_TIME_WINDOWS,
    PRIVACY_SERVICES,
    UNKNOWN_ENGINE_IDS,
    UNKNOWN_USER_NAMES,
    UNSUPPORTED_SEC_LEVELS,
    WRONG_DIGESTS,
    Sealed,
    SnmpV3Agent,
    Spoil,
    answer,
)

NAME = "1.3.6.1.2.1.1.5.0"
OBJECTS: dict[str, Any] = {NAME: "core"}
ANSWER = {NAME: b"core"}
QUICK = Manners(pauses=(0.15,))  # where no answer will come
SILENCE = Manners(pauses=(0.2, 0.4))  # where reports will come, and then none
PATIENT = Manners(pauses=(0.3, 5, 5))  # where an answer or a failure will come, on however busy a machine
LEVEL = AUTH | PRIVACY
engines = pytest.mark.parametrize("engine", ["own", "pysnmp"])
levels = pytest.mark.parametrize("user", [KAY, LEE, MAX], ids=["authPriv", "authNoPriv", "noAuthNoPriv"])


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 50_000.0

    def __call__(self) -> float:
        return self.now


def poll(agent: SnmpV3Agent, user: User = KAY, by: SnmpWay | None = None, /, **facts: Any) -> Any:
    """What one session with one question gets; `facts` change the user's login."""

    async def run() -> Any:
        async with (by or SnmpWay(manners=PATIENT)).open(agent.host, user.login(agent.port, **facts), 20) as session:
            return await session.get([NAME])

    return asyncio.run(run())


def failure(agent: SnmpV3Agent, user: User = KAY, manners: Manners = PATIENT, /, **facts: Any) -> Unanswered:
    with pytest.raises(Unanswered) as caught:
        poll(agent, user, SnmpWay(manners=manners), **facts)
    return caught.value


def answers(spoil: Spoil) -> Spoil:
    """Spoils what answers a question; discovery and the telling of the time go their honest way."""
    return lambda agent, sealed, honest: spoil(agent, sealed, honest) if sealed.pdu and sealed.boots else (honest,)


def reporting(counter: str, **facts: Any) -> Spoil:
    """The same report instead of every answer; unsigned, unless the facts say otherwise."""
    return answers(lambda agent, sealed, honest: [agent.report(sealed, counter, **{"flags": 0, **facts})])


@levels
@engines
def test_every_security_level_is_answered(user: User, engine: str) -> None:
    with SnmpV3Agent(OBJECTS) as agent:
        assert poll(agent, user, engine=engine) == ANSWER
        assert {each.flags & LEVEL for each in agent.heard if each.user} == {user.level}


def test_the_first_poll_asks_for_the_engine_and_its_time_and_later_ones_do_not() -> None:
    by = SnmpWay(manners=PATIENT)
    with SnmpV3Agent(OBJECTS) as agent:
        counts = []
        for _ in range(3):
            agent.heard.clear()
            assert poll(agent, KAY, by) == ANSWER
            counts.append(len(agent.heard))
    assert counts == [3, 1, 1]


def test_discovery_tells_nothing_and_asks_nothing() -> None:
    with SnmpV3Agent(OBJECTS) as agent:
        poll(agent)
        first = agent.heard[0]
    assert (first.engine_id, first.user, first.flags & LEVEL, first.boots, first.time) == (b"", b"", 0, 0, 0)
    assert first.pdu.endswith(tlv(0x30, b""))


def test_a_session_knows_the_boots_of_the_device() -> None:
    async def run(agent: SnmpV3Agent, user: User) -> int | None:
        async with SnmpWay(manners=PATIENT).open(agent.host, user.login(agent.port)) as session:
            await session.get([NAME])
            return session.boots

    with SnmpV3Agent(OBJECTS, boots=7) as agent:
        assert asyncio.run(run(agent, KAY)) == 7
        assert asyncio.run(run(agent, MAX)) is None


def test_a_rebooted_device_is_read_in_the_same_poll() -> None:
    by = SnmpWay(manners=PATIENT)
    with SnmpV3Agent(OBJECTS) as agent:
        poll(agent, KAY, by)
        agent.reboot()
        agent.heard.clear()
        assert poll(agent, KAY, by) == ANSWER
        assert [(each.boots, each.time < 100) for each in agent.heard] == [(3, False), (4, True)]


@pytest.mark.parametrize("boots", [0, 3, 2**31 - 2])
def test_a_device_that_forgets_how_often_it_booted_is_read_in_the_same_poll(boots: int) -> None:
    by = SnmpWay(manners=PATIENT)
    with SnmpV3Agent(OBJECTS, boots=boots) as agent:
        poll(agent, KAY, by)
        agent.reboot(boots)
        assert poll(agent, KAY, by) == ANSWER


def test_a_device_that_comes_back_with_another_engine_id_is_read_in_the_same_poll() -> None:
    by = SnmpWay(manners=PATIENT)
    with SnmpV3Agent(OBJECTS) as agent:
        poll(agent, KAY, by)
        agent.engine_id = b"\x80\0\x1f\x88\x04another"
        agent.reboot(1)
        assert poll(agent, KAY, by) == ANSWER


def test_a_device_that_ignores_what_is_meant_for_its_old_engine_is_read_in_the_next_poll() -> None:
    def mute(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        return [honest] if sealed.engine_id in (b"", agent.engine_id) else []

    by = SnmpWay(manners=Manners(pauses=(0.4, 0.4)))
    with SnmpV3Agent(OBJECTS, spoil=mute) as agent:
        poll(agent, KAY, by)
        agent.engine_id = b"\x80\0\x1f\x88\x04another"
        with pytest.raises(Unanswered, match=r"no answer from .*: address or ACL wrong, or SNMP version 3 not"):
            poll(agent, KAY, by)
        assert poll(agent, KAY, by) == ANSWER


def test_an_unsigned_word_on_the_time_is_tried_but_not_trusted() -> None:
    """There are agents that do not sign this report, against RFC 3414 section 3.2."""

    def unsigned(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        late = sealed.engine_id and abs(sealed.time - agent.time) > 150
        return [agent.report(sealed, NOT_IN_TIME_WINDOWS, flags=0)] if late else [honest]

    by = SnmpWay(manners=PATIENT)
    with SnmpV3Agent(OBJECTS, spoil=unsigned) as agent:
        assert poll(agent, KAY, by) == ANSWER
        agent.reboot()
        assert poll(agent, KAY, by) == ANSWER


@pytest.mark.parametrize("lie", [{"boots": 2**31 - 1, "time": 0}, {"boots": 0, "time": 0}, {"time": 10**9}])
def test_an_unsigned_lie_about_the_time_costs_a_question_more_and_nothing_else(lie: dict[str, int]) -> None:
    def lying(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        return [agent.report(sealed, NOT_IN_TIME_WINDOWS, flags=0, **lie), honest] if next(turn) == 0 else [honest]

    clock = Clock()  # stands, so that all is within one second
    by = SnmpWay(manners=PATIENT, clock=clock)
    with SnmpV3Agent(OBJECTS, clock=clock) as agent:
        for _ in range(3):
            turn = itertools.count()
            agent.spoil = answers(lying)
            assert poll(agent, KAY, by) == ANSWER


@engines
def test_three_minutes_of_idleness_change_nothing(engine: str) -> None:
    clock = Clock()
    by = SnmpWay(manners=PATIENT, clock=clock)
    with SnmpV3Agent(OBJECTS, clock=clock) as agent:
        poll(agent, KAY, by, engine=engine)
        agent.heard.clear()
        clock.now += 180
        assert poll(agent, KAY, by, engine=engine) == ANSWER
        assert engine == "pysnmp" or len(agent.heard) == 1


@pytest.mark.parametrize("drift", [-3000, -151, 151, 3000])
def test_clocks_that_went_apart_are_brought_together_in_the_same_poll(drift: float) -> None:
    clock = Clock()
    by = SnmpWay(manners=PATIENT, clock=clock)
    with SnmpV3Agent(OBJECTS, clock=clock) as agent:
        agent.started -= 10_000
        poll(agent, KAY, by)
        agent.started -= drift
        assert poll(agent, KAY, by) == ANSWER
        assert poll(agent, KAY, by) == ANSWER


def forged(sealed: Sealed) -> bytes:
    return answer(sealed, b"forged")


@pytest.mark.parametrize(
    ("boots", "time", "heeded"),
    [
        (0, -149, True),
        (0, -152, False),
        (0, 1000, True),  # later than what is known is now
        (1, -90_000, True),  # booted since
        (-1, 0, False),
        (-1, 1000, False),
    ],
)
def test_a_signed_answer_from_outside_the_time_window_is_none(boots: int, time: int, heeded: bool) -> None:
    clock = Clock()
    by = SnmpWay(manners=PATIENT if heeded else SILENCE, clock=clock)

    def shifted(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        return [agent.seal(sealed, forged(sealed), boots=agent.boots + boots, time=agent.time + time)]

    with SnmpV3Agent(OBJECTS, clock=clock) as agent:
        agent.started -= 100_000
        poll(agent, KAY, by)
        agent.spoil = shifted
        if heeded:
            assert poll(agent, KAY, by) == {NAME: b"forged"}
        else:
            with pytest.raises(Unanswered, match="the last: a signed message from outside the time window"):
                poll(agent, KAY, by)


def test_boots_that_can_no_longer_be_counted_are_outside_every_window() -> None:
    with SnmpV3Agent(OBJECTS, boots=2**31 - 1) as agent:
        assert "time window" in str(failure(agent, KAY, SILENCE))


FORGED: dict[str, Spoil] = {
    "a zeroed signature": lambda agent, sealed, honest: [signed_with(honest, bytes(12))],
    "no signature": lambda agent, sealed, honest: [signed_with(honest, b"")],
    "the first byte of the signature": lambda agent, sealed, honest: [signed_with(honest, signature(honest)[:1])],
    "all but the last byte of the signature": lambda agent, sealed, honest: [
        signed_with(honest, signature(honest)[:-1])
    ],
    "more than the signature": lambda agent, sealed, honest: [signed_with(honest, signature(honest) + b"\0")],
    "every first byte of a signature": lambda agent, sealed, honest: [
        signed_with(honest, bytes([first])) for first in range(256)
    ],
    "a flipped bit of the ciphertext": lambda agent, sealed, honest: [
        honest[:-5] + bytes([honest[-5] ^ 4]) + honest[-4:]
    ],
    "an answer in the clear": lambda agent, sealed, honest: [agent.seal(sealed, forged(sealed), flags=0)],
    "an answer that is only signed": lambda agent, sealed, honest: [agent.seal(sealed, forged(sealed), flags=AUTH)],
    "an answer to another user": lambda agent, sealed, honest: [agent.seal(sealed, forged(sealed), user=b"lee")],
    "an answer of another engine": lambda agent, sealed, honest: [
        agent.seal(sealed, forged(sealed), engine_id=b"\x80\0\0\0\5other")
    ],
    "an answer from another context": lambda agent, sealed, honest: [
        agent.seal(sealed, forged(sealed), context=b"other")
    ],
    "an answer from another context engine": lambda agent, sealed, honest: [
        agent.seal(sealed, forged(sealed), context_engine=b"\x80\0\0\0\5other")
    ],
    "an answer to another message": lambda agent, sealed, honest: [
        agent.seal(sealed, forged(sealed), message_id=(sealed.message_id + 1000) % 2**31)
    ],
    "an answer that is no scoped PDU": lambda agent, sealed, honest: [
        agent.seal(sealed, b"", scoped=tlv(4, forged(sealed)))
    ],
    "an answer that decrypts to nothing": lambda agent, sealed, honest: [agent.seal(sealed, b"", scoped=b"\x30")],
    "its own question": lambda agent, sealed, honest: [sealed.datagram],
}


def signature(message: bytes) -> bytes:
    """The digest of a message with a signature of 12 bytes and a salt of 8, by where it stands before the salt."""
    at = message.index(b"\x04\x03kay\x04\x0c") + 7
    return message[at : at + 12]


def signed_with(message: bytes, digest: bytes) -> bytes:
    """The message with another digest in its place, and the lengths around it put right."""
    old = signature(message)
    grown = len(digest) - len(old)
    at = message.index(b"\x04\x0c" + old)
    body = message[:at] + tlv(4, digest) + message[at + 14 :]
    security = body.index(b"\x02\x01\x03", 8) + 3  # after msgSecurityModel comes msgSecurityParameters
    changed = bytearray(body)
    for place in (1, security + 1, security + 3):
        changed[place] += grown
    return bytes(changed)


BY_BOTH = ("a zeroed signature", "the first byte of the signature", "a flipped bit of the ciphertext")
BY_BOTH += ("an answer in the clear", "an answer that is only signed", "an answer of another engine")


@pytest.mark.parametrize(
    ("spoil", "engine"),
    [*((spoil, "own") for spoil in FORGED.values()), *((FORGED[name], "pysnmp") for name in BY_BOTH)],
    ids=[*FORGED, *(f"{name}, pysnmp" for name in BY_BOTH)],
)
def test_what_is_not_signed_and_encrypted_as_agreed_is_no_answer(spoil: Spoil, engine: str) -> None:
    def forged_then_honest(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        return [*spoil(agent, sealed, honest), honest]

    with SnmpV3Agent(OBJECTS, spoil=answers(spoil)) as agent:
        found = failure(agent, KAY, QUICK, engine=engine)
        assert "forged" not in str(found)
        if engine == "own":  # pysnmp takes some of these for the end of the question
            agent.spoil = answers(forged_then_honest)
            assert poll(agent) == ANSWER


def test_a_message_with_any_bit_flipped_is_no_answer() -> None:
    def flipped(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterator[bytes]:
        for at in range(len(honest)):
            for bit in range(8):
                yield honest[:at] + bytes([honest[at] ^ 1 << bit]) + honest[at + 1 :]

    with SnmpV3Agent(OBJECTS, spoil=answers(flipped)) as agent:
        found = failure(agent, KAY, Manners(pauses=(1.0,)))
        assert "datagrams were no answer" in str(found)


REPORTS = {
    "unsupportedSecLevels": (UNSUPPORTED_SEC_LEVELS, "authentication", "does not let the user kay ask with authPriv"),
    "notInTimeWindows": (NOT_IN_TIME_WINDOWS, "protocol", "says that our messages are not in its time window"),
    "unknownUserNames": (UNKNOWN_USER_NAMES, "authentication", "does not know the user kay"),
    "unknownEngineIDs": (
        UNKNOWN_ENGINE_IDS,
        "protocol",
        "gives no engine id, or does not accept the one that it gives",
    ),
    "wrongDigests": (WRONG_DIGESTS, "authentication", "refuses the signature of the user kay: authentication password"),
    "decryptionErrors": (
        DECRYPTION_ERRORS,
        "authentication",
        "cannot decrypt what the user kay asks: privacy password",
    ),
    "unknownPDUHandlers": ("1.3.6.1.6.3.11.2.1.3.0", "protocol", "has nothing that answers for this context engine"),
    "unknownContexts": ("1.3.6.1.6.3.12.1.5.0", "protocol", "does not know the context"),
    "a counter of its own": ("1.3.6.1.4.1.9.1.0", "protocol", "answers with a report of 1.3.6.1.4.1.9.1.0"),
}


@engines
@pytest.mark.parametrize(("counter", "kind", "said"), REPORTS.values(), ids=REPORTS.keys())
def test_every_report_is_an_error_of_its_own_and_none_lowers_the_level(
    counter: str, kind: str, said: str, engine: str
) -> None:
    with SnmpV3Agent(OBJECTS, spoil=reporting(counter)) as agent:
        found = failure(agent, engine=engine)
        asked = [each for each in agent.heard if each.engine_id]
        assert {each.flags & LEVEL for each in asked if each.user} == {LEVEL}
        assert len(agent.heard) < 10
    assert found.kind == kind
    if engine == "own" or counter.startswith("1.3.6.1.6.3.15"):  # pysnmp knows the other counters by number only
        assert said in str(found)


@pytest.mark.parametrize("counter", [UNKNOWN_ENGINE_IDS, NOT_IN_TIME_WINDOWS])
@pytest.mark.parametrize("flags", [0, AUTH])
def test_reports_without_end_are_answered_a_few_times_only(counter: str, flags: int) -> None:
    numbers = iter(range(10**6))

    def endless(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        facts: dict[str, Any] = {"flags": flags, "time": agent.time + 1000 * next(numbers)}
        if counter == UNKNOWN_ENGINE_IDS:
            facts |= {"engine_id": b"\x80\0\x1f\x88\x04%d" % next(numbers)}
        return [agent.report(sealed, counter, **facts)] if sealed.user else [honest]

    with SnmpV3Agent(OBJECTS, spoil=endless) as agent:
        failure(agent, KAY, SILENCE)
        assert len(agent.heard) <= 2 * 5


@pytest.mark.parametrize("engine_id", [b"", b"x" * 256])
def test_an_engine_without_a_usable_id_is_an_error(engine_id: bytes) -> None:
    def nameless(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        return [agent.report(sealed, UNKNOWN_ENGINE_IDS, engine_id=engine_id)]

    with SnmpV3Agent(OBJECTS, spoil=nameless) as agent:
        found = failure(agent)
    assert found.kind == "protocol"
    assert "gives no engine id, or does not accept the one that it gives" in str(found)


@levels
def test_reports_on_messages_that_were_not_sent_are_ignored(user: User) -> None:
    def stray(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        counters = (UNKNOWN_USER_NAMES, WRONG_DIGESTS, UNKNOWN_ENGINE_IDS, NOT_IN_TIME_WINDOWS)
        return [*(agent.report(sealed, each, flags=0, message_id=1) for each in counters), honest]

    with SnmpV3Agent(OBJECTS, spoil=stray) as agent:
        assert poll(agent, user) == ANSWER


def test_an_answer_to_a_sending_of_long_ago_is_none() -> None:
    """What is remembered of sendings is bounded."""
    first: list[bytes] = []

    def late(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        if not sealed.engine_id:
            return [honest]
        first.append(honest)
        return first[:1] if len(first) > 70 else []

    with SnmpV3Agent(OBJECTS, spoil=late) as agent:
        found = failure(agent, MAX, Manners(pauses=(0.01,) * 80))
    assert "the last: an answer to no question of this session" in str(found)


def test_reports_alone_on_messages_that_were_not_sent_are_silence() -> None:
    def only(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        return [agent.report(sealed, UNKNOWN_USER_NAMES, flags=0, message_id=1)]

    with SnmpV3Agent(OBJECTS, spoil=only) as agent:
        found = failure(agent, KAY, SILENCE)
    assert found.kind == "timeout"
    assert "datagrams were no answer and were ignored; the last: an answer to no question of this session" in str(found)


@engines
def test_a_device_that_drops_what_is_outside_its_time_window_is_read(engine: str) -> None:
    def mute(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        return [] if sealed.engine_id and not sealed.boots else [honest]

    with SnmpV3Agent(OBJECTS, spoil=mute) as agent:
        assert poll(agent, engine=engine) == ANSWER


@engines
def test_everything_five_times_is_as_good_as_once(engine: str) -> None:
    with SnmpV3Agent(OBJECTS, spoil=lambda agent, sealed, honest: [honest] * 5) as agent:
        assert poll(agent, engine=engine) == ANSWER


def test_an_agent_that_is_slower_than_the_tries_is_read() -> None:
    held: list[bytes] = []

    def late(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        """Answers each datagram only when the next one comes."""
        held.append(honest)
        return held[-2:-1]

    with SnmpV3Agent(OBJECTS, spoil=late) as agent:
        assert poll(agent, KAY, SnmpWay(manners=Manners(pauses=(0.2,) * 8))) == ANSWER


@engines
@pytest.mark.parametrize(
    ("user", "facts", "said"),
    [
        (KAY, {"user": "nobody"}, "does not know the user nobody: create the user there"),
        (
            KAY,
            {"auth": ("SHA", Secret("wrong-password"))},
            "refuses the signature of the user kay: authentication pass",
        ),
        (KAY, {"auth": ("SHA256", Secret("authentic-kay"))}, "password or protocol SHA256 wrong"),
        (KAY, {"privacy": ("AES128", Secret("wrong-password"))}, "cannot decrypt what the user kay asks: privacy pass"),
        (KAY, {"privacy": ("DES", Secret("private-kay"))}, "privacy password or protocol DES wrong"),
        (LEE, {"privacy": ("AES128", Secret("private-lee"))}, "does not let the user lee ask with authPriv"),
        (MAX, {"auth": ("SHA", Secret("authentic-max"))}, "does not let the user max ask with authNoPriv"),
    ],
)
def test_what_is_wrong_with_a_login_is_told_apart_at_once_and_without_passwords(
    user: User, facts: dict[str, Any], said: str, engine: str
) -> None:
    with SnmpV3Agent(OBJECTS) as agent:
        found = failure(agent, user, engine=engine, **facts)
    assert found.kind == "authentication"
    assert re.match(r"127\.0\.0\.1:\d+ ", str(found))
    assert said in str(found)
    secrets = ("wrong-password", "authentic-", "private-")
    assert not any(secret in str(found) + repr(found.__cause__) for secret in secrets)


@pytest.mark.parametrize(
    ("user", "facts", "said"),
    [
        (KAY, {"privacy": ("AES128", Secret("wrong-password"))}, "accepts the signature of the user kay, so privacy"),
        (KAY, {"auth": ("SHA", Secret("wrong-password"))}, "tells its engine id, so user kay, authentication password"),
        (
            MAX,
            {"user": "nobody"},
            "tells its engine id, so user nobody wrong, or not allowed to ask without a password",
        ),
    ],
)
def test_a_device_that_keeps_silent_instead_of_reporting_still_shows_what_is_wrong(
    user: User, facts: dict[str, Any], said: str
) -> None:
    def curt(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        return [honest] if not sealed.engine_id or (not sealed.boots and facts.get("privacy")) else []

    with SnmpV3Agent(OBJECTS, spoil=curt, silent_on_decryption_errors=True) as agent:
        found = failure(agent, user, SILENCE, **facts)
    assert found.kind == "authentication"
    assert said in str(found)


@pytest.mark.parametrize("facts", [{"context_engine": b""}, {"context": b"x"}])
def test_an_answer_from_another_context_is_none_and_the_password_is_not_blamed(facts: dict[str, Any]) -> None:
    spoil = answers(lambda agent, sealed, honest: [agent.seal(sealed, agent.answered, **facts)])
    with SnmpV3Agent(OBJECTS, spoil=spoil) as agent:
        found = failure(agent, KAY, SILENCE)
    assert found.kind == "protocol"
    assert "it answers, but not from the context asked (without a name): context or context_engine" in str(found)
    assert "password" not in str(found)


def test_what_is_lost_after_a_message_that_could_be_decrypted_is_a_timeout() -> None:
    spoil = answers(lambda agent, sealed, honest: [agent.report(sealed, NOT_IN_TIME_WINDOWS, flags=LEVEL)][: len(once)])
    once = [True]

    def first(agent: SnmpV3Agent, sealed: Sealed, honest: bytes) -> Iterable[bytes]:
        found = list(spoil(agent, sealed, honest))
        if sealed.pdu and sealed.boots:
            once.clear()
        return found

    with SnmpV3Agent(OBJECTS, spoil=first) as agent:
        found = failure(agent, KAY, SILENCE)
    assert found.kind == "timeout"
    assert "lost packets, or a slow device?" in str(found)


def test_a_context_is_asked_for_and_must_answer() -> None:
    with SnmpV3Agent(OBJECTS) as agent:
        assert poll(agent, context="vlan-7", context_engine="8000000001020304") == ANSWER
        assert agent.heard[-1].context == b"vlan-7"
        assert agent.heard[-1].context_engine == bytes.fromhex("8000000001020304")
        assert poll(agent) == ANSWER
        assert (agent.heard[-1].context_engine, agent.heard[-1].context) == (agent.engine_id, b"")


@pytest.mark.parametrize("privacy", PRIVACY_SERVICES)
def test_no_salt_and_no_message_id_comes_twice(privacy: str) -> None:
    user = User("kay", "SHA", "authentic-kay", privacy, "private-kay")

    async def run(agent: SnmpV3Agent) -> None:
        by = SnmpWay(manners=PATIENT)
        for _ in range(4):
            async with by.open(agent.host, user.login(agent.port)) as session:
                for _ in range(25):
                    await session.get([NAME])

    with SnmpV3Agent(OBJECTS, users=[user]) as agent:
        asyncio.run(run(agent))
        salts = [each.salt for each in agent.heard if each.salt]
        ids = [each.message_id for each in agent.heard]
    assert len(set(salts)) == len(salts) >= 100
    assert len(set(ids)) == len(ids)
    assert all(0 <= number < 2**31 for number in ids)


def test_sessions_at_the_same_time_share_what_is_known_of_the_engine() -> None:
    async def run(agent: SnmpV3Agent) -> list[Any]:
        by = SnmpWay(manners=PATIENT)

        async def one() -> Any:
            async with by.open(agent.host, KAY.login(agent.port), 20) as session:
                return [await session.get([NAME]) for _ in range(5)]

        return await asyncio.gather(*[one() for _ in range(10)])

    with SnmpV3Agent(OBJECTS) as agent:
        assert asyncio.run(run(agent)) == [[ANSWER] * 5] * 10


def test_silence_to_one_session_does_not_cost_others_what_is_known_of_the_engine() -> None:
    async def run(agent: SnmpV3Agent) -> None:
        by = SnmpWay(manners=QUICK)
        async with by.open(agent.host, KAY.login(agent.port), 20) as session:
            await session.get([NAME])
            for _ in range(3):
                async with by.open(agent.host, KAY.login(agent.port), 20) as silent:
                    await session.get([NAME])
                    agent.spoil = lambda agent, sealed, honest: []
                    with pytest.raises(Unanswered):
                        await silent.get([NAME])
                    agent.spoil = lambda agent, sealed, honest: [honest]
            agent.heard.clear()
            await session.get([NAME])

    with SnmpV3Agent(OBJECTS) as agent:
        asyncio.run(run(agent))
        assert len(agent.heard) == 1


def test_engines_are_remembered_for_a_bounded_number_of_devices() -> None:
    async def run(by: SnmpWay) -> None:
        for number in range(way.ENGINES + 100):
            async with by.open("127.0.0.1", MAX.login(9, user=f"u{number}")):
                pass

    by = SnmpWay()
    asyncio.run(run(by))
    assert by.engines <= way.ENGINES


@pytest.mark.parametrize(
    ("login", "loaded"),
    [
        ('SnmpLogin("2c", Secret("public"), port=9)', set()),
        ('SnmpLogin("3", user="max", port=9)', set()),
        ('SnmpLogin("3", user="lee", auth=("SHA256", Secret("authentic-lee")), port=9)', set()),
        ('SnmpLogin("2c", Secret("public"), port=9, engine="pysnmp")', {"pysnmp"}),
    ],
)
def test_what_is_heavy_is_loaded_by_those_who_use_it(login: str, loaded: set[str]) -> None:
    script = f"""
import asyncio, sys
from agent.core.reach import SnmpLogin, ReachError
from agent.core.secrets import Secret
from agent.transports.snmp import SnmpWay
async def main():
    async with SnmpWay().open("127.0.0.1", {login}, 0.5) as session:
        await session.get(["1.3.6.1.2.1.1.5.0"])
try:
    asyncio.run(main())
except ReachError:
    print(*[name for name in ("cryptography", "pysnmp", "pyasn1") if name in sys.modules])
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert set(said.stdout.split()) >= loaded
    assert loaded or not said.stdout.split()


def test_what_encrypts_loads_cryptography_when_the_first_key_is_needed() -> None:
    with SnmpV3Agent(OBJECTS) as agent:
        script = f"""
import asyncio, sys
from agent.core.reach import SnmpLogin
from agent.core.secrets import Secret
from agent.transports.snmp import SnmpWay
login = SnmpLogin("3", None, "kay", ("SHA", Secret("authentic-kay")), ("AES128", Secret("private-kay")), {agent.port})
async def main():
    async with SnmpWay().open("127.0.0.1", login, 20) as session:
        assert "cryptography" not in sys.modules
        print(await session.get(["{NAME}"]))
        assert "cryptography" in sys.modules
asyncio.run(main())
"""
        said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert "core" in said.stdout
