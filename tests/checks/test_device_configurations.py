"""The made-up running configurations beside this file: their truth names each and quotes what stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypedDict

import pytest
import yaml

HERE = Path(__file__).parent / "device_configurations"
# Items whose words a device's own text can break; their headings in the checklist.
ITEMS = {
    "NET-11": "环路与广播风暴",
    "NET-13": "未使用端口关闭",
    "NET-14": "明文管理协议关闭",
    "NET-15": "SSH 版本与算法",
    "NET-16": "SNMP 版本与团体名",
    "NET-17": "管理面访问控制",
    "NET-18": "条线与区域隔离矩阵",
    "NET-19": "设备配置与基线一致且已保存",
    "NET-20": "设备日志外发与时钟",
    "NET-21": "设备账户与口令策略",
    "NET-25": "防火墙策略、特征库与许可",
    "BAK-07": "网络设备配置备份",
}
FAMILIES = {"huawei", "h3c", "ruijie", "cisco"}


class Fault(TypedDict, total=False):
    item: str
    also: list[str]
    grade: str
    fault: str
    lines: list[str]
    absent: str


TRUTH: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "truth.yaml").read_text(encoding="utf-8"))["configurations"]
FAULTS: list[tuple[str, Fault]] = [(name, fault) for name, entry in TRUTH.items() for fault in entry["faults"]]


def _read(name: str) -> str:
    return (HERE / name).read_bytes().decode("utf-8")


def _lines(name: str) -> set[str]:
    return {line.strip() for line in _read(name).splitlines()}


def test_the_truth_names_every_configuration_and_no_other() -> None:
    assert {str(path.relative_to(HERE)) for path in HERE.glob("*/*.cfg")} == set(TRUTH)


def test_every_family_has_hardened_and_faulty_configurations() -> None:
    assert {(entry["family"], entry["hardened"]) for entry in TRUTH.values()} == {
        (family, hardened) for family in FAMILIES for hardened in (True, False)
    }


def test_at_least_a_quarter_is_hardened() -> None:
    assert len(TRUTH) >= 48
    assert 4 * sum(entry["hardened"] for entry in TRUTH.values()) >= len(TRUTH)


@pytest.mark.parametrize("name", TRUTH)
def test_a_configuration_says_what_it_is(name: str) -> None:
    entry = TRUTH[name]
    assert entry["family"] == name.split("/", maxsplit=1)[0]
    assert entry["model"]
    assert entry["version"]
    assert entry["kind"] in {"switch", "router", "firewall"}
    assert entry["hardened"] == (not entry["faults"])
    assert entry["faults"] or entry["traps"]


@pytest.mark.parametrize("name", TRUTH)
def test_a_configuration_is_whole_text_as_a_device_shows_it(name: str) -> None:
    text = _read(name)
    assert 80 <= len(text.splitlines()) <= 260
    assert "---- More ----" not in text
    assert "--More--" not in text
    assert text.rstrip().splitlines()[-1].strip() in {"return", "end"}


@pytest.mark.parametrize(("name", "fault"), FAULTS)
def test_a_fault_names_an_item_of_the_checklist_and_its_band(name: str, fault: Fault) -> None:
    assert {fault["item"], *fault.get("also", [])} <= set(ITEMS), name
    assert fault["grade"] in {"warn", "fail"}
    assert fault["fault"]


@pytest.mark.parametrize(("name", "fault"), FAULTS)
def test_each_quoted_line_stands_in_its_file(name: str, fault: Fault) -> None:
    assert ("lines" in fault) != ("absent" in fault)
    present = _lines(name)
    assert [line for line in fault.get("lines", []) if line.strip() not in present] == []


ABSENT = [(name, fault["absent"]) for name, fault in FAULTS if "absent" in fault and " under " not in fault["absent"]]


@pytest.mark.parametrize(("name", "absent"), ABSENT)
def test_what_is_called_absent_is_absent(name: str, absent: str) -> None:
    assert [line for line in _lines(name) for words in absent.split(" / ") if f"{line} ".startswith(f"{words} ")] == []


@pytest.mark.parametrize("item", ITEMS)
def test_every_item_is_broken_somewhere(item: str) -> None:
    assert any(item in {fault["item"], *fault.get("also", [])} for _, fault in FAULTS)
