"""Versions of device software against the list that people keep, through the runner."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from agent.core.changes import Register
from agent.core.firmware import Device, Listed, Release, approved, earlier, hits, supported
from agent.core.known import Latest
from agent.core.model import Reading, Target
from agent.core.reach import Reach, unopened
from agent.core.registers import Registers
from agent.core.snapshot import Snapshot
from agent.firmware import LARGEST, Kept, read
from agent.runner import Runner
from collectors import firmware
from collectors.device_metrics import DEVICE_INFO
from tests.checks.scene import NOON, site

LIST = """
releases:
  - {vendor: Huawei, model: "S5735*", approved: ["V200R021C00SPC600"], ended: ["V200R010*", "V200R011*"]}
  - {vendor: Cisco, approved: ["15.2(7)E*"]}
advisories:
  - {id: SA-1, severity: high, vendor: Huawei, model: "S57*", before: V200R021C00SPC600}
  - {id: SA-2, severity: critical, vendor: huawei, versions: ["v200r011*"]}
  - {id: SA-3, severity: low, vendor: Cisco, versions: ["15.2(7)E3"]}
"""
CHANGED = NOON - 91 * 86400
SWITCH = Target("switch", "core", "core", address="10.0.0.1")


def told(folder: Path, vendor: str, model: str, version: str) -> tuple[dict[tuple[str, ...], float], Reading]:
    snapshot, way = Snapshot(), unopened("wire")
    info = DEVICE_INFO.sample(1, vendor=vendor, model=model, version=version, serial="")
    snapshot.put(Reading(SWITCH, "device", NOON, 0.0, (info,)))
    registers: Any = Registers(changes=Register(), firmware=Kept(lambda: folder))
    known = Latest(snapshot, lambda: site(SWITCH), lambda: NOON)
    runner = Runner(Reach(way, way, way), snapshot, lambda: NOON, registers=registers, known=known)
    reading = asyncio.run(runner.run(firmware.COLLECTOR, SWITCH))
    assert reading.failure is None
    return {
        (each.metric.name.removeprefix("device_"), *each.labels): each.value
        for each in reading.samples
        if each.metric.name.startswith("device_")
    }, reading


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "firmware.yaml").write_text(LIST, encoding="utf-8")
    os.utime(tmp_path / "firmware.yaml", (CHANGED, CHANGED))
    return tmp_path


def test_an_approved_version_without_an_advisory(folder: Path) -> None:
    found, _ = told(folder, "Huawei", "S5735-L24T4S-A", "V200R021C00SPC600")
    assert found == {
        ("firmware_supported",): 1,
        ("firmware_approved",): 1,
        ("firmware_list_timestamp_seconds",): CHANGED,
        **{("advisory_matches", each): 0 for each in ("critical", "high", "medium", "low")},
    }


def test_a_version_that_is_no_longer_maintained_and_hit_by_advisories(folder: Path) -> None:
    found, reading = told(folder, "Huawei", "S5735-L24T4S-A", "V200R011C10SPC600")
    assert found["firmware_supported",] == found["firmware_approved",] == 0
    assert found["advisory_matches", "high"] == found["advisory_matches", "critical"] == 1
    assert "SA-1, SA-2" in reading.remarks[0].en  # type: ignore[union-attr]  # a Text


def test_of_a_model_that_is_not_listed_it_is_not_known_whether_it_is_maintained(folder: Path) -> None:
    found, _ = told(folder, "H3C", "S5130S", "7.1.070")
    assert found["firmware_approved",] == 0
    assert ("firmware_supported",) not in found


@pytest.mark.parametrize("version", ["", None])
def test_nothing_is_told_without_a_version_or_a_list(folder: Path, version: str | None) -> None:
    if version is None:
        (folder / "firmware.yaml").unlink()
    assert told(folder, "Huawei", "S5735", version or "")[0] == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("releases: [{vendor: Huawei, aproved: [x]}]", "aproved"),
        ("releases: []", "releases"),
        ("- a list", "dictionary"),
        ("releases: [", "expected"),
        ("a: \udcff".encode("utf-8", "surrogateescape"), ""),
        ("[" * 5000, ""),
        (b"#" * (LARGEST + 1), "MiB"),
    ],
    ids=["misspelt", "empty", "list", "no yaml", "no text", "deep", "large"],
)
def test_a_file_that_cannot_be_used_is_said_with_its_name(tmp_path: Path, text: str | bytes, why: str) -> None:
    path = tmp_path / "firmware.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    flaw = read(path).flaw
    assert flaw is not None
    assert str(path) in flaw.en
    assert why in flaw.en
    found, reading = told(tmp_path, "Huawei", "S5735", "V200R021C00SPC600")
    assert found == {}
    assert reading.remarks == (flaw,)


def test_a_list_that_was_changed_is_read_again(folder: Path) -> None:
    kept = Kept(lambda: folder)
    first = asyncio.run(kept.listed())
    assert asyncio.run(kept.listed()) is first
    (folder / "firmware.yaml").write_text("releases: [{vendor: ZTE}]", encoding="utf-8")
    os.utime(folder / "firmware.yaml", (NOON, NOON))
    assert asyncio.run(kept.listed()) == Listed((Release("ZTE", "*", ()),), changed=NOON)


@pytest.mark.parametrize(
    ("version", "other", "is_earlier"),
    [
        ("V200R019C10SPC500", "V200R021C00SPC600", True),
        ("V200R021C00SPC600", "V200R021C00SPC600", False),
        ("V200R022C00SPC100", "V200R021C00SPC600", False),
        ("V200R021C00SPC600", "V200R021C00SPC600SPH001", True),
        ("15.2(7)E3", "15.2(7)E10", True),
        ("15.2(7)E3", "15.2(7)SE4", False),  # another train
        ("12.2(55)SE12", "15.2(7)E6", True),
        ("7.1.070 Release 6318P01", "7.1.070 Release 6320", True),
        ("017.009.004", "17.9.5", True),
        ("", "17.9.5", True),
    ],
)
def test_which_version_is_earlier(version: str, other: str, is_earlier: bool) -> None:
    assert earlier(version, other) is is_earlier


def test_patterns_are_no_regular_expressions() -> None:
    listed = Listed((Release("Cisco", "*", ("15.2(7)E6",)),))
    assert approved(Device("cisco", "WS", "15.2(7)e6"), listed)
    assert not approved(Device("cisco", "WS", "15x2(7)E6"), listed)
    assert supported(Device("cisco", "WS", "1"), listed)
    assert not list(hits(Device("cisco", "WS", "1"), listed))
