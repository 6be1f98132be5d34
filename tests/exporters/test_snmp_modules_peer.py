"""/snmp beside the real snmp_exporter: the same device, the same modules, the same series."""

from __future__ import annotations

import asyncio
import contextlib
import re
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.exporters.snmp_made import ROOT, module, serving_modules, write
from tests.exporters.snmp_scattered import scattered
from tests.peers import free_port, need, running, until
from tests.snmp_agent import Asked, SnmpAgent, numbers, reply, ticks

TIMES = re.compile(r"snmp_scrape_(walk_)?duration_seconds ")


@contextlib.contextmanager
def exporter(modules: Path, folder: Path) -> Iterator[int]:
    port = free_port()
    argv = [need("prometheus-snmp-exporter"), f"--config.file={modules}", f"--web.listen-address=127.0.0.1:{port}"]
    with running(argv, folder / "exporter.log"):
        until(lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics"), why="snmp_exporter listens")
        yield port


def ask(port: int, query: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/snmp?{query}", timeout=30) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")


def ours(modules: Path, query: str) -> tuple[int, str]:
    async def whole() -> tuple[int, str]:
        async with serving_modules(modules) as served:
            answer = await served.get(f"/snmp?{query}")
            return answer.status, answer.text

    return asyncio.run(whole())


def both(modules: Path, folder: Path, query: str) -> tuple[tuple[int, str], tuple[int, str]]:
    """Status and body of ours and of the exporter's."""
    with exporter(modules, folder) as port:
        return ours(modules, query), ask(port, query)


def series(body: str) -> list[str]:
    """Every line, with numbers written in one way, durations blanked and what /snmp says of itself in its own words."""
    found = []
    for line in body.removesuffix("\n").split("\n"):
        name, _, value = line.rpartition(" ")
        if line.startswith("#"):
            found.append("" if line.startswith("# HELP snmp_") else line)
        else:
            found.append(name if TIMES.match(line) else f"{name} {float(value)!r}")
    return sorted(found)


def test_every_type_index_and_lookup_gives_the_same_series(tmp_path: Path) -> None:
    made, objects = module()
    modules = write(tmp_path / "snmp.yml", {"made": made})
    with SnmpAgent(objects) as device:
        mine, theirs = both(modules, tmp_path, f"module=made&target=127.0.0.1:{device.port}")
    assert (mine[0], theirs[0]) == (200, 200), theirs[1]
    assert series(mine[1]) == series(theirs[1])


def test_text_that_is_not_utf_8_costs_the_other_its_scrape_and_is_shown_clean_here(tmp_path: Path) -> None:
    metric = {"name": "name", "oid": f"{ROOT}.1", "type": "DisplayString", "help": "x"}
    modules = write(tmp_path / "snmp.yml", {"made": {"walk": [f"{ROOT}.1"], "metrics": [metric]}})
    with SnmpAgent({f"{ROOT}.1.0": "机房".encode("gb18030")}) as device:
        mine, theirs = both(modules, tmp_path, f"module=made&target=127.0.0.1:{device.port}")
    assert theirs[0] == 500
    assert "utf-8" in theirs[1].lower()
    assert 'name{name="机房"} 1\n' in mine[1]


def test_two_series_of_the_same_labels_cost_the_other_its_scrape_and_the_first_is_shown_here(tmp_path: Path) -> None:
    lookups = [
        {"labels": ["row"], "labelname": "name", "oid": f"{ROOT}.2", "type": "DisplayString"},
        {"labels": [], "labelname": "row"},
    ]
    indexes = [{"labelname": "row", "type": "gauge"}]
    metric = {"name": "load", "oid": f"{ROOT}.1", "type": "gauge", "help": "x", "indexes": indexes, "lookups": lookups}
    modules = write(tmp_path / "snmp.yml", {"made": {"walk": [ROOT], "metrics": [metric]}})
    objects = {f"{ROOT}.1.1": 10, f"{ROOT}.1.2": 20, f"{ROOT}.2.1": "same", f"{ROOT}.2.2": "same"}
    with SnmpAgent(objects) as device:
        mine, theirs = both(modules, tmp_path, f"module=made&target=127.0.0.1:{device.port}")
    assert theirs[0] == 500
    assert "collected before with the same name and label values" in theirs[1]
    assert mine[1].count("load{") == 1
    assert 'load{name="same"} 10\n' in mine[1]


def test_a_version_1_device_gives_the_same_series(tmp_path: Path) -> None:
    made, objects = module()
    objects = {oid: value for oid, value in objects.items() if getattr(value, "tag", 0) != 0x46}
    modules = write(tmp_path / "snmp.yml", {"made": {**made, "version": 1, "auth": {"community": "old"}}})
    with SnmpAgent(objects, "old") as device:
        mine, theirs = both(modules, tmp_path, f"module=made&target=127.0.0.1:{device.port}")
    assert (mine[0], theirs[0]) == (200, 200), theirs[1]
    assert series(mine[1]) == series(theirs[1])


@pytest.mark.parametrize(
    "query",
    ["", "target=", "target=127.0.0.1&target=127.0.0.2", "target=127.0.0.1&module=none"],
)
def test_a_wrong_request_is_refused_in_the_same_words(tmp_path: Path, query: str) -> None:
    modules = write(tmp_path / "snmp.yml", {"made": module()[0]})
    mine, theirs = both(modules, tmp_path, query)
    assert mine == theirs
    assert mine[0] == 400


def test_a_device_that_does_not_answer_is_an_error_here_and_there(tmp_path: Path) -> None:
    made = {**module()[0], "retries": 0, "timeout": "300ms"}
    modules = write(tmp_path / "snmp.yml", {"made": made})
    with SnmpAgent({}, "another") as device:
        mine, theirs = both(modules, tmp_path, f"module=made&target=127.0.0.1:{device.port}")
    head = "An error has occurred while serving metrics:\n\n"
    assert (mine[0], theirs[0]) == (500, 500)
    assert mine[1].startswith(head)
    assert theirs[1].startswith(head)
    assert "error getting target 127.0.0.1" in mine[1]
    assert "error getting target 127.0.0.1" in theirs[1]


def compared(folder: Path, objects: dict[str, Any], metric: dict[str, Any], **device_facts: Any) -> tuple[Any, Any]:
    """Both on a device with one metric."""
    made = {"walk": [ROOT], "metrics": [{"name": "a", "oid": f"{ROOT}.1", "help": "x", **metric}]}
    modules = write(folder / "snmp.yml", {"made": made})
    with SnmpAgent(objects, **device_facts) as device:
        return both(modules, folder, f"module=made&target=127.0.0.1:{device.port}")


def test_a_number_of_ticks_is_a_text_here_and_a_mark_of_a_mistake_there(tmp_path: Path) -> None:
    mine, theirs = compared(tmp_path, {f"{ROOT}.1.0": ticks(5)}, {"type": "DisplayString"})
    assert 'a{a="500"} 1\n' in mine[1]
    assert 'a{a="%!s(uint32=500)"} 1\n' in theirs[1]


def test_an_enumeration_named_like_an_index_costs_the_other_its_scrape(tmp_path: Path) -> None:
    metric = {"type": "EnumAsInfo", "indexes": [{"labelname": "a", "type": "gauge"}]}
    mine, theirs = compared(tmp_path, {f"{ROOT}.1.7": 1}, metric)
    assert (mine[0], theirs[0]) == (200, 500)
    assert "a_info" not in mine[1]


@pytest.mark.parametrize(("status", "name"), [(5, "genErr"), (1, "tooBig")])
def test_a_walk_that_a_device_breaks_off_with_an_error_is_no_whole_one(tmp_path: Path, status: int, name: str) -> None:
    """The other shows the beginning as if it were all."""

    def fails_on_the_way(asked: Asked, answer: bytes) -> Iterable[bytes]:
        return (reply(asked, [], status, 0),) if asked.oids[0] > numbers(f"{ROOT}.1.20") else (answer,)

    objects = {f"{ROOT}.1.{row}": row for row in range(1, 61)}
    metric = {"type": "gauge", "indexes": [{"labelname": "row", "type": "gauge"}]}
    mine, theirs = compared(tmp_path, objects, metric, behave=fails_on_the_way)
    assert theirs[0] == 200
    assert 0 < theirs[1].count("\na{") < 60
    assert mine[0] == 500
    assert name in mine[1]


def test_devices_and_modules_without_sense_give_the_same_series(tmp_path: Path) -> None:
    made = {f"m{seed}": scattered(seed) for seed in range(5)}
    modules = write(tmp_path / "snmp.yml", {name: module for name, (module, _) in made.items()})
    with exporter(modules, tmp_path) as port:
        for name, (_, objects) in made.items():
            with SnmpAgent(objects) as device:
                query = f"module={name}&target=127.0.0.1:{device.port}"
                mine, theirs = ours(modules, query), ask(port, query)
            assert (mine[0], theirs[0]) == (200, 200), theirs[1]
            assert series(mine[1]) == series(theirs[1]), name
