"""/snmp as it is asked: parameters, logins, several modules, filters, the pace of the questions, failures."""

from __future__ import annotations

import asyncio
import gzip
import itertools
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from agent.core.model import Target
from agent.core.reach import Login, SnmpLogin
from agent.core.secrets import Secret
from agent.transports.snmp import SnmpWay
from exporters.asked import Refused
from exporters.snmp.scrape import Scrapes, Wanted
from exporters.web.snmp import TIMEOUT
from tests.exporters.snmp_made import ROOT, serving_modules, site_with, write
from tests.exporters.web_serving import Answer, Served
from tests.snmp_agent import GET, GET_BULK, Asked, SnmpAgent, numbers, reply
from tests.snmp_users import KAY
from tests.snmp_v3_agent import SnmpV3Agent

ROW = {"labelname": "row", "type": "gauge"}
NAME, LOAD = f"{ROOT}.1.1", f"{ROOT}.1.2"
LOADS = {"name": "load", "oid": LOAD, "type": "gauge", "help": "x", "indexes": [ROW]}
NAMES = {"name": "name", "oid": NAME, "type": "DisplayString", "help": "x", "indexes": [ROW]}
MODULES: dict[str, dict[str, Any]] = {
    "if_mib": {"walk": [LOAD], "metrics": [LOADS]},
    "names": {"walk": [NAME], "metrics": [NAMES]},
    "broken": {"walk": [f"{ROOT}.2"], "retries": 0, "timeout": "200ms", "metrics": []},
}
AUTHS: dict[str, dict[str, Any]] = {"public_v2": {}, "secret": {"community": "open-sesame", "version": 1}}
OBJECTS: dict[str, Any] = {f"{NAME}.1": "one", f"{NAME}.2": "two", f"{LOAD}.1": 10, f"{LOAD}.2": 20}


def play(
    folder: Path,
    scenario: Callable[[Served], Awaitable[Any]],
    modules: dict[str, Any] | None = None,
    auths: dict[str, Any] | None = None,
    **facts: Any,
) -> Any:
    """A scenario against a server with these modules, in the current format."""
    file = write(folder / "snmp.yml", {"auths": auths or AUTHS, "modules": modules or MODULES})

    async def whole() -> Any:
        async with serving_modules(file, **facts) as served:
            return await scenario(served)

    return asyncio.run(whole())


def scrape(folder: Path, query: str, **more: Any) -> Answer:
    answer: Answer = play(folder, lambda served: served.get(f"/snmp?{query}"), **more)
    return answer


def series(answer: Answer, beginning: str = "") -> list[str]:
    """The series, without what /snmp says of itself unless the beginning of a name asks for it."""
    assert answer.status == 200, answer.text
    lines = [line for line in answer.text.splitlines() if not line.startswith("#") and line.startswith(beginning)]
    return lines if beginning else [line for line in lines if not line.startswith("snmp_scrape_")]


def test_without_more_the_module_is_if_mib_and_the_auth_public_v2(tmp_path: Path) -> None:
    with SnmpAgent(OBJECTS) as device:
        answer = scrape(tmp_path, f"target=127.0.0.1:{device.port}")
    assert series(answer) == ['load{row="1"} 10', 'load{row="2"} 20']
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_what_the_scrape_took_stands_with_it_by_module(tmp_path: Path) -> None:
    with SnmpAgent(OBJECTS) as device:
        answer = scrape(tmp_path, f"target=127.0.0.1:{device.port}")
    found = dict(line.split(" ") for line in series(answer, "snmp_scrape_"))
    assert found['snmp_scrape_pdus_returned{module="if_mib"}'] == "2"
    assert found['snmp_scrape_packets_sent{module="if_mib"}'] == str(len(device.asked))
    assert found['snmp_scrape_packets_retried{module="if_mib"}'] == "0"
    walked, whole = (float(found[f'snmp_scrape_{each}duration_seconds{{module="if_mib"}}']) for each in ("walk_", ""))
    assert 0 < walked <= whole


@pytest.mark.parametrize(("root", "kinds"), [(f"{ROOT}.1.0", [GET_BULK, GET]), (f"{ROOT}.9", [GET_BULK])])
def test_a_walk_of_nothing_asks_for_its_root_unless_the_mib_ends_there(
    tmp_path: Path, root: str, kinds: list[int]
) -> None:
    """As snmp_exporter 0.21 was seen to do it."""
    with SnmpAgent(OBJECTS) as device:
        modules = {"if_mib": {"walk": [root], "metrics": [LOADS]}}
        assert series(scrape(tmp_path, f"target=127.0.0.1:{device.port}", modules=modules)) == []
        assert [asked.kind for asked in device.asked] == kinds


