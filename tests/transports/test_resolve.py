"""Names and addresses: literals at once, names within the deadline, one lookup for all who ask."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import pytest

from agent.core.reach import CannotAsk
from agent.transports.resolve import Found, Resolver, literal, own
from tests.namespace import run_script


@pytest.mark.parametrize(
    ("text", "family", "address"),
    [
        ("10.0.0.1", socket.AF_INET, ("10.0.0.1", 0)),
        ("FD09:0::0:2", socket.AF_INET6, ("fd09::2", 0, 0, 0)),
        ("::1", socket.AF_INET6, ("::1", 0, 0, 0)),
    ],
)
def test_an_address_is_itself_in_the_kernel_s_spelling(text: str, family: int, address: tuple[object, ...]) -> None:
    assert literal(text) == Found(socket.AddressFamily(family), address)


@pytest.mark.parametrize("text", ["", "localhost", "10.0.0", "1.2.3.4.5", "fe80::1%lo", "::g"])
def test_a_name_is_no_address(text: str) -> None:
    assert literal(text) is None


def test_a_name_is_found_and_kept() -> None:
    async def main() -> tuple[Found, Found]:
        resolver = Resolver()
        return await resolver.find("localhost", 20), await resolver.find("localhost", 20)

    first, second = asyncio.run(main())
    assert first is second
    assert first.port(443)[1] == 443
    assert first.address[0] in ("127.0.0.1", "::1")


def test_a_name_known_for_too_long_is_looked_up_again() -> None:
    async def main() -> None:
        resolver = Resolver()
        first = await resolver.every("localhost", 20)
        assert await resolver.every("localhost", 20, age=60) is first
        again = await resolver.every("localhost", 20, age=0)
        assert again == first
        assert again is not first
        assert first[0] == await resolver.find("localhost", 20)

    asyncio.run(main())


def test_a_link_local_address_keeps_its_zone() -> None:
    found = asyncio.run(Resolver().find("fe80::1%lo", 20))
    assert found.address[0] == "fe80::1"
    assert found.address[3] == socket.if_nametoindex("lo")


def test_an_unknown_name_says_what_to_look_at() -> None:
    with pytest.raises(CannotAsk, match=r"nothing\.invalid: .*; check the name, /etc/hosts") as told:
        asyncio.run(Resolver().find("nothing.invalid", 20))
    assert told.value.kind == "resolve"


@pytest.mark.parametrize(("source", "to"), [("240.1.2.3", "127.0.0.1"), ("::1", "127.0.0.1"), ("eth0", "::1")])
def test_a_source_that_is_not_ours_is_refused(source: str, to: str) -> None:
    found = literal(to)
    assert found is not None
    with pytest.raises(CannotAsk, match=f"source {source} is not an address") as told:
        own(source, found)
    assert told.value.kind == "missing"


@pytest.fixture(scope="module")
def seen() -> Any:
    """What a script in a namespace of its own saw."""
    return json.loads(run_script("transports/resolve_cases.py", timeout=30))


def test_many_names_asked_in_one_moment_are_all_found(seen: Any) -> None:
    assert seen["found"] == ["10.0.0.9"]


def test_a_resolver_that_hangs_holds_nobody_past_the_deadline_and_not_the_end_of_the_process(seen: Any) -> None:
    assert seen["kinds"] == ["resolve"] * 40
    assert seen["questions"] == 1, "askers of one name share one lookup"
    assert "lookups are still waiting" in seen["crowded"]
