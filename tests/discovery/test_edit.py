"""An entry more, and not a byte else: whatever way a person wrote the file."""

from __future__ import annotations

import difflib

import pytest

from agent.config.document import parse
from agent.config.problem import ConfigError
from agent.discovery.edit import with_entry
from agent.options import Refused

LINE = '{id: new, name: "新 # 交换机", address: "10.0.0.9", credentials: room}'
ENTRY = {"id": "new", "name": "新 # 交换机", "address": "10.0.0.9", "credentials": "room"}

BLOCK = """# 普陀区 的配置
center: {id: c}   # keep

switches:           # 网络设备
  - {id: core, address: 10.0.0.1}   # 核心
  - id: access      # 楼层
    address: 10.0.0.2
    uplinks:
      - GE0/0/1     # to core
    # old: GE0/0/2

  # - {id: spare}
lines: []
"""


def added(before: str, after: bytes) -> list[str]:
    """The lines that are new; fails if any is gone."""
    changes = list(difflib.ndiff(before.splitlines(), after.decode().splitlines()))
    assert not [each for each in changes if each.startswith("- ")], changes
    return [each[2:] for each in changes if each.startswith("+ ")]


def test_after_the_last_entry_of_a_block_and_before_what_follows() -> None:
    after = with_entry(BLOCK.encode(), "switches", LINE, "Huawei, profile huawei-vrp")
    assert added(BLOCK, after) == [f"  - {LINE}  # Huawei, profile huawei-vrp"]
    assert after.decode().splitlines()[8:10] == [
        "      - GE0/0/1     # to core",
        f"  - {LINE}  # Huawei, profile huawei-vrp",
    ]


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("switches:\n- {id: a}\n- {id: b}", f"- {LINE}"),
        ("switches:\n      - {id: a}\n", f"      - {LINE}"),
        ("switches:\n  - id: a\n    note: |\n      two\n      lines\n\nlines: []\n", f"  - {LINE}"),
        ("switches:\n  - id: a\n    note: >-\n      two\n      lines", f"  - {LINE}"),
        ('switches:\n  - id: a\n    note: "two\n      lines"\n', f"  - {LINE}"),
        ("switches:\n  - {id: a,\n     address: 10.0.0.1}\n", f"  - {LINE}"),
        ("switches:\n  - id: a\n    ports: [1,\n      2]  # x\n", f"  - {LINE}"),
        ("switches:\n  - id: a\n    empty:\nlines: []\n", f"  - {LINE}"),
        ("switches:\n", f"  - {LINE}"),
        ("switches:   # none yet\n\nlines: []", f"  - {LINE}"),
        ("a: 1\n", None),
        ("a: 1", None),
        ("\ufeffa: 1\n# end", None),
        ("a: 1\r\nb: 2\r\n", None),
    ],
)
def test_every_way_to_write_a_list_takes_one_more(before: str, line: str | None) -> None:
    after = with_entry(before.encode(), "switches", LINE)
    new = [line] if line else ["switches:", f"  - {LINE}"]
    assert added(before, after) == new
    assert parse(after, "agent.yaml").value["switches"][-1] == ENTRY


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("switches: []", f"switches: [{LINE}]"),
        ("switches: [ ]  # none", f"switches: [{LINE} ]  # none"),
        ("switches: [{id: a}]\n", f"switches: [{{id: a}}, {LINE}]\n"),
        ("switches: [\n  {id: a},  # 1\n  {id: b}\n]", f"switches: [\n  {{id: a}},  # 1\n  {{id: b}}, {LINE}\n]"),
        ("switches: [{id: a},]\n", f"switches: [{{id: a}}, {LINE},]\n"),
    ],
)  # fmt: skip
def test_a_flow_list_takes_it_inside(before: str, after: str) -> None:
    assert with_entry(before.encode(), "switches", LINE, "a remark would cut the line").decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("switches: null\n", f"switches:\n  - {LINE}\n"),
        ("switches: ~  # none yet\nlines: []\n", f"switches:  # none yet\n  - {LINE}\nlines: []\n"),
        ("switches:   Null", f"switches:\n  - {LINE}\n"),
        ("switches:\n  null\na: 1\n", f"switches:\n  - {LINE}\n\na: 1\n"),
    ],
)
def test_a_section_that_is_null_becomes_a_list(before: str, after: str) -> None:
    assert with_entry(before.encode(), "switches", LINE).decode() == after
    assert parse(after.encode(), "agent.yaml").value["switches"] == [ENTRY]


def test_a_file_keeps_its_line_ends_and_its_mark() -> None:
    after = with_entry("\ufeffa: 1\r\nswitches:\r\n  - {id: a}\r\nb: 2\r\n".encode(), "switches", LINE)
    assert after == f"\ufeffa: 1\r\nswitches:\r\n  - {{id: a}}\r\n  - {LINE}\r\nb: 2\r\n".encode()


@pytest.mark.parametrize(
    "before",
    [
        "hosts: &all\n  - {id: a}\nswitches: *all\n",
        "switches: none\n",
        "switches: {id: a}\n",
        "lines: &none null\nswitches: *none\n",
        "switches: &none null\nlines: *none\n",
        "{switches: [], lines: []} # flow\n".replace("switches: [], ", ""),
        "a: 1\n...\n",
    ],
)
def test_what_cannot_be_added_to_is_refused_with_what_to_do(before: str) -> None:
    with pytest.raises((Refused, ConfigError)) as refused:
        with_entry(before.encode(), "switches", LINE)
    assert "--dry-run" in str(refused.value) or isinstance(refused.value, ConfigError)


@pytest.mark.parametrize("raw", [b"switches: [", b"\xff\xfe", b"", b"- a\n"])
def test_a_file_that_is_none_is_refused_as_the_loader_does(raw: bytes) -> None:
    with pytest.raises(ConfigError):
        with_entry(raw, "switches", LINE)
