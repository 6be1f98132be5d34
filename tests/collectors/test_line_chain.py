"""In a chain of real namespaces: the broken segment is named, and the right people are sent for."""

from __future__ import annotations

import json

import pytest

from tests.namespace import run_script
from tests.peers import need

pytestmark = pytest.mark.long


def test_a_fault_of_ours_of_the_carrier_s_and_of_the_server_are_told_apart() -> None:
    need("nft")
    need("tc")
    seen = json.loads(run_script("collectors/line_chain.py", timeout=180))
    assert {segment: each["judged"] for segment, each in seen.items()} == {
        "port": ["port"],
        "carrier": ["carrier"],
        "application": ["application"],
    }
    assert not any(each["before"] for each in seen.values()), "nothing is called broken before it is"
    assert "被关闭(shutdown)" in seen["port"]["zh"]
    assert "拨打电信报障台 10000" in seen["carrier"]["zh"]
    assert "请告诉条线部门" in seen["application"]["zh"]
