"""What a collector remarks stands in what `poll` prints: in Chinese or English by `language`, in JSON in both."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.simulated_switch import Port, switch_objects
from tests.snmp_agent import SnmpAgent

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
ZH = "switch core 没有端口 GE1/0/9 (≈ GE1/0/1):请按设备自己的叫法(ifName 或 ifDescr)写;它有 GE1/0/1"
EN = "switch core has no port GE1/0/9 (≈ GE1/0/1): write it as the device names it (ifName or ifDescr); it has GE1/0/1"


@pytest.fixture(scope="module")
def poll(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """A switch of which agent.yaml names a port that it does not have, polled by the command."""
    folder = tmp_path_factory.mktemp("centre")
    with SnmpAgent(switch_objects([Port(1, "GE1/0/1")])) as peer:

        def run(language: str, *words: str) -> str:
            (folder / "agent.yaml").write_text(
                f"language: {language}\n"
                "switches: [{id: core, address: 127.0.0.1, credentials: room, uplinks: [GE1/0/9]}]\n"
                f"credentials: {{room: {{snmp: {{version: 2c, community: public, port: {peer.port}}}}}}}\n",
                encoding="utf-8",
            )
            argv = [SHOUWANG, "poll", "core", "-c", str(folder / "agent.yaml"), *words]
            return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False).stdout

        yield run


@pytest.mark.parametrize(("language", "said"), [("zh", ZH), ("en", EN)], ids=["zh", "en"])
def test_a_remark_is_in_the_language_of_the_site(poll: Callable[..., str], language: str, said: str) -> None:
    assert f"  ! {said}\n" in poll(language)


def test_json_gives_remarks_in_both_languages(poll: Callable[..., str]) -> None:
    readings = json.loads(poll("zh", "--format", "json"))
    assert {each["collector"]: each["remarks"] for each in readings if each["remarks"]} == {
        "switch": [{"zh": ZH, "en": EN}]
    }
