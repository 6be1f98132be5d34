"""Many subjects in few words: by their numbers, those in a row as one."""

from __future__ import annotations

import pytest

from agent.core.checklist import Finding, Result, Verdict
from agent.core.grouped import alike, fitting, natural, ranges
from agent.core.text import Text


def finding(item: str, subject: str, result: Result, said: str = "x") -> Finding:
    return Finding(item, "a", "host", Verdict(result, subject, Text(said, said), Text("好", "good")), 0.0)


def test_ids_are_sorted_by_their_numbers() -> None:
    assert sorted(["pc-10", "pc-2", "core", "pc-1", "a1b2", "a1b10"], key=natural) == [
        "a1b2",
        "a1b10",
        "core",
        "pc-1",
        "pc-2",
        "pc-10",
    ]


@pytest.mark.parametrize(
    ("subjects", "said"),
    [
        ([(f"pc-{n}", f"{n} 号窗口电脑") for n in (10, 2, 1, 9, 3, 4, 5, 6, 7, 8)], ["1-10 号窗口电脑(pc-1 … pc-10)"]),
        ([("pc-1", "一"), ("pc-2", "二"), ("pc-3", "三")], ["pc-1 … pc-3"]),  # names that have nothing in common
        ([("sw1", ""), ("sw2", "sw2"), ("sw3", ""), ("sw5", "")], ["sw1 … sw3", "sw5"]),
        ([("core", "核心"), ("pc-2", ""), ("pc-1", "一号")], ["核心(core)", "一号(pc-1)", "pc-2"]),
        ([], []),
    ],
)
def test_those_with_numbers_in_a_row_are_said_as_one(subjects: list[tuple[str, str]], said: list[str]) -> None:
    assert ranges(subjects) == said


def test_what_is_said_in_the_same_words_is_one_piece_and_so_is_what_lacks_the_same_source() -> None:
    found = [
        finding("A", "pc-10", Result.FAIL),
        finding("A", "pc-2", Result.FAIL),
        finding("A", "pc-3", Result.FAIL, "y"),
        finding("A", "pc-4", Result.WARN),
        finding("B", "pc-1", Result.NOT_CONNECTED, "why"),
        finding("B", "pc-2", Result.NOT_CONNECTED, "another"),
    ]
    assert [[each.verdict.subject for each in group] for group in alike(found)] == [
        ["pc-2", "pc-10"],
        ["pc-3"],
        ["pc-4"],
        ["pc-1", "pc-2"],
    ]


def test_as_many_names_fit_as_their_joined_text_has_room_and_one_always() -> None:
    names = ["access-1", "access-2", "core"]
    assert [fitting(names, ", ", room) for room in (24, 23, 18, 17, 3)] == [3, 2, 2, 1, 1]
