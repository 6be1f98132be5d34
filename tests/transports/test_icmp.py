"""Ping, at the wire: the cases of icmp_cases.py run in a network namespace, with ping sockets and with raw ones."""

from __future__ import annotations

import asyncio
import json

import pytest

from agent.core.reach import Burst, CannotAsk
from agent.transports.icmp import Pinger
from tests.namespace import run_script
from tests.peers import need
from tests.transports.icmp_cases import CASES


@pytest.fixture(scope="module")
def outcomes() -> dict[str, str]:
    need("nft")
    found: dict[str, str] = json.loads(run_script("transports/icmp_cases.py"))
    return found


@pytest.mark.parametrize("kind", ["ping", "raw"])
@pytest.mark.parametrize("promise", [case.__name__ for case in CASES])
def test_it_is_kept_that(promise: str, kind: str, outcomes: dict[str, str]) -> None:
    assert outcomes[f"{promise} {kind}"] == "kept"


def ask(address: str, **options: int) -> Burst:
    async def main() -> Burst:
        pinger = Pinger()
        try:
            return await pinger.burst(address, count=3, interval=0.01, timeout=5, **options)
        finally:
            pinger.close()

    return asyncio.run(main())


def test_this_machine_answers_itself_without_any_namespace() -> None:
    try:
        got = ask("127.0.0.1")
    except CannotAsk as error:
        pytest.skip(f"this process has no ICMP right: {error}")
    assert len(got.received) == 3


def test_a_name_without_an_address_cannot_be_asked() -> None:
    with pytest.raises(CannotAsk, match=r"no-such-name\.invalid: ") as told:
        ask("no-such-name.invalid")
    assert told.value.kind == "resolve"


@pytest.mark.parametrize("size", [7, 65508])
def test_a_size_that_no_echo_can_have_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="an echo takes 8 to 65507 bytes"):
        ask("127.0.0.1", size=size)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_the_hop_limit_of_an_answer_is_told_where_one_is_set(address: str) -> None:
    try:
        got, plain = ask(address, hops=7), ask(address)
    except CannotAsk as error:
        pytest.skip(f"this process has no ICMP right, or no IPv6: {error}")
    assert len(got.received) == 3
    assert (got.hops, plain.hops) == (64, None)
