"""What answered becomes entries that our own loader takes, whatever a device calls itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from agent.core.site import Site
from agent.discovery.entries import SYS_NAME, SYS_OBJECT_ID, SYS_SERVICES, Entry, entries, rendered, scalar
from agent.discovery.scan import Answer, Recognised
from tests.config.places import loaded

HEAD = 'center: {id: c, name: n, district: d}\ncredentials: {room: {snmp: {community: "x"}}}\n'


def device(name: str | bytes = "", address: str = "10.0.0.7", known: Recognised | None = None, **facts: Any) -> Answer:
    told = {SYS_NAME: name.encode() if isinstance(name, str) else name, **facts}
    return Answer(address, True, "room", told, known or Recognised("Huawei", "S5735", "V200R021", "", "huawei-vrp"))


def site_of(found: list[Entry], folder: Path) -> Site:
    (folder / "agent.yaml").write_text(HEAD + rendered(found) + "\n", encoding="utf-8")
    return loaded(folder / "agent.yaml")


def test_each_device_comes_under_its_section_with_its_login(tmp_path: Path) -> None:
    ups = Recognised("APC", "Smart-UPS", kind="ups", profile="apc-ups")
    answers = [
        device("core", **{SYS_SERVICES: 78}),
        device("ups-1", "10.0.0.8", ups),
        device("printer", "10.0.0.9", Recognised(), **{SYS_SERVICES: 72}),
        Answer("10.0.0.10", True),
    ]
    site = site_of(entries(answers, ()), tmp_path)
    assert {(each.kind, each.id, each.address, each.login.name if each.login else "") for each in site.targets} == {
        ("switch", "core", "10.0.0.7", "room"),
        ("machine_room", "ups-1", "10.0.0.8", "room"),
        ("host", "printer", "10.0.0.9", "room"),
        ("host", "host-10.0.0.10", "10.0.0.10", ""),
    }
    assert site.target("printer").options.by == "snmp"  # type: ignore[union-attr]  # the set above shows it is there


@pytest.mark.parametrize(
    ("services", "number", "vendor", "section"),
    [
        (2, 2011, "Huawei", "switches"),
        (6, 9, "Cisco", "switches"),
        (78, 8072, "net-snmp", "switches"),  # a switch whose maker left net-snmp's number in
        (4, 9, "Cisco", "switches"),
        (76, 311, "enterprise 311", "hosts"),  # Windows says that it forwards
        (72, 8072, "net-snmp", "hosts"),
        (64, 2435, "enterprise 2435", "hosts"),
        (None, 25506, "H3C", "switches"),
        (None, 8072, "net-snmp", "hosts"),
        (None, 0, "", "hosts"),
    ],
)
def test_sections_are_told_by_what_a_device_forwards(
    services: int | None, number: int, vendor: str, section: str
) -> None:
    facts: dict[str, Any] = {SYS_OBJECT_ID: f"1.3.6.1.4.1.{number}.1"} if number else {}
    facts |= {} if services is None else {SYS_SERVICES: services}
    (entry,) = entries([device("x", known=Recognised(vendor), **facts)], ())
    assert entry.section == section


def test_ids_are_neither_taken_nor_given_twice() -> None:
    found = entries([device("core"), device("core"), device("core!"), device("")], {"core", "core-3"})
    assert [each.id for each in found] == ["core-2", "core-4", "core-5", "Huawei-10.0.0.7"]


def test_a_remark_tells_vendor_model_version_and_profile() -> None:
    (entry,) = entries([device("core", **{SYS_SERVICES: 2})], ())
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
    known = Recognised(str(name), "#model: {", "1\n2")
    (target,) = site_of(entries([device(name, known=known, **{SYS_SERVICES: 2})], ()), tmp_path).targets
    assert (target.kind, target.address) == ("switch", "10.0.0.7")
    assert target.name.isprintable()
    assert len(target.name) <= 60


@given(some.text())
def test_any_text_is_read_back_as_it_was_written(text: str) -> None:
    text = "".join(char for char in text if char.isprintable())
    assert yaml.safe_load(f"[{scalar(text)}]") == [text]
    assert scalar(text) == text or json.loads(scalar(text)) == text