@pytest.mark.parametrize("query", ["module=if_mib,names", "module=if_mib&module=names,if_mib,"])
def test_several_modules_come_in_one_answer(tmp_path: Path, query: str) -> None:
    with SnmpAgent(OBJECTS) as device:
        answer = scrape(tmp_path, f"target=127.0.0.1:{device.port}&{query}")
    named = ['name{name="one",row="1"} 1', 'name{name="two",row="2"} 1']
    assert series(answer) == ['load{row="1"} 10', 'load{row="2"} 20', *named]
    assert len(series(answer, "snmp_scrape_pdus_returned")) == 2


def only_tables(asked: Asked, answer: bytes) -> Iterable[bytes]:
    """Silent where the module `broken` asks."""
    return () if asked.oids[0][: len(numbers(ROOT)) + 1] == numbers(f"{ROOT}.2") else (answer,)


def test_a_module_that_fails_does_not_cost_the_others(tmp_path: Path) -> None:
    with SnmpAgent(OBJECTS, behave=only_tables) as device:
        answer = scrape(tmp_path, f"target=127.0.0.1:{device.port}&module=broken,if_mib")
        alone = scrape(tmp_path, f"target=127.0.0.1:{device.port}&module=broken")
    assert series(answer) == ['load{row="1"} 10', 'load{row="2"} 20']
    assert alone.status == 500
    assert f"error walking target 127.0.0.1:{device.port}: no answer from 127.0.0.1:{device.port}" in alone.text


def test_series_that_two_modules_give_stand_once(tmp_path: Path) -> None:
    modules = {**MODULES, "again": MODULES["if_mib"]}
    with SnmpAgent(OBJECTS) as device:
        answer = scrape(tmp_path, f"target=127.0.0.1:{device.port}&module=if_mib,again", modules=modules)
    assert series(answer) == ['load{row="1"} 10', 'load{row="2"} 20']


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "'target' parameter must be specified once"),
        ("target=a&target=b", "'target' parameter must be specified once"),
        ("target=a&module=", "'module' parameter must contain at least one module name"),
        ("target=a&module=none", "Unknown module 'none'"),
        ("target=a&auth=none", "Unknown auth 'none'"),
        ("target=a&auth=b&auth=c", "'auth' parameter must only be specified once"),
        ("target=a&snmp_context=b&snmp_context=c", "'snmp_context' parameter must only be specified once"),
    ],
)
def test_a_wrong_request_is_refused_with_the_reason(tmp_path: Path, query: str, said: str) -> None:
    answer = scrape(tmp_path, query)
    assert (answer.status, answer.text) == (400, said + "\n")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("tcp://127.0.0.1", "SNMP is spoken over UDP"),
        ("127.0.0.1:x", "a port is a number"),
        ("%0a", "expected an address"),
    ],
)
def test_a_target_that_cannot_be_one_is_an_error_of_the_scrape(tmp_path: Path, target: str, said: str) -> None:
    answer = scrape(tmp_path, f"target={target}")
    assert answer.status == 500
    assert answer.text.startswith("An error has occurred while serving metrics:\n\nerror connecting to target")
    assert said in answer.text


def test_without_snmp_modules_in_agent_yaml_nothing_is_asked() -> None:
    async def whole() -> Answer:
        async with serving_modules(None) as served:
            return await served.get("/snmp?target=127.0.0.1")

    answer = asyncio.run(whole())
    assert answer.status == 404
    assert "snmp_modules" in answer.text


def test_a_file_with_a_mistake_is_an_error_that_names_it(tmp_path: Path) -> None:
    answer = scrape(tmp_path, "target=127.0.0.1&module=m", modules={"m": {"colour": "red"}})
    assert answer.status == 500
    assert f"{tmp_path}/snmp.yml: m.colour: unknown key" in answer.text


def test_a_page_of_another_origin_has_nothing_asked(tmp_path: Path) -> None:
    with SnmpAgent(OBJECTS) as device:
        path, headers = f"/snmp?target=127.0.0.1:{device.port}", {"Sec-Fetch-Site": "cross-site"}
        answer = play(tmp_path, lambda served: served.get(path, headers=headers))
    assert answer.status == 403
    assert device.asked == []


def test_a_long_answer_is_compressed_on_demand(tmp_path: Path) -> None:
    objects = {f"{LOAD}.{row}": row for row in range(500)}
    with SnmpAgent(objects) as device:
        path, headers = f"/snmp?target=127.0.0.1:{device.port}", {"Accept-Encoding": "gzip"}
        answer = play(tmp_path, lambda served: served.get(path, headers=headers))
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body).count(b"\nload{") == 500


