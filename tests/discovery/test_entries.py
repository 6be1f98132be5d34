"""What answered becomes entries that our own loader takes, whatever a device calls itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from agent.core.site import Site
from agent.discovery.entries import SYS_NAME, Entry, entries, rendered, scalar
from agent.discovery.scan import Answer, Recognised
from tests.config.places import loaded

HEAD = 'center: {id: c, name: n, district: d}\ncredentials: {room: {snmp: {community: "x"}}}\n'


SWITCH = Recognised("Huawei", "S5735", "V200R021", "", "huawei-vrp", "switch")


def device(name: str | bytes = "", address: str = "10.0.0.7", known: Recognised | None = None) -> Answer:
    told = {SYS_NAME: name.encode() if isinstance(name, str) else name}
    return Answer(address, True, "room", told, known or SWITCH)


def site_of(found: list[Entry], folder: Path) -> Site:
    (folder / "agent.yaml").write_text(HEAD + rendered(found) + "\n", encoding="utf-8")
    return loaded(folder / "agent.yaml")


def test_each_device_comes_under_its_section_with_its_login(tmp_path: Path) -> None:
    ups = Recognised("APC", "Smart-UPS", kind="ups", profile="apc-ups")
    answers = [
        device("core"),
        device("ups-1", "10.0.0.8", ups),
        device("printer", "10.0.0.9", Recognised(kind="printer")),
        device("rectifier", "10.0.0.11", Recognised(kind="machine_room")),
        Answer("10.0.0.10", True),
    ]
    site = site_of(entries(answers, ()), tmp_path)
    assert {(each.kind, each.id, each.address, each.login.name if each.login else "") for each in site.targets} == {
        ("switch", "core", "10.0.0.7", "room"),
        ("machine_room", "ups-1", "10.0.0.8", "room"),
        ("machine_room", "rectifier", "10.0.0.11", "room"),
        ("host", "printer", "10.0.0.9", "room"),
        ("host", "host-10.0.0.10", "10.0.0.10", ""),
    }
    kinds = {each.id: each.options.kind for each in site.targets if each.kind == "machine_room"}
    assert kinds == {"ups-1": "ups", "rectifier": None}
    assert site.target("printer").options.by == "snmp"  # type: ignore[union-attr]  # the set above shows it is there


def test_ids_are_neither_taken_nor_given_twice() -> None:
    found = entries([device("core"), device("core"), device("core!"), device("")], {"core", "core-3"})
    assert [each.id for each in found] == ["core-2", "core-4", "core-5", "Huawei-10.0.0.7"]


def test_a_remark_tells_vendor_model_version_and_profile() -> None:
    (entry,) = entries([device("core")], ())
    assert rendered([entry]) == (
        'switches:\n  - {id: core, name: core, address: "10.0.0.7", credentials: room}'
        "  # Huawei S5735 V200R021, profile huawei-vrp"
    )


HOSTILE = [
    '"}, {id: evil, address: 10.9.9.9, name: "',
    "x\n  - {id: evil, address: 10.9.9.9}",
    "x # }",
    "*alias",
    "&anchor !!python/object/apply:os.system",
    "\u202etxt.exe\u2028y",
    "%{name} ${HOME} {}",
    "true",
    "null",
    "010",
    "1e3",
    "- ",
    "…" * 100,
    "A" * 5000,
    "机房 核心交换机",
    "\x1b[31mred",
    "....",
    b"\xff\xfe\x00",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_one_harmless_entry(name: str | bytes, tmp_path: Path) -> None:
    known = Recognised(str(name), "#model: {", "1\n2", kind="switch")
    (target,) = site_of(entries([device(name, known=known)], ()), tmp_path).targets
    assert (target.kind, target.address) == ("switch", "10.0.0.7")
    assert target.name.isprintable()
    assert len(target.name) <= 60


@given(some.text())
def test_any_text_is_read_back_as_it_was_written(text: str) -> None:
    text = "".join(char for char in text if char.isprintable())
    assert yaml.safe_load(f"[{scalar(text)}]") == [text]
    assert scalar(text) == text or json.loads(scalar(text)) == text
