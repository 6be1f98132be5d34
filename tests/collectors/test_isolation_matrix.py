"""What `isolation` of agent.yaml may say, which connections that makes, and what their outcomes say of the matrix."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from agent.core.model import Target
from agent.core.reach import Poll, Reach, ReachError, Refusal, Unanswered
from agent.core.text import spoken
from collectors.host.options import HostOptions
from collectors.isolation.matrix import MOST, Matrix, Try, matrix
from collectors.isolation.options import IsolationOptions
from collectors.isolation.outcome import Outcome
from collectors.isolation.trying import tried
from collectors.isolation.verdict import is_open, managed, remarks, settled, unexpected
from tests.collectors.vantage import V2C, V3, Centre

WEB = Target("host", "web", "web", address="10.1.0.9")
CORE = Target("switch", "core", "core", address="10.0.0.1", login=V3)
EDGE = Target("switch", "edge", "edge", address="10.0.0.2", login=V2C)
UPS = Target("machine_room", "ups", "ups", address="10.0.0.10")
LINE = Target("line", "yibao", "yibao")
CENTRE = Centre(WEB, CORE, EDGE, UPS, LINE)


def entry(**said: Any) -> IsolationOptions:
    return IsolationOptions.model_validate({"from": "web", "port": 22, **said})


def of(*entries: IsolationOptions) -> Matrix:
    return matrix(WEB, entries, CENTRE)


def pairs(found: Matrix) -> list[tuple[str, str, int]]:
    return [(each.to, each.address, each.port) for each in found.tries]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (22, (22,)),
        ("22", (22,)),
        ("8000-8019", tuple(range(8000, 8020))),
        ([443, "22", "8000-8001", 22], (22, 443, 8000, 8001)),
        ("65535", (65535,)),
    ],
)
def test_ports_are_one_a_range_or_a_list(written: Any, read: tuple[int, ...]) -> None:
    assert entry(to="core", port=written).port == read


@pytest.mark.parametrize(
    "written",
    [0, -1, 65536, "22;id", "22-", "30-20", "8000-8020", list(range(1, 22)), [], None, True, 2.5, "", [[22]], "９"],
)
def test_what_is_no_port_or_too_many_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        entry(to="core", port=written)


@pytest.mark.parametrize(
    "written", ["$(id)", "-z", "10.0.0.1:22", "a b", "a;b", "'", "1.2.3", "", None, "10.0.0.256", ["switches"], {}]
)
def test_what_is_neither_address_nor_id_nor_section_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        entry(to=written)


def test_the_form_of_the_first_version_still_says_what_it_said() -> None:
    (only,) = of(entry(to="10.0.0.1", port=23, allowed=False)).tries
    assert only == Try("core", "10.0.0.1", 23, False, "fail", "switch", True)
    assert entry(to="10.9.9.9").allowed is False


def test_a_section_is_all_of_its_targets_but_the_vantage_itself() -> None:
    assert pairs(of(entry(to="switches"))) == [("core", "10.0.0.1", 22), ("edge", "10.0.0.2", 22)]
    assert pairs(of(entry(to="machine_room"))) == [("ups", "10.0.0.10", 22)]
    empty = of(entry(to="hosts"))
    assert (empty.tries, [each.en for each in empty.remarks]) == (
        (),
        ["isolation: there is nothing to try in the section hosts"],
    )
    assert of(entry(to="10.1.0.9"), entry(to="web")) == Matrix(())


def test_what_is_no_target_is_an_address_and_a_target_without_one_is_said() -> None:
    found = of(entry(to="db.example"), entry(to="fd00::1"), entry(to="yibao"))
    assert pairs(found) == [("db.example", "db.example", 22), ("fd00::1", "fd00::1", 22)]
    assert [each.en for each in found.remarks] == [
        "isolation: yibao has no address to try; write the address that is meant"
    ]


def test_what_names_one_goes_before_a_section_and_a_later_entry_before_an_earlier() -> None:
    found = of(
        entry(to="core", allowed=True), entry(to="switches"), entry(to="edge"), entry(to="edge", severity="warn")
    )
    assert [(each.to, each.allowed, each.severity) for each in found.tries] == [
        ("core", True, "fail"),
        ("edge", False, "warn"),
    ]


def test_how_grave_an_opening_is_the_entry_says_or_else_whether_the_service_only_answers() -> None:
    found = of(entry(to="core", port=[22, 53, 161, 443]), entry(to="edge", port=53, severity="fail"))
    assert [(each.to, each.port, each.severity) for each in found.tries] == [
        ("core", 22, "fail"),
        ("core", 53, "warn"),
        ("core", 161, "warn"),
        ("core", 443, "fail"),
        ("edge", 53, "fail"),
    ]


def test_twenty_ports_of_a_pair_are_tried_and_the_rest_is_told_and_no_pass() -> None:
    found = of(entry(to="core", port="1-20"), entry(to="10.0.0.1", port="21-25"))
    assert len(found.tries) == 20
    assert [each.port for each in found.left] == [21, 22, 23, 24, 25]
    shut: dict[Try, Outcome] = dict.fromkeys(found.tries, "refused")
    assert list(unexpected("web", found, shut)) == []
    assert [each.en for each in remarks("web", found, shut)] == [
        "not known: web to core, port 21-25 (beyond 20 of a pair or 1000 of a host); that is no pass"
    ]


def test_a_host_tries_no_more_than_its_share() -> None:
    many = Centre(WEB, *(Target("switch", f"s{n:03}", "", address=f"10.2.0.{n}") for n in range(60)))
    found = matrix(WEB, [entry(to="switches", port="1-20")], many)
    assert (len(found.tries), len(found.left)) == (MOST, 200)


def judged(entries: list[IsolationOptions], outcome: dict[tuple[str, int], Outcome]) -> Any:
    found = of(*entries)
    outcomes = {each: outcome[each.to, each.port] for each in found.tries}
    samples = {each.labels: each.value for each in unexpected("web", found, outcomes)}
    told = {
        (to, each.labels): each.value for to, its in managed("web", found, outcomes).items() for each in its.samples
    }
    return samples, told, [spoken(each, "en") for each in remarks("web", found, outcomes)], settled(found, outcomes)


def test_of_each_pair_and_severity_the_open_ports_are_counted() -> None:
    entries = [entry(to="core", port=[22, 23, 53, 80])]
    samples, told, (said_,), calm = judged(
        entries, {("core", 22): "open", ("core", 23): "silent", ("core", 53): "refused", ("core", 80): "open"}
    )
    assert samples == {("web", "core", "fail"): 2, ("web", "core", "warn"): 0}
    assert told == {("core", ("web", "22")): 1, ("core", ("web", "23")): 0}
    assert said_.startswith("open though not allowed: web reaches core on port 22, 80;")
    assert not calm


@pytest.mark.parametrize("unknown", ["unresolved", "unsure", "no_route", "forbidden", "untried", "failed"])
def test_what_is_not_known_is_no_pass_and_hides_no_opening(unknown: Outcome) -> None:
    entries = [entry(to="core", port=[22, 80])]
    samples, told, (said_,), calm = judged(entries, {("core", 22): unknown, ("core", 80): "silent"})
    assert (samples, told, calm) == ({}, {}, False)
    assert said_.startswith("not known: web to core, port 22 (")
    samples, *_ = judged(entries, {("core", 22): unknown, ("core", 80): "open"})
    assert samples == {("web", "core", "fail"): 1}


def test_what_is_allowed_is_never_unexpected_and_told_where_it_is_shut() -> None:
    entries = [entry(to="core", port=[22, 443], allowed=True)]
    samples, told, (said_,), calm = judged(entries, {("core", 22): "open", ("core", 443): "refused"})
    assert (samples, told, calm) == ({}, {}, False)
    assert said_.startswith("allowed and yet shut: web to core, port 443 (refused);")
    assert judged(entries, {("core", 22): "open", ("core", 443): "open"}) == ({}, {}, [], True)


def test_what_is_allowed_and_has_no_route_is_shut() -> None:
    *_, (said_,), calm = judged([entry(to="core", allowed=True)], {("core", 22): "no_route"})
    assert said_.startswith("allowed and yet shut: web to core, port 22 (that host has no route there")
    assert not calm


def test_all_as_it_should_be_is_zero_for_each_pair_and_says_nothing() -> None:
    samples, told, said_, calm = judged(
        [entry(to="switches", port=[22, 161]), entry(to="ups", port=443), entry(to="10.7.7.7")],
        {
            ("core", 22): "silent",
            ("core", 161): "silent",
            ("edge", 22): "unreachable",
            ("edge", 161): "refused",
            ("ups", 443): "silent",
            ("10.7.7.7", 22): "refused",
        },
    )
    assert list(samples.values()) == [0] * 6
    assert list(told.values()) == [0] * 4, "of switches and hosts, not of a UPS or an address"
    assert (said_, calm) == ([], True)


def test_many_openings_are_told_in_few_sentences() -> None:
    many = Centre(WEB, *(Target("switch", f"s{n:03}", "", address=f"10.2.0.{n}") for n in range(60)))
    found = matrix(WEB, [entry(to="switches")], many)
    told = [spoken(each, "en") for each in remarks("web", found, dict.fromkeys(found.tries, "open"))]
    assert len(told) == 21
    assert told[-1] == "and 40 more like these"


def test_a_silent_snmp_port_is_shut_only_where_the_device_is_known_to_speak_version_3() -> None:
    one = Try("core", "10.0.0.1", 161, False, "warn", "switch", answers=True)
    assert is_open(one, "silent") is False
    assert is_open(replace(one, answers=False), "silent") is None
    assert is_open(replace(one, answers=False), "refused") is False
    assert is_open(replace(one, answers=False), "open") is True
    assert is_open(replace(one, port=22, answers=False), "silent") is False


class Refusing:
    """A way by TCP that ends as it is told to."""

    def __init__(self, error: ReachError) -> None:
        self._error = error

    async def connect(self, *_: object, **__: object) -> float:
        raise self._error


@pytest.mark.parametrize(
    ("kind", "refusal", "address", "outcome"),
    [
        ("unreachable", Refusal("", "no_route"), "fd00::1", "no_route"),
        ("unreachable", Refusal("10.0.0.254", "no_route"), "10.9.9.9", "unreachable"),
        ("timeout", None, "10.9.9.9", "silent"),
        ("timeout", None, "db.example", "unsure"),
        ("refused", None, "db.example", "refused"),
    ],
)
def test_from_the_agents_own_machine_a_missing_route_or_name_is_no_shut_port(
    kind: str, refusal: Refusal | None, address: str, outcome: Outcome
) -> None:
    error = Unanswered(kind, "")
    error.refusal = refusal
    own = replace(WEB, options=HostOptions.model_validate({"id": "web", "address": "localhost"}))
    reach: Any = Reach(None, Refusing(error), None)  # type: ignore[arg-type]  # no other way is taken
    one = Try("x", address, 22, False, "fail")
    assert asyncio.run(tried(own, Poll(reach, 0.0, 0.0, {}), [one])) == {one: outcome}
