"""What is kept of a device's answer as proof: few lines, harmless, without secrets."""

from __future__ import annotations

import pytest

from agent.core.excerpts import LINES, LONGEST, MORE, excerpt
from agent.core.model import Metric
from collectors.host.asking import masked_line

FINDING = Metric("finding_info", "gauge", "1", ("topic", "rule"), "")


def test_it_proves_the_series_that_rest_on_it_and_no_other() -> None:
    found = excerpt("show", "line", str, ["finding_info"], rule="a")
    assert found.proves(FINDING.sample(1, topic="ssh", rule="a"))
    assert not found.proves(FINDING.sample(1, topic="ssh", rule="b"))
    assert not excerpt("show", "line", str, ["other"]).proves(FINDING.sample(1, topic="ssh", rule="a"))


@pytest.mark.parametrize("many", ["line\n" * 10_000, "x" * 5_000 + "\n" + "y" * 5_000, "\n" * 3_000 + "late"])
def test_it_is_short_and_says_that_there_was_more(many: str) -> None:
    for answer in (many, many.encode()):
        text = excerpt("show", answer, str, ()).text
        assert text.endswith(MORE)
        assert text.count("\n") <= LINES
        assert max(map(len, text.splitlines())) <= LONGEST


def test_nothing_of_a_device_is_left_that_a_screen_would_obey() -> None:
    text = excerpt("cat\x1b[2J", b"\x1b[31mred\x00\xe2\x80\xaetxt\xff\r\nnext", str, ()).text
    assert text.splitlines() == ["[31mredtxt�", "next"]


def test_half_a_line_that_was_cut_is_left_out_for_it_may_hold_half_a_secret() -> None:
    answer = "first\n" + "a" * 3_990 + " password=geheim-und-lang"
    assert "geh" not in excerpt("show", answer, masked_line, ()).text


@pytest.mark.parametrize(
    "line",
    [
        "root 1 mysqldump --password=hunter2-XY -u backup",
        "PGPASSWORD=hunter2-XY",
        "restic -r rest:http://store:hunter2-XY@10.1.1.1/ snapshots",
        "root:$6$salt$hunter2-XYhash:19000:0:99999:7:::",
        "snmp-agent community read cipher hunter2-XY",
    ],
)
def test_no_secret_of_a_host_is_in_it(line: str) -> None:
    found = excerpt(line, line, masked_line, ())
    assert "hunter2" not in found.text + found.of


@pytest.mark.parametrize(
    "line",
    ["permitrootlogin yes", "passwordauthentication yes", "PASS_MAX_DAYS 99999", "minlen = 8", "No rules", "enabled 1"],
)
def test_what_proves_a_setting_is_still_readable(line: str) -> None:
    assert excerpt("show", line, masked_line, ()).text == line