def test_those_who_ask_the_same_at_the_same_time_share_one_scrape(tmp_path: Path) -> None:
    with SnmpAgent(OBJECTS) as device:
        path = f"/snmp?target=127.0.0.1:{device.port}"

        async def crowd(served: Served) -> list[Answer]:
            await served.get(path)  # what a first request reads of the file is read
            device.asked.clear()
            return await asyncio.gather(*[served.get(path) for _ in range(8)])

        answers = play(tmp_path, crowd)
    assert {answer.status for answer in answers} == {200}
    assert len(device.asked) < 8


# Logins


def login(community: str, port: int = 161, name: str = "room") -> Login:
    return Login(name, SnmpLogin("2c", Secret(community), port=port))


def test_an_auth_of_the_file_is_found_by_name(tmp_path: Path) -> None:
    with SnmpAgent(OBJECTS, "open-sesame") as device:
        answer = scrape(tmp_path, f"target=127.0.0.1:{device.port}&auth=secret")
    assert len(series(answer)) == 2
    assert {asked.version for asked in device.asked} == {0}


def test_credentials_of_agent_yaml_come_before_those_of_the_file_and_bring_their_port(tmp_path: Path) -> None:
    with SnmpAgent(OBJECTS, "from-agent-yaml") as device:
        logins = {"secret": login("from-agent-yaml", device.port)}
        answer = scrape(tmp_path, "target=127.0.0.1&auth=secret", logins=logins)
    assert len(series(answer)) == 2


def test_credentials_of_agent_yaml_go_to_its_own_devices_only_when_others_ask(tmp_path: Path) -> None:
    """Or whoever reaches the page could have a community sent to himself."""
    file = write(tmp_path / "snmp.yml", {"auths": AUTHS, "modules": MODULES})

    async def ask(target: str, **facts: Any) -> None:
        with SnmpAgent(OBJECTS, "secret") as device:
            ours = login("secret", device.port)
            site = site_with(
                file, logins={"room": ours}, targets=(Target("switch", "core", "core", None, "127.0.0.1", ours),)
            )
            way = SnmpWay()
            await Scrapes(lambda: site, lambda: way).body(Wanted(target, ("if_mib",), "room", **facts))

    asyncio.run(ask("127.0.0.1", local=False))
    asyncio.run(ask("localhost", local=True))
    with pytest.raises(Refused, match=r"go only to addresses that agent\.yaml names with them"):
        asyncio.run(ask("localhost", local=False))


def test_an_auth_of_version_3_signs_and_encrypts(tmp_path: Path) -> None:
    auth = {
        "version": 3, "username": KAY.name, "security_level": "authPriv", "auth_protocol": KAY.auth,
        "password": KAY.auth_password, "priv_protocol": "AES", "priv_password": KAY.privacy_password,
    }  # fmt: skip
    with SnmpV3Agent(OBJECTS, users=[KAY]) as device:
        answer = scrape(tmp_path, f"target=127.0.0.1:{device.port}&auth=strong", auths={"strong": auth})
    assert len(series(answer)) == 2


def test_modules_in_the_format_of_0_21_bring_their_login_and_label_nothing(tmp_path: Path) -> None:
    file = write(tmp_path / "old.yml", {"old": {**MODULES["if_mib"], "version": 1, "auth": {"community": "old"}}})

    async def whole(query: str) -> Answer:
        async with serving_modules(file) as served:
            return await served.get(f"/snmp?target=127.0.0.1:{device.port}&module=old{query}")

    with SnmpAgent(OBJECTS, "old") as device:
        answer = asyncio.run(whole(""))
        named = asyncio.run(whole("&auth=public_v2"))
        unknown = asyncio.run(whole("&auth=other"))
    assert series(answer) == series(named) == ['load{row="1"} 10', 'load{row="2"} 20']
    assert series(answer, "snmp_scrape_pdus_returned") == ["snmp_scrape_pdus_returned 2"]
    assert {asked.version for asked in device.asked} == {0}
    assert unknown.status == 400


def test_no_answer_shows_a_community(tmp_path: Path) -> None:
    with SnmpAgent(OBJECTS, "another") as device:
        path, headers = (
            f"/snmp?target=127.0.0.1:{device.port}&auth=secret",
            {"X-Prometheus-Scrape-Timeout-Seconds": "0.3"},
        )
        answer = play(tmp_path, lambda served: served.get(path, headers=headers))
    assert answer.status == 500
    assert "sesame" not in answer.text


# The pace and the choice of questions


def with_metrics(**facts: Any) -> dict[str, Any]:
    return {"if_mib": {**MODULES["if_mib"], **facts}}


def test_a_module_says_how_much_is_asked_at_once(tmp_path: Path) -> None:
    gets = [f"{NAME}.1", f"{NAME}.2", f"{NAME}.3"]
    with SnmpAgent(OBJECTS) as device:
        scrape(tmp_path, f"target=127.0.0.1:{device.port}", modules=with_metrics(max_repetitions=2, get=gets))
    assert {asked.second for asked in device.asked if asked.kind == GET_BULK} == {2}
    assert [len(asked.oids) for asked in device.asked if asked.kind == GET] == [2, 1]


