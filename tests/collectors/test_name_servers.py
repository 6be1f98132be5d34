"""Name servers as an application: two real dnsmasq, one that lies, one that is dead, through the real way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.core.model import Reading, Target
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from agent.transports.dns import DnsWay
from collectors.application import ApplicationOptions
from collectors.name_servers import COLLECTOR
from tests.collectors.ways import value, values
from tests.dnsmasq import dnsmasq
from tests.peers import free_port

UP, SERVER_UP, ANSWERING = "application_up", "application_dns_server_up", "application_dns_servers_answering"
EXPECTED = "application_dns_expected"
RECORDS = ("host-record=yewu.test,10.30.1.10,fd00::10", "host-record=yibao.test,10.20.1.10", "local=/test/",
           "cname=alias.test,yewu.test", "txt-record=words.test,v=1")  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with dnsmasq(tmp_path_factory.mktemp("good"), *RECORDS) as port:
        yield f"127.0.0.1:{port}"


@pytest.fixture(scope="module")
def lying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with dnsmasq(tmp_path_factory.mktemp("lying"), "address=/test/203.0.113.66") as port:
        yield f"127.0.0.1:{port}"


def reading(dns: dict[str, Any], answer: tuple[str, ...] = (), resolv_conf: Path | None = None) -> Reading:
    options = ApplicationOptions.model_validate({"id": "dns", "role": "dns", "dns": dns, "expect": {"answer": answer}})
    target = Target("application", "dns", "域名解析", options, timeout=2)

    async def main() -> Reading:
        async with reaching() as reach:
            used = replace(reach, dns=DnsWay(resolv_conf=resolv_conf)) if resolv_conf else reach
            return await Runner(used, Snapshot()).run(COLLECTOR, target)

    return asyncio.run(main())


def test_a_server_that_answers_right(good: str) -> None:
    found = reading({"name": "yewu.test", "servers": [good]}, ("10.30.1.10",))
    assert found.failure is None
    assert values(found, UP) == {("dns",): 1}
    assert values(found, SERVER_UP) == {(good,): 1}
    assert value(found, ANSWERING) == 1
    assert values(found, EXPECTED) == {(good, "yewu.test"): 1}
    assert found.diagnoses == ()


@pytest.mark.parametrize(
    ("name", "kind", "answer", "right"),
    [
        ("yewu.test", "A", ("10.30.1.10", "10.30.1.11"), 1),
        ("yewu.test", "A", ("10.30.1.11",), 0),
        ("yewu.test", "AAAA", ("FD00:0::10",), 1),
        ("alias.test", "A", ("10.30.1.10",), 1),
        ("alias.test", "CNAME", ("Yewu.test",), 1),
        ("words.test", "TXT", ("v=1",), 1),
        ("10.30.1.10", "PTR", ("yewu.test",), 1),
        ("gone.test", "A", ("10.30.1.10",), 0),
        ("yibao.test", "AAAA", ("fd00::1",), 0),
    ],
)
def test_an_answer_is_right_if_all_of_it_is_registered(
    good: str, name: str, kind: str, answer: tuple[str, ...], right: float
) -> None:
    found = reading({"name": name, "type": kind, "servers": [good]}, answer)
    assert values(found, EXPECTED) == {(good, name): right}
    assert value(found, UP) == right


def test_several_names_of_several_servers_are_told_each(good: str, lying: str) -> None:
    dead = f"127.0.0.1:{free_port()}"
    names = {"yibao.test": ["10.20.1.10"]}
    found = reading({"name": "yewu.test", "names": names, "servers": [good, lying, dead]}, ("10.30.1.10",))
    assert found.failure is None
    assert values(found, SERVER_UP) == {(good,): 1, (lying,): 1, (dead,): 0}
    assert value(found, ANSWERING) == 2
    assert values(found, EXPECTED) == {
        (good, "yewu.test"): 1,
        (good, "yibao.test"): 1,
        (lying, "yewu.test"): 0,
        (lying, "yibao.test"): 0,
    }
    assert value(found, UP) == 0
    assert [each.said.zh for each in found.diagnoses] == [
        f"{{since}} 起不可用:域名服务器 {lying} 把 yewu.test, yibao.test 解析到没有登记的地址。"
    ]


@pytest.mark.parametrize(("name", "kind"), [("gone.test", "A"), ("yibao.test", "AAAA")])
def test_a_name_without_an_answer_is_told_from_one_with_a_wrong_answer(good: str, name: str, kind: str) -> None:
    found = reading({"name": name, "type": kind, "servers": [good]}, ("10.30.1.10",))
    assert [each.said.zh for each in found.diagnoses] == [
        f"{{since}} 起不可用:域名服务器 {good} 说没有 {name} 这个名字或这种记录,请管域名的人查登记。"
    ]


def test_a_dead_server_beside_a_good_one_does_not_make_the_service_fail(good: str) -> None:
    found = reading({"name": "yewu.test", "servers": [f"127.0.0.1:{free_port()}", good]}, ("10.30.1.10",))
    assert value(found, UP) == 1


def test_without_registered_addresses_an_answer_is_enough(good: str) -> None:
    found = reading({"name": "yewu.test", "servers": [good]})
    assert (value(found, UP), values(found, EXPECTED)) == (1, {})


def test_a_server_that_refuses_gives_no_result(tmp_path: Path) -> None:
    with dnsmasq(tmp_path) as port:  # it knows nobody to ask
        found = reading({"name": "www.example.com", "servers": [f"127.0.0.1:{port}"]}, ("10.0.0.1",))
    assert (value(found, ANSWERING), value(found, UP), values(found, EXPECTED)) == (0, 0, {})
    assert [each.said.en for each in found.diagnoses] == [
        "Down since {since}: the name servers answer REFUSED, and none of them gives a result."
    ]


def test_a_server_whose_name_is_not_known_is_remarked(good: str) -> None:
    found = reading({"name": "yewu.test", "servers": [good, "no-such-host.invalid"]}, ("10.30.1.10",))
    assert values(found, SERVER_UP) == {(good,): 1}
    assert ["no-such-host.invalid" in remark for remark in found.remarks] == [True]


def test_where_no_server_can_be_asked_it_cannot_be_read(tmp_path: Path) -> None:
    found = reading({"name": "yewu.test", "server": "no-such-host.invalid"})
    assert found.failure is not None
    assert found.failure.kind == "resolve"
    (tmp_path / "resolv.conf").write_text("")
    found = reading({"name": "yewu.test"}, resolv_conf=tmp_path / "resolv.conf")
    assert found.failure is not None
    assert "no name server" in found.failure.message


def test_without_servers_the_machines_own_are_asked(tmp_path: Path) -> None:
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.41\nnameserver 127.0.0.42\n")
    found = reading({"name": "yewu.test"}, resolv_conf=tmp_path / "resolv.conf")
    assert values(found, SERVER_UP) == {("127.0.0.41",): 0, ("127.0.0.42",): 0}


def test_other_applications_are_left_to_others() -> None:
    options = ApplicationOptions.model_validate({"id": "a", "tcp": "10.0.0.1:80"})
    assert not COLLECTOR.applies(Target("application", "a", "a", options))
