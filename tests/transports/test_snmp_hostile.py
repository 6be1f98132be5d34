"""The client with agents that break the rules: every walk ends, with an error that has a name, within its time."""

from __future__ import annotations

import asyncio
import itertools
import random
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from agent.core.reach import Unanswered
from agent.transports.snmp import Manners, Session, SnmpWay
from tests.snmp_agent import (
    GET,
    GET_BULK,
    GET_NEXT,
    NO_SUCH_INSTANCE,
    NO_SUCH_OBJECT,
    Asked,
    Behaviour,
    Oid,
    SnmpAgent,
    Value,
    as_bytes,
    exception,
    numbers,
    reply,
    tlv,
)
from tests.snmp_fuzz import mutate
from tests.snmp_v3_agent import served, target

pytestmark = pytest.mark.long

COLUMN, OTHER = "1.3.6.1.2.1.2.2.1.10", "1.3.6.1.2.1.2.2.1.16"
BASE = numbers(COLUMN)
OBJECTS: dict[str, Value] = {f"{column}.{row}": row for column in (COLUMN, OTHER) for row in range(1, 101)}
OBJECTS["1.3.6.1.2.1.1.5.0"] = "sw"
How = tuple[str, str]  # version and engine
EVERY_WAY = list(itertools.product(("1", "2c", "3"), ("own", "pysnmp")))


def ways(*, v1: bool = True, pysnmp: bool = True) -> pytest.MarkDecorator:
    """Asked in every version of both engines, or of ours where the second cannot (docs/snmp-client.md has what)."""
    chosen = [how for how in EVERY_WAY if (v1 or how[0] != "1") and (pysnmp or how[1] != "pysnmp")]
    return pytest.mark.parametrize("how", chosen, ids="-".join)


QUICK = Manners(pauses=(0.1, 0.1, 0.1))  # where no answer will come
HASTY = Manners(pauses=(0.1, 5, 5))  # where the first try is lost
PATIENT = Manners(pauses=(0.3, 5, 5))  # where one will, on however busy a machine


def walked(
    how: How, behave: Behaviour, *columns: str, timeout: float = 20, manners: Manners = PATIENT, **facts: Any
) -> tuple[dict[str, Any], SnmpAgent, Session]:
    """What a walk of the columns gave, with the agent and the session afterwards."""
    version, engine = how

    async def run(agent: SnmpAgent) -> tuple[dict[str, Any], SnmpAgent, Session]:
        device = target(agent, version, engine=engine, timeout=timeout)
        async with SnmpWay(manners=manners).session(device) as session:
            return {index: row async for index, row in session.columns(columns or [COLUMN])}, agent, session

    with served(version, OBJECTS, behave=behave, **facts) as agent:
        return asyncio.run(run(agent))


def refused(how: How, behave: Behaviour, said: str, **facts: Any) -> list[Asked]:
    """The walk must end with a protocol error that says this; the questions that it took."""
    asked: list[Asked] = []
    with pytest.raises(Unanswered, match=said) as caught:
        walked(how, behave, asked=asked, **facts)
    assert caught.value.kind == "protocol"
    return asked


def always(*bindings: tuple[Oid, Value]) -> Behaviour:
    return lambda asked, answer: [reply(asked, bindings)]


def rows(*indexes: int) -> list[tuple[Oid, Value]]:
    return [((*BASE, index), 7) for index in indexes]


@ways()
@pytest.mark.parametrize(
    ("behave", "said"),
    [
        (lambda asked, _: [reply(asked, [(asked.oids[0], 7)])], "which does not come after it"),
        (always(*rows(5, 4)), r"answers 1.3.6.1.2.1.2.2.1.10\S* with 1.3.6.1.2.1.2.2.1.10.\d, which does not come"),
        (always(*rows(1)), "with 1.3.6.1.2.1.2.2.1.10.1, which does not come after it"),
        (always((BASE, 7)), "which does not come after it"),
        (lambda asked, _: [reply(asked, [(numbers("1.3.6.1.2.1.1.5.0"), "sw")])], "which lies before it"),
    ],
    ids=["the same name", "a step back", "always the first row", "the column itself", "a name before the column"],
)
def test_names_that_do_not_increase_end_the_walk_after_two_round_trips(how: How, behave: Behaviour, said: str) -> None:
    assert len(refused(how, behave, said)) <= 2


