"""What programs that try connections say, and how ports are told to people."""

from __future__ import annotations

import pytest

from collectors.isolation.discovery import DISCOVERY
from collectors.isolation.outcome import Outcome, coded, said
from collectors.isolation.posix import MEANS, outcomes
from collectors.isolation.verdict import listed


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (0, "", "open"),
        (0, "Connection to 10.9.0.1 22 port [tcp/ssh] succeeded!", "open"),
        (124, "", "silent"),
        (143, "", "silent"),
        (1, "bash: connect: Connection refused", "refused"),
        (1, "nc: can't connect to remote host (10.9.0.4): No route to host", "unreachable"),
        (1, "bash: connect: Network is unreachable", "no_route"),
        (1, "nc: connect: Cannot assign requested address", "no_route"),
        (1, "Ncat: TIMEOUT.", "silent"),
        (1, "(UNKNOWN) [10.9.0.2] 22 (ssh) : Connection timed out", "silent"),
        (1, "nc: bad address 'x'", "unresolved"),
        (1, "bash: connect: Operation not permitted", "forbidden"),
        (1, "BusyBox v1.35.0 multi-call binary. Usage: nc", "failed"),
        (2, "", "failed"),
    ],
)
def test_what_a_program_complains_of_is_believed_only_where_it_is_understood(
    status: int, text: str, outcome: Outcome
) -> None:
    assert said(status, text) == outcome


def test_codes_are_those_of_unix_and_of_windows_and_others_say_nothing() -> None:
    codes = (
        "open",
        "ECONNREFUSED",
        "10061",
        "EHOSTUNREACH",
        "10065",
        "ETIMEDOUT",
        "10060",
        "10013",
        "11001",
        "EMFILE",
        "",
    )
    assert [coded(each) for each in codes] == [
        "open", "refused", "refused", "unreachable", "unreachable", "silent", "silent", "forbidden", "unresolved",
        "failed", "failed",
    ]  # fmt: skip


def test_lines_that_do_not_belong_to_the_question_open_nothing() -> None:
    python, bash, _ = MEANS
    text = "7 open\n-1 open\n1 open\n0\nx open\n2 ECONNREFUSED extra\n1000000000 open\n"
    assert outcomes(python, text, 3) == ["failed", "open", "failed"]
    assert outcomes(bash, "0 0 \n1 00x\n2 nonsense\n", 3) == ["open", "failed", "failed"]


def test_the_question_for_snmp_is_one_line_and_holds_nothing_of_ours() -> None:
    assert b"\n" not in DISCOVERY
    assert len(DISCOVERY) == DISCOVERY[1] + 2


@pytest.mark.parametrize(
    ("ports", "text"),
    [
        ([22], "22"),
        ([23, 22], "22, 23"),
        ([22, 23, 24, 80], "22-24, 80"),
        ([161, *range(8000, 8011), 8012, 8013], "161, 8000-8010, 8012, 8013"),
    ],
)
def test_three_ports_in_a_row_and_more_are_told_as_a_range(ports: list[int], text: str) -> None:
    assert listed(ports) == text
