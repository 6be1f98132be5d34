"""What a terminal shows of what a device sends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.transports.console import screen

SHOWN = {
    "plain": ("interface 1\r\n description a", ["interface 1", " description a"]),
    "VRP wipes a page break": (
        "  ---- More ----\x1b[42D" + " " * 42 + "\x1b[42D description a\r\n",
        [" description a", ""],
    ),
    "Comware wipes a page break": ("---- More ----\x1b[16D" + " " * 16 + "\x1b[16D#\r\n", ["#", ""]),
    "IOS wipes a page break": (
        " --More-- " + "\x08" * 9 + " " * 8 + "\x08" * 9 + " ip address\r\n",
        [" ip address", ""],
    ),
    "a break is wiped by a carriage return": ("--More--\r        \rend\r\n", ["end", ""]),
    "a break is erased": ("--More--\r\x1b[Kend", ["end"]),
    "the rest of the line stays": ("abcdef\x1b[4Dxy", ["abxyef"]),
    "tabs go to every eighth column": ("a\tb", ["a       b"]),
    "colours and titles": ("\x1b[01;32mSW-1\x1b[0m\x1b(B#", ["SW-1#"]),
    "bells and nulls": ("a\x07\x00b", ["ab"]),
    "an escape that is cut off": ("a\x1b[12", ["a12"]),
    "moves beyond all bounds": ("a\x1b[99999999999Cb\x1b[99999999999Dc", None),
}


@pytest.mark.parametrize("case", SHOWN)
def test_a_line_is_what_stands_there_at_the_end(case: str) -> None:
    sent, shown = SHOWN[case]
    found = screen.lines(sent)
    if shown is None:
        assert found[0][0] == "c"
        assert len(found[0]) <= screen.WIDEST + 1
    else:
        assert found == shown


@given(st.text(alphabet="\x1b[]0123456789;?DCKGm \r\n\x08\tab\x07", max_size=200))
def test_whatever_is_sent_gives_lines_without_control_characters(sent: str) -> None:
    for line in screen.lines(sent):
        assert all(char >= " " for char in line)
    assert screen.last(sent) == screen.lines(sent)[-1]


@given(st.text(alphabet=st.characters(blacklist_categories=("Cc", "Cs")), max_size=80), st.sampled_from([24, 42, 80]))
def test_a_page_break_that_is_wiped_leaves_no_trace(line: str, width: int) -> None:
    wiped = f"  ---- More ----\x1b[{width}D{' ' * width}\x1b[{width}D{line}"
    assert screen.lines(wiped) == [line.rstrip()]
