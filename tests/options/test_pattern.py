"""Regular expressions of the configuration: RE2's, which no text can hold up."""

from __future__ import annotations

import time

import pytest

from agent.options import Refused
from agent.options.pattern import expanded, pattern, search


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        ("^220.*ESMTP", "220 mail.test ESMTP ready", "220 mail.test ESMTP"),
        (r"(?i)\bready\z", "220 READY", "READY"),
        (r"[[:digit:]]+$", "abc 12", "12"),
        (r"\pL+", "12窗口", "窗口"),
        ("^a.c$", "a\ufffdc", "a\ufffdc"),
        ("(?s)a.b", "a\nb", "a\nb"),
        ("b", "a", None),
    ],
)
def test_it_is_the_language_of_go(expression: str, text: str, found: str | None) -> None:
    match = search(expression, text)
    assert (match[0] if match else None) == found


@pytest.mark.parametrize("expression", [r"(x+x+)+y", r"(a|aa)+$", r"(.*)*b", r"^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_no_text_holds_it_up(expression: str) -> None:
    began = time.process_time()
    assert search(expression, "xa" * 100_000 + "!") is None
    assert time.process_time() - began < 5  # Python's re would not end in the life of the universe


@pytest.mark.parametrize("expression", ["(", "(?=a)", "(?<=a)b", r"\1", "a{2000}", "a**", "x" * 3_000_000])
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(Refused):
        pattern(expression)
    with pytest.raises(ValueError, match=r"\w"):
        search(expression, "a")


def test_a_template_is_filled_from_its_groups() -> None:
    match = search(r"PING :([^ ]+)(?P<more>!)?", "PING :abc é")
    assert match is not None
    assert expanded("PONG ${1} $1x $$ ${more}$2$9$none", match) == "PONG abc  $ "
