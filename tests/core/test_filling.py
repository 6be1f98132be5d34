"""Texts of playbooks are filled in as far as facts are known, and what is missing is left for people."""

from __future__ import annotations

from agent.core.filling import BLANKS, fill, filled, plain
from agent.core.text import Text


def test_what_a_fact_says_in_braces_is_not_filled_again() -> None:
    parts = fill("{a} 和 {b},还有 {rx_power}{", {"a": "{b}", "b": "乙"}, "zh")
    assert plain(parts) == "{b} 和 乙,还有 ____(收光功率){"


def test_what_is_known_to_be_nothing_leaves_no_blank_and_no_gap() -> None:
    assert filled(Text("{name} {subject} 中断", ""), {"name": "医保专线", "subject": ""}, "zh") == "医保专线 中断"


def test_a_blank_without_a_word_of_its_own_goes_by_its_name() -> None:
    assert "odd" not in BLANKS
    assert filled(Text("", "see {odd}"), {}, "en") == "see ____(odd)"
