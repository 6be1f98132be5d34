"""Runs in a namespace: each case is a promise of agent.transports.icmp, kept by ping sockets and by raw ones."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from agent.core.reach import Burst, CannotAsk, Refusal
from agent.transports.icmp import Pinger
from tests.transports.wire import Echo, cable, drop_all_rights, fresh_network, ip, own, side_by_side

THERE, OTHER, THERE6 = "10.9.0.2", "10.9.0.3", "fd09::2"

Promise = Callable[[Pinger, bool], Coroutine[Any, Any, None]]


def mirror(request: Echo) -> list[Echo | bytes]:
    return [request.reply()]


def silent(request: Echo) -> list[Echo | bytes]:
    return []


def nft(hook: str, rules: str) -> None:
    table = f"table inet t {{ chain c {{ type filter hook {hook} priority 0; {rules}; }}; }}"
    subprocess.run(["nft", "-f", "-"], input=table, text=True, check=True)


async def burst(pinger: Pinger, to: str = THERE, count: int = 1, interval: float = 0.05, timeout: float = 1.0) -> Burst:
    return await pinger.burst(to, count=count, interval=interval, timeout=timeout)


async def answers_come_from_both_families(pinger: Pinger, raw: bool) -> None:
    with cable(mirror):
        for address in ("127.0.1.1", "::1", THERE, THERE6):
            got = await burst(pinger, address, count=3)
            assert len(got.received) == 3, (address, got)
            assert all(0 < each < 1 for each in got.received), (address, got)
            assert (got.duplicates, got.reordered, got.unreachable) == (0, 0, 0), (address, got)


async def packets_of_any_size_come_back(pinger: Pinger, raw: bool) -> None:
    got = await pinger.burst("127.0.1.1", count=2, interval=0.01, timeout=1, size=20000)
    assert len(got.received) == 2, got
    got = await pinger.burst("::1", count=2, interval=0.01, timeout=1, size=8)
    assert len(got.received) == 2, got


async def losses_stand_in_the_order_sent(pinger: Pinger, raw: bool) -> None:
    seen: list[Echo] = []

    def answer(request: Echo) -> list[Echo | bytes]:
        seen.append(request)
        return [] if len(seen) in (2, 4) else [request.reply()]

    with cable(answer):
        for address in (THERE, THERE6):
            seen.clear()
            got = await burst(pinger, address, count=4, timeout=0.5)
            assert [each is None for each in got.round_trips] == [False, True, False, True], got


async def duplicates_are_counted(pinger: Pinger, raw: bool) -> None:
    with cable(lambda request: [request.reply()] * 3):
        got = await burst(pinger, count=3)
        assert len(got.received) == 3, got
        assert got.duplicates >= 4, got  # those of the last one may come after the burst has ended
        assert got.reordered == 0, got


async def reordered_answers_are_counted(pinger: Pinger, raw: bool) -> None:
    held: list[Echo] = []

    def answer(request: Echo) -> list[Echo | bytes]:
        held.append(request)
        return [held[1].reply(), held[0].reply()] if len(held) == 2 else []

    with cable(answer):
        got = await burst(pinger, count=2)
        assert len(got.received) == 2, got
        assert (got.reordered, got.duplicates) == (1, 0), got


async def strangers_are_ignored_and_counted(pinger: Pinger, raw: bool) -> None:
    def answer(request: Echo) -> list[Echo | bytes]:
        good = request.reply()
        return [
            replace(good, payload=b"x" * len(good.payload)),  # not our token
            replace(good, payload=good.payload[:4]),  # too short for it
            replace(good, code=7),
            replace(good, source=OTHER),  # not whom we asked
            replace(good, identifier=good.identifier ^ 1),
            replace(good, sequence=good.sequence ^ 0x4000),
            replace(good, kind=14),
            good.packet()[:24],
            replace(good, kind=3, payload=b""),  # an error that quotes nothing
            replace(good, kind=3, payload=b"\x4f" + b"\0" * 40),
        ]

    with cable(answer):
        got = await burst(pinger, count=2, timeout=0.5)
        assert not got.received, got
        assert got.unreachable == 0, got
        assert pinger.ignored["stray"] >= 4, pinger.ignored
        if raw:
            assert pinger.ignored["malformed"] >= 4, pinger.ignored


async def a_router_s_refusal_ends_the_wait(pinger: Pinger, raw: bool) -> None:
    with cable(lambda request: [request.refusal(OTHER if request.version == 4 else "fd09::3")]):
        for address, by in ((THERE, OTHER), (THERE6, "fd09::3")):
            got = await asyncio.wait_for(burst(pinger, address, count=2, timeout=100), 20)
            assert not got.received, got
            assert got.unreachable == 2, got
            assert got.refusal is not None, got
            assert got.refusal.by == by, got


async def what_was_refused_to_one_is_not_held_against_another(pinger: Pinger, raw: bool) -> None:
    def answer(request: Echo) -> list[Echo | bytes]:
        return [request.refusal("10.9.0.9")] if request.target == OTHER else [request.reply()]

    with cable(answer):
        refused = asyncio.ensure_future(burst(pinger, OTHER, count=40, interval=0.01))
        for _ in range(20):
            got = await burst(pinger, count=2, interval=0.01)
            assert len(got.received) == 2, got
            assert got.refusal is None, got
        assert (await refused).unreachable == 40


async def a_packet_that_must_stay_whole_is_told_what_size_goes_on(pinger: Pinger, raw: bool) -> None:
    def answer(request: Echo) -> list[Echo | bytes]:
        return [request.too_big(OTHER, 1400)] if len(request.payload) > 1300 else [request.reply()]

    with cable(answer) as far:
        got = await pinger.burst(THERE, count=2, interval=0.05, timeout=1, size=1300, whole=True)
        assert len(got.received) == 2, got
        assert far.seen[-1].whole, far.seen[-1]
        for _ in range(2):  # what the kernel learns of the first does not hold back the second
            got = await pinger.burst(THERE, count=2, interval=0.05, timeout=1, size=1400, whole=True)
            assert (got.received, got.unreachable, got.refusal) == ((), 2, Refusal(OTHER, "too_big", 1400)), got
        got = await pinger.burst(THERE, count=1, interval=0, timeout=1, size=4000, whole=True)
        assert got.refusal == Refusal("", "too_big"), got


async def what_cannot_be_sent_is_lost(pinger: Pinger, raw: bool) -> None:
    with cable(mirror):
        for kind, to in (("blackhole", "10.8.1.1"), ("unreachable", "10.8.1.2"), ("prohibit", "10.8.1.3")):
            ip("route", "add", kind, to)
            ip("-6", "route", "add", kind, f"fd08::{to[-1]}")
        # Also no route at all, and a broadcast address.
        for to in (
            "10.8.1.1",
            "10.8.1.2",
            "10.8.1.3",
            "10.7.1.1",
            "10.9.255.255",
            "fd08::1",
            "fd08::2",
            "fd08::3",
            "fd07::1",
        ):
            got = await asyncio.wait_for(burst(pinger, to, count=2, timeout=100), 20)
            assert not got.received, (to, got)
            assert got.unreachable == 2, (to, got)
        assert len((await burst(pinger)).received) == 1


async def what_the_own_firewall_stops_is_lost(pinger: Pinger, raw: bool) -> None:
    nft("output", "ip daddr 10.9.0.3 reject; ip daddr 10.9.0.2 drop")
    with cable(mirror):
        for to in (THERE, OTHER):
            got = await burst(pinger, to, count=2, timeout=0.3)
            assert not got.received, got


async def the_source_address_is_the_one_asked_for(pinger: Pinger, raw: bool) -> None:
    with cable(mirror) as far:
        own("10.9.0.77")
        own("fd09::77")
        for to, source in ((THERE, "10.9.0.77"), (THERE6, "fd09::77")):
            got = await pinger.burst(to, count=1, interval=0, timeout=1, source=source)
            assert len(got.received) == 1, got
            assert far.seen[-1].source == source, far.seen[-1]
        for to, source in ((THERE, "10.9.0.99"), (THERE6, "fd09::99"), (THERE, "fd09::77")):
            with pytest.raises(CannotAsk, match=f"source {source} is not an address") as told:
                await pinger.burst(to, count=1, interval=0, timeout=1, source=source)
            assert told.value.kind == "missing"


async def a_cancelled_burst_leaves_nothing_behind(pinger: Pinger, raw: bool) -> None:
    with cable(silent):
        running = [asyncio.ensure_future(burst(pinger, count=50)) for _ in range(20)]
        await asyncio.sleep(0.2)
        assert pinger.in_flight == 20 * 50
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        assert pinger.in_flight == 0
        descriptors = len(os.listdir("/proc/self/fd"))
        await burst(pinger, timeout=0.1)
        assert (pinger.in_flight, len(os.listdir("/proc/self/fd"))) == (0, descriptors)


async def five_hundred_bursts_at_once_get_their_own_answers(pinger: Pinger, raw: bool) -> None:
    addresses = [f"127.0.{place // 250 + 1}.{place % 250 + 1}" for place in range(500)]
    nft("input", f"ip daddr {{ {', '.join(each for each in addresses if each.endswith('3'))} }} drop")
    bursts = await asyncio.gather(*(burst(pinger, to, count=4, timeout=3) for to in addresses))
    wrong = [(to, got) for to, got in zip(addresses, bursts, strict=True) if bool(got.received) == to.endswith("3")]
    assert not wrong, wrong[:3]
    assert all(len(got.received) in (0, 4) and not got.duplicates for got in bursts), bursts
    assert pinger.in_flight == 0


async def dead_neighbours_do_not_take_the_room_of_the_living(pinger: Pinger, raw: bool) -> None:
    async def to_the_dead(count: int, timeout: float) -> list[Burst]:
        ask = [
            pinger.burst(f"10.9.7.{n}", count=count, interval=0.01, timeout=timeout, size=8000) for n in range(1, 255)
        ]
        return await asyncio.gather(*ask)

    with cable(mirror):
        await to_the_dead(1, timeout=1)  # from now on they are known as silent
        dead = asyncio.ensure_future(to_the_dead(8, timeout=3))  # more than any send buffer holds
        for got in await asyncio.gather(*(burst(pinger, count=8, timeout=2) for _ in range(10))):
            assert len(got.received) == 8, got
        assert not any(got.received for got in await dead)


async def a_flood_of_strangers_starves_nobody(pinger: Pinger, raw: bool) -> None:
    with cable(mirror) as far:
        await burst(pinger)
        flood = [far.seen[0].reply()]
        if not raw:  # a ping socket gets only what carries its identifier
            flood = [replace(flood[0], sequence=0x7FFF)]
        stop = threading.Event()
        thread = threading.Thread(target=lambda: [far.send(flood[0]) for _ in iter(stop.is_set, True)])
        thread.start()
        try:
            turns = 0
            end = time.monotonic() + 1
            while time.monotonic() < end:
                await asyncio.sleep(0)
                turns += 1
            assert turns > 20, turns
            got = await burst(pinger, count=5, timeout=3)
            assert got.received, (got, pinger.ignored)
        finally:
            stop.set()
            thread.join()
        assert pinger.ignored["stray"] > 100, pinger.ignored


async def a_busy_loop_does_not_lengthen_round_trips(pinger: Pinger, raw: bool) -> None:
    with cable(mirror):
        await burst(pinger)
        task = asyncio.ensure_future(burst(pinger, timeout=5))
        await asyncio.sleep(0)  # it has sent
        time.sleep(2)
        got = await task
        assert len(got.received) == 1, got
        assert got.received[0] < 1.5, got


async def identifiers_change(pinger: Pinger, raw: bool) -> None:
    """Whoever holds a broken state for one identifier does not hold the target."""
    with cable(silent) as far:
        held: set[int] = set()

        def answer(request: Echo) -> list[Echo | bytes]:
            if not held:
                held.add(request.identifier)
            return [] if request.identifier in held else [request.reply()]

        far.answer = answer
        impatient = Pinger(renew=0.0)
        assert not (await burst(impatient, timeout=0.3)).received
        assert (await burst(impatient, timeout=3)).received
        impatient.close()


async def without_the_right_it_says_what_to_do(pinger: Pinger, raw: bool) -> None:
    if not raw:
        return  # a ping socket needs no right
    drop_all_rights()
    for address in ("127.0.0.1", "::1"):
        with pytest.raises(CannotAsk, match=r"net\.ipv4\.ping_group_range.*CAP_NET_RAW") as told:
            await burst(pinger, address)
        assert told.value.kind == "permission"


async def one_socket_serves_a_family(pinger: Pinger, raw: bool) -> None:
    await asyncio.gather(*(burst(pinger, f"127.0.1.{n}") for n in range(1, 50)))
    lines = Path("/proc/net/raw" if raw else "/proc/net/icmp").read_text().splitlines()
    assert len(lines) == 2, lines  # a heading and one socket


CASES: tuple[Promise, ...] = (
    answers_come_from_both_families,
    packets_of_any_size_come_back,
    losses_stand_in_the_order_sent,
    duplicates_are_counted,
    reordered_answers_are_counted,
    strangers_are_ignored_and_counted,
    a_router_s_refusal_ends_the_wait,
    what_was_refused_to_one_is_not_held_against_another,
    a_packet_that_must_stay_whole_is_told_what_size_goes_on,
    what_cannot_be_sent_is_lost,
    what_the_own_firewall_stops_is_lost,
    the_source_address_is_the_one_asked_for,
    a_cancelled_burst_leaves_nothing_behind,
    five_hundred_bursts_at_once_get_their_own_answers,
    dead_neighbours_do_not_take_the_room_of_the_living,
    a_flood_of_strangers_starves_nobody,
    a_busy_loop_does_not_lengthen_round_trips,
    identifiers_change,
    without_the_right_it_says_what_to_do,
    one_socket_serves_a_family,
)


def keep(promise: Promise, kind: str) -> None:
    """Runs one case in a network of its own; an exception if the promise is broken."""
    fresh_network(kind)

    async def run() -> None:
        pinger = Pinger()
        try:
            await promise(pinger, kind == "raw")
            assert pinger.in_flight == 0, pinger.in_flight
        finally:
            pinger.close()

    asyncio.run(run())


if __name__ == "__main__":
    sys.stdout.write(
        json.dumps(
            side_by_side(
                {f"{case.__name__} {kind}": partial(keep, case, kind) for case in CASES for kind in ("ping", "raw")}
            )
        )
    )