@ways(v1=False)
def test_names_that_go_round_in_a_circle_end_the_walk_after_two_round_trips(how: How) -> None:
    assert len(refused(how, always(*rows(1, 2, 3, 1, 2, 3)), "1.10.1, which does not come after it")) == 1
    assert len(refused(how, always(*rows(16383, 16384)), "which does not come after it")) == 2
    assert len(refused(how, always(*rows(16384, 16383)), "which does not come after it")) == 1


@ways(v1=False)
def test_rows_without_end_are_cut_by_number(how: How) -> None:
    def endless(asked: Asked, answer: bytes) -> list[bytes]:
        last = asked.oids[0][len(BASE)] if len(asked.oids[0]) > len(BASE) else 0
        return [reply(asked, rows(*range(last + 1, last + 26)))]

    said = r"has more than 200 rows below 1.3.6.1.2.1.2.2.1.10, without an end in sight"
    assert len(refused(how, endless, said, manners=Manners(rows=200))) == 9


def test_a_table_that_has_not_ended_when_the_time_is_over_is_named() -> None:
    def endless(asked: Asked, answer: bytes) -> list[bytes]:
        last = asked.oids[0][len(BASE)] if len(asked.oids[0]) > len(BASE) else 0
        return [reply(asked, rows(*range(last + 1, last + 1001)))] if last < 6000 else []

    with pytest.raises(Unanswered, match=rf"6000 rows of {COLUMN} came and no end: a table without one") as got:
        walked(("2c", "own"), endless, manners=Manners(pauses=(0.5,)))
    assert "longer timeout" not in str(got.value)


def test_the_values_of_a_subtree_without_end_are_cut_by_number() -> None:
    def endless(asked: Asked, answer: bytes) -> list[bytes]:
        last = asked.oids[0][len(BASE)] if len(asked.oids[0]) > len(BASE) else 0
        return [reply(asked, rows(*range(last + 1, last + 26)))]

    async def run(agent: SnmpAgent) -> None:
        async with SnmpWay(manners=Manners(values=200)).session(target(agent, "2c")) as session:
            await session.subtree(COLUMN)

    with SnmpAgent(OBJECTS, behave=endless) as agent:
        with pytest.raises(Unanswered, match="has more than 200 rows below"):
            asyncio.run(run(agent))
        assert len(agent.asked) == 9


@ways(v1=False)
def test_tables_without_end_are_cut_by_size(how: How) -> None:
    def fat(asked: Asked, answer: bytes) -> list[bytes]:
        last = asked.oids[0][len(BASE)] if len(asked.oids[0]) > len(BASE) else 0
        return [reply(asked, [((*BASE, last + 1), b"x" * 60000)])]

    said = "sent more than 200000 bytes for one table"
    assert len(refused(how, fat, said, manners=Manners(octets=200_000))) == 4


@ways(v1=False)
def test_repetitions_are_halved_until_the_answer_is_not_too_big_and_remembered(how: How) -> None:
    def small(asked: Asked, answer: bytes) -> list[bytes]:
        return [reply(asked, [], 1) if asked.kind == GET_BULK and asked.second > 4 else answer]

    async def twice(agent: SnmpAgent) -> list[int]:
        way = SnmpWay(manners=PATIENT)
        for _ in range(2):
            async with way.session(target(agent, how[0], engine=how[1])) as session:
                assert len([row async for row in session.columns([COLUMN])]) == 100
        return [asked.second for asked in agent.asked]

    with served(how[0], OBJECTS, behave=small) as agent:
        repetitions = asyncio.run(twice(agent))
    assert repetitions[:4] == [25, 12, 6, 3]
    assert set(repetitions[4:]) == {3}


@ways(v1=False)
def test_columns_are_asked_apart_where_even_one_row_of_all_is_too_big(how: How) -> None:
    def tiny(asked: Asked, answer: bytes) -> list[bytes]:
        return [reply(asked, [], 1) if len(asked.oids) * max(asked.second, 1) > 1 else answer]

    found, _, _ = walked(how, tiny, COLUMN, OTHER)
    assert found["100"] == {COLUMN: 100, OTHER: 100}


@ways()
def test_too_big_for_a_single_value_is_an_error(how: How) -> None:
    refused(how, lambda asked, _: [reply(asked, [], 1)], r"with tooBig \(1\)")


