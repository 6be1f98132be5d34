"""Names of applications: without address, with twenty, changing between polls, at a name server that is silent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.namespace import run_script

NO_NAME = "{{since}} 起不可用:名称 {}.example 解析不出地址,域名服务器说没有,请查域名登记。"


@pytest.fixture(scope="module")
def found() -> Any:
    return json.loads(run_script("collectors/application_names_cases.py", timeout=60))


@pytest.mark.parametrize("name", ["gone", "empty"])
def test_a_name_without_an_address_is_down_since_nobody_can_reach_it(name: str, found: Any) -> None:
    told = found[name]
    assert (told["up"], told["failure"], told["why"]) == (0, None, [NO_NAME.format(name)])


def test_a_name_without_an_address_is_down_by_tcp_too(found: Any) -> None:
    told = found["gone by tcp"]
    assert (told["up"], told["failure"], told["why"]) == (0, None, [NO_NAME.format("gone")])


@pytest.mark.parametrize("name", ["broken", "silent"])
def test_a_name_server_that_does_not_answer_leaves_the_application_unread_in_time(name: str, found: Any) -> None:
    told = found[name]
    assert (told["up"], told["failure"], told["why"]) == (None, "resolve", [])
    assert told["seconds"] < 2


@pytest.mark.parametrize("name", ["good", "moving", "many"])
def test_a_name_that_leads_to_the_server_is_up_whatever_else_it_leads_to(name: str, found: Any) -> None:
    told = found[name]
    assert (told["up"], told["failure"]) == (1, None)
    assert told["seconds"] < 2


def test_a_name_that_leads_elsewhere_since_the_last_poll_is_followed(found: Any) -> None:
    assert (found["moved"]["up"], found["moved"]["failure"]) == (0, None)
    assert "拒绝连接" in found["moved"]["why"][0]