def test_a_module_says_how_often_a_question_is_put(tmp_path: Path) -> None:
    turns = itertools.count()

    def third_time(asked: Asked, answer: bytes) -> Iterable[bytes]:
        return (answer,) if next(turns) >= 2 else ()

    with SnmpAgent(OBJECTS, behave=third_time) as device:
        modules = with_metrics(retries=2, timeout="100ms")
        answer = scrape(tmp_path, f"target=127.0.0.1:{device.port}", modules=modules)
    assert series(answer, "snmp_scrape_packets_retried") == ['snmp_scrape_packets_retried{module="if_mib"} 2']
    turns = itertools.count()
    with SnmpAgent(OBJECTS, behave=third_time) as device:
        answer = scrape(tmp_path, f"target=127.0.0.1:{device.port}", modules=with_metrics(retries=1, timeout="100ms"))
    assert answer.status == 500
    assert len(device.asked) == 2


def test_the_clients_timeout_ends_the_scrape(tmp_path: Path) -> None:
    with SnmpAgent(OBJECTS, "another") as device:
        path, headers = f"/snmp?target=127.0.0.1:{device.port}", {TIMEOUT: "0.5"}
        answer = play(tmp_path, lambda served: served.get(path, headers=headers))
    assert answer.status == 500
    assert "no answer" in answer.text


def test_a_walk_of_one_object_gives_that_object(tmp_path: Path) -> None:
    with SnmpAgent(OBJECTS) as device:
        answer = scrape(tmp_path, f"target=127.0.0.1:{device.port}", modules=with_metrics(walk=[f"{LOAD}.1"]))
    assert series(answer) == ['load{row="1"} 10']


def test_filters_let_only_the_rows_through_that_all_of_them_do(tmp_path: Path) -> None:
    objects = {f"{NAME}.{row}": f"port {row}" for row in range(1, 6)} | {f"{LOAD}.{row}": row for row in range(1, 6)}
    modules = with_metrics(
        get=[f"{LOAD}.5"],
        filters=[
            {"oid": NAME, "targets": [LOAD], "values": ["[1-3]$", "4"]},
            {"oid": LOAD, "targets": [LOAD], "values": ["2", "4", "5"]},
        ],
    )
    with SnmpAgent(objects) as device:
        answer = scrape(tmp_path, f"target=127.0.0.1:{device.port}", modules=modules)
    assert series(answer) == ['load{row="2"} 2', 'load{row="4"} 4']


def test_a_filter_whose_column_cannot_be_read_filters_nothing(tmp_path: Path) -> None:
    modules = with_metrics(
        retries=0, timeout="200ms", filters=[{"oid": f"{ROOT}.2", "targets": [LOAD], "values": ["x"]}]
    )
    with SnmpAgent(OBJECTS, behave=only_tables) as device:
        answer = scrape(tmp_path, f"target=127.0.0.1:{device.port}", modules=modules)
    assert len(series(answer)) == 2


def unsorted(asked: Asked, answer: bytes) -> Iterable[bytes]:
    """Rows 2, 1, then the end."""
    order = {numbers(LOAD): [(numbers(f"{LOAD}.2"), 20), (numbers(f"{LOAD}.1"), 10)]}
    return (reply(asked, order.get(asked.oids[0], [(numbers(f"{ROOT}.9"), 0)])),)


def test_an_agent_that_cannot_sort_is_walked_where_the_module_allows_it(tmp_path: Path) -> None:
    with SnmpAgent(OBJECTS, behave=unsorted) as device:
        refused = scrape(tmp_path, f"target=127.0.0.1:{device.port}")
        modules = with_metrics(allow_nonincreasing_oids=True)
        answer = scrape(tmp_path, f"target=127.0.0.1:{device.port}", modules=modules)
    assert refused.status == 500
    assert "which does not come after it" in refused.text
    assert series(answer) == ['load{row="2"} 20', 'load{row="1"} 10']


def test_an_agent_that_repeats_itself_is_ended_even_so(tmp_path: Path) -> None:
    def again(asked: Asked, answer: bytes) -> Iterable[bytes]:
        return (reply(asked, [(numbers(f"{LOAD}.2"), 20), (numbers(f"{LOAD}.1"), 10)]),)

    with SnmpAgent(OBJECTS, behave=again) as device:
        modules = with_metrics(allow_nonincreasing_oids=True)
        answer = scrape(tmp_path, f"target=127.0.0.1:{device.port}", modules=modules)
    assert answer.status == 500
    assert len(device.asked) == 2