@ways(v1=False)
def test_a_get_that_is_too_big_is_asked_in_parts(how: How) -> None:
    def small(asked: Asked, answer: bytes) -> list[bytes]:
        return [reply(asked, [], 1) if asked.kind == GET and len(asked.oids) > 3 else answer]

    async def run(agent: SnmpAgent) -> Any:
        async with SnmpWay(manners=PATIENT).session(target(agent, how[0], engine=how[1])) as session:
            return await session.get([f"{COLUMN}.{row}" for row in range(1, 31)])

    with served(how[0], OBJECTS, behave=small) as agent:
        assert asyncio.run(run(agent)) == {f"{COLUMN}.{row}": row for row in range(1, 31)}


@ways()
def test_an_error_in_the_middle_of_a_walk_is_an_error_and_no_short_table(how: How) -> None:
    def third(asked: Asked, answer: bytes) -> list[bytes]:
        broken = asked.oids[0] > (*BASE, 40)
        return [reply(asked, [(oid, exception(5)) for oid in asked.oids], 5, 1) if broken else answer]

    refused(how, third, r"answers a GET(BULK|NEXT) of 1.3.6.1.2.1.2.2.1.10.\d+ with genErr \(5\)")


@ways(v1=False)
@pytest.mark.parametrize(("status", "kind"), [(16, "permission"), (6, "permission"), (5, "protocol"), (99, "protocol")])
def test_an_error_says_which_and_for_what(how: How, status: int, kind: str) -> None:
    with pytest.raises(Unanswered, match=rf"GETBULK of {COLUMN} with \D+ \({status}\)") as caught:
        walked(how, lambda asked, _: [reply(asked, [], status, 1)])
    assert caught.value.kind == kind


@ways(pysnmp=False)  # it drops such answers
def test_an_error_index_beyond_the_list_is_no_crash(how: How) -> None:
    refused(how, lambda asked, _: [reply(asked, [], 2, 99)], r"with noSuchName \(2\)")
    refused(how, lambda asked, _: [reply(asked, [], 5, -3)], r"with genErr \(5\)")


@pytest.mark.parametrize("columns", [[COLUMN], [COLUMN, OTHER]])
def test_the_end_of_a_version_1_mib_that_points_at_no_name_is_an_end(columns: list[str]) -> None:
    def nameless(asked: Asked, answer: bytes) -> list[bytes]:
        ends = any(oid >= numbers(f"{columns[-1]}.100") for oid in asked.oids)
        return [reply(asked, [(oid, exception(5)) for oid in asked.oids], 2, 0) if ends else answer]

    found, _, _ = walked(("1", "own"), nameless, *columns)
    assert found["100"] == dict.fromkeys(columns, 100)


def test_a_get_refused_by_version_1_without_a_name_gives_what_there_is() -> None:
    def nameless(asked: Asked, answer: bytes) -> list[bytes]:
        absent = any(oid not in map(numbers, OBJECTS) for oid in asked.oids)
        return [reply(asked, [(oid, exception(5)) for oid in asked.oids], 2, 0) if absent else answer]

    async def run(agent: SnmpAgent) -> Any:
        async with SnmpWay(manners=PATIENT).session(target(agent, "1")) as session:
            return await session.get([f"{COLUMN}.1", f"{COLUMN}.999", f"{COLUMN}.2"])

    with served("1", OBJECTS, behave=nameless) as agent:
        assert asyncio.run(run(agent)) == {f"{COLUMN}.1": 1, f"{COLUMN}.2": 2}


@ways()
def test_an_empty_list_is_an_error_and_no_endless_walk(how: How) -> None:
    assert len(refused(how, always(), "with an empty list instead of a value or an error")) == 1


@ways(v1=False)
@pytest.mark.parametrize("tag", [NO_SUCH_OBJECT, NO_SUCH_INSTANCE])
def test_a_missing_instance_as_answer_to_getnext_ends_the_column(how: How, tag: int) -> None:
    def ends(asked: Asked, answer: bytes) -> list[bytes]:
        return [reply(asked, [*rows(1, 2), ((*BASE, 2), exception(tag))])]

    found, agent, _ = walked(how, ends)
    assert list(found) == ["1", "2"]
    assert len(agent.asked) == 1


@ways(v1=False)
def test_a_get_answered_with_other_names_is_an_error(how: How) -> None:
    async def run(agent: SnmpAgent) -> Any:
        async with SnmpWay(manners=PATIENT).session(target(agent, how[0], engine=how[1])) as session:
            return await session.get([f"{COLUMN}.1", f"{COLUMN}.2"])

    for bindings in ([], rows(1), rows(2, 1), rows(1, 2, 3)):
        with (
            served(how[0], OBJECTS, behave=always(*bindings)) as agent,
            pytest.raises(Unanswered, match=r"answers a GET of 1.3.6.1.2.1.2.2.1.10.1 and 1 more with"),
        ):
            asyncio.run(run(agent))


JUNK = [
    b"",
    b"\0" * 40,
    b"\x30\x88\x7f\xff\xff\xff\xff\xff\xff\xff\x02\x01\x01",
    b"\x30\x80" * 15000,
    random.Random(1).randbytes(1400),
    tlv(0x30, tlv(2, b"\x03") + tlv(0x30, b"")),
]


@ways(v1=False)
@pytest.mark.parametrize(
    "spoiled",
    [
        lambda asked, answer: [*JUNK, answer],
        lambda asked, answer: [reply(asked, rows(66), community=b"private"), answer],
        lambda asked, answer: [answer[:-1], answer[: len(answer) // 2], answer],
        lambda asked, answer: [answer] * 5,
    ],
    ids=["junk", "another community", "cut off", "duplicates"],
)
def test_the_good_reply_is_found_among_others(how: How, spoiled: Behaviour) -> None:
    found, _, session = walked(how, spoiled, COLUMN, OTHER)
    assert found == {str(row): {COLUMN: row, OTHER: row} for row in range(1, 101)}
    assert session.answers == 5


@ways(pysnmp=False)  # it takes another request-id of version 3 for the end of the question, padding for another message
@pytest.mark.parametrize(
    "spoiled",
    [
        lambda asked, answer: [reply(asked, rows(66), request_id=asked.request_id ^ 1), answer],
        lambda asked, answer: [b"".join((answer, b"\0" * 20))],
    ],
    ids=["another request-id", "padding"],
)
def test_the_good_reply_is_found_beside_or_within_odd_ones(how: How, spoiled: Behaviour) -> None:
    found, _, _ = walked(how, spoiled, COLUMN, OTHER)
    assert found == {str(row): {COLUMN: row, OTHER: row} for row in range(1, 101)}


@ways(pysnmp=False)  # it does not tell
def test_what_is_ignored_is_counted_and_told(how: How) -> None:
    with pytest.raises(Unanswered, match=r"\(\d+ datagrams were no answer and were ignored; the last: \w+") as caught:
        walked(how, lambda asked, _: JUNK, manners=Manners(pauses=(0.2, 0.4)))
    assert caught.value.kind == ("authentication" if how[0] == "3" else "timeout")  # signed reports came, then junk


@ways(v1=False)
def test_every_second_packet_lost_costs_time_but_no_value(how: How) -> None:
    turn = iter(range(10_000))
    found, _, _ = walked(how, lambda asked, answer: [answer] if next(turn) % 2 else [], timeout=60, manners=HASTY)
    assert len(found) == 100


def stream(asked: Asked) -> Iterator[bytes]:
    """Datagrams that are no answer, faster than the pauses between tries, until long after the deadline."""
    end = time.monotonic() + 0.8
    while time.monotonic() < end:
        yield reply(asked, rows(1), request_id=asked.request_id ^ 1 << 20)
        time.sleep(0.02)


@ways(pysnmp=False)  # in version 3 it takes another request-id for the end of the question
def test_stray_replies_do_not_keep_a_packet_waiting(how: How) -> None:
    began = time.monotonic()
    with pytest.raises(Unanswered, match="no answer from"):
        walked(how, lambda asked, _: stream(asked), timeout=2, manners=QUICK)
    assert time.monotonic() - began < 20  # the streams last 2.4 s, one for each try; a kept timer has no end


def test_strays_and_duplicates_are_not_decoded_beyond_their_request_id() -> None:
    """What cannot be decoded would be told as that."""

    def broken(asked: Asked, request_id: int) -> bytes:
        pdu = tlv(0xA2, b"".join(tlv(2, as_bytes(field)) for field in (request_id, 0, 0)) + tlv(0x30, b"\xff" * 50_000))
        return tlv(0x30, tlv(2, bytes([asked.version])) + tlv(4, asked.community) + pdu)

    def strays(asked: Asked, answer: bytes) -> list[bytes]:
        return [broken(asked, asked.request_id ^ 1 << 20), answer, broken(asked, asked.request_id)]

    async def run(agent: SnmpAgent) -> str:
        async with SnmpWay(manners=Manners(pauses=(2,))).session(target(agent, "2c")) as session:
            for _ in range(2):
                await session.get([f"{COLUMN}.1"])
            agent.behave = lambda asked, answer: []
            with pytest.raises(Unanswered) as caught:
                await session.get([f"{COLUMN}.1"])
            return str(caught.value)

    with SnmpAgent(OBJECTS, behave=strays) as agent:
        said = asyncio.run(run(agent))
    assert "(4 datagrams were no answer and were ignored; the last: an answer to another question)" in said


@ways()
def test_an_answer_from_another_port_is_not_seen(how: How) -> None:
    def elsewhere(asked: Asked, answer: bytes) -> list[bytes]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            other.sendto(answer, asked.sender)
        return []

    with pytest.raises(Unanswered, match=r"no answer from .*\?$"):
        walked(how, elsewhere, manners=QUICK)


@ways(v1=False)
def test_an_answer_from_another_address_is_not_seen(how: How) -> None:
    def elsewhere(asked: Asked, answer: bytes) -> list[bytes]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.2", 0))
            other.sendto(answer, asked.sender)
        return []

    with pytest.raises(Unanswered, match=r"no answer from .*\?$"):
        walked(how, elsewhere, manners=QUICK)


@ways(v1=False)
def test_one_slow_reply_after_another_ends_at_the_deadline(how: How) -> None:
    timeout = 4 if how[1] == "pysnmp" else 2  # a busy machine needs more than a second to make its engine

    def drip(asked: Asked, answer: bytes) -> list[bytes]:
        time.sleep(0.35 * timeout)  # the third reply comes long after the deadline
        return [answer]

    with pytest.raises(Unanswered, match=r"gave \d answers, then none to a GETBULK of \S+ within \d\.\d s \(1") as got:
        walked(how, drip, timeout=timeout, manners=Manners(pauses=(10, 10), repetitions=2))
    assert got.value.kind == "timeout"
    assert "allow it a longer timeout" in str(got.value)


@ways(v1=False)
def test_an_endless_slow_drip_takes_no_more_than_its_time(how: How) -> None:
    spent: list[float] = []

    async def run(agent: SnmpAgent) -> None:
        way = SnmpWay(manners=Manners(pauses=(10, 10), rows=10**9))
        began = asyncio.get_running_loop().time()
        async with way.session(target(agent, how[0], engine=how[1], timeout=1)) as session:
            with pytest.raises(Unanswered):
                async for _ in session.columns([COLUMN]):
                    pass
        spent.append(asyncio.get_running_loop().time() - began)

    def endless(asked: Asked, answer: bytes) -> list[bytes]:
        time.sleep(0.1)
        last = asked.oids[0][len(BASE)] if len(asked.oids[0]) > len(BASE) else 0
        return [reply(asked, rows(last + 1))]

    with served(how[0], OBJECTS, behave=endless) as agent:
        asyncio.run(run(agent))
    assert 0.5 < spent[0] < 5


@ways()
def test_mutated_replies_never_crash_or_hang_a_walk(how: How) -> None:
    dice = random.Random(7)

    def mutated(asked: Asked, answer: bytes) -> list[bytes]:
        return [mutate(dice, answer) for _ in range(20)]

    async def walks(agent: SnmpAgent) -> None:
        way = SnmpWay(manners=Manners(pauses=(0.02,), rows=1000))
        for _ in range(60 if how[1] == "own" else 5):
            async with way.session(target(agent, how[0], engine=how[1], timeout=2)) as session:
                try:
                    async for _ in session.columns([COLUMN, OTHER]):
                        pass
                except Unanswered:
                    pass

    with served(how[0], OBJECTS, behave=mutated) as agent:
        asyncio.run(walks(agent))


@ways()
def test_the_questions_of_a_walk_are_getbulks_and_those_of_version_1_are_not(how: How) -> None:
    _, agent, _ = walked(how, lambda asked, answer: [answer])
    assert {asked.kind for asked in agent.asked} == {GET_NEXT if how[0] == "1" else GET_BULK}
