"""The vocabulary: what each kind of value accepts, and that ids know what they refer to."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from pydantic import ValidationError

from agent.options import (
    Options,
    Reference,
    Refused,
    SwitchId,
    address,
    bandwidth,
    clock,
    duration,
    endpoint,
    identity,
    in_order,
    name_server,
    same_marks,
    shown,
    time_range,
    time_server,
    url,
)


@pytest.mark.parametrize(
    ("read", "written", "meant"),
    [
        (duration, 90, 90.0),
        (duration, 0.5, 0.5),
        (duration, "1h30m", 5400.0),
        (duration, "250ms", 0.25),
        (duration, "1.5d", 129600.0),
        (bandwidth, "10Mbps", 1_250_000.0),
        (bandwidth, "512 kbit/s", 64_000.0),
        (bandwidth, "1Gbps", 125_000_000.0),
        (address, "10.0.0.1", "10.0.0.1"),
        (address, "2001:DB8::1", "2001:db8::1"),
        (address, "fe80::1%eth0", "fe80::1%eth0"),
        (address, "web-1.example.gov.cn", "web-1.example.gov.cn"),
        (endpoint, "10.0.0.1:443", ("10.0.0.1", 443)),
        (endpoint, "[2001:db8::1]:443", ("2001:db8::1", 443)),
        (name_server, "10.0.0.53", ("10.0.0.53", 53)),
        (name_server, "10.0.0.53:5353", ("10.0.0.53", 5353)),
        (time_server, "2001:DB8::53", ("2001:db8::53", 123)),
        (time_server, "[2001:db8::53]:5353", ("2001:db8::53", 5353)),
        (url, "http://10.1.0.5:9093", "http://10.1.0.5:9093"),
        (url, "https://[2001:db8::1]:8443/a?b=c@d", "https://[2001:db8::1]:8443/a?b=c@d"),
        (identity, "医保", "医保"),
        (identity, 7, "7"),
        (time_range, "08:30-11:30", (510, 690)),
        (time_range, "8:30－11：30", (510, 690)),
        (time_range, "08:30至11:30", (510, 690)),
        (time_range, "00:00-24:00", (0, 1440)),
        (same_marks, "周一 至 周五", "周一-周五"),
    ],
)
def test_a_value_is_read(read: Any, written: object, meant: object) -> None:
    assert read(written) == meant


@pytest.mark.parametrize(
    ("read", "written"),
    [
        *(
            (duration, each)
            for each in (0, -1, True, "", "1", "5 minutes", "1h 30m", "1s1", "367d", "9" * 400, None, [1])
        ),
        *((bandwidth, each) for each in ("10", "0Mbps", "10MB/s", "-1Mbps", None, 10)),
        *(
            (address, each)
            for each in ("", "10.0.0", "10.0.0.256", "a b", "http://a", "a/b", "-a", "a..b", None, True, 10)
        ),
        *((endpoint, each) for each in ("10.0.0.1", "10.0.0.1:0", "10.0.0.1:65536", ":80", "::1:80", "a:b", None)),
        *(
            (url, each)
            for each in ("10.0.0.1:80", "ftp://a", "http://", "http://a b", "http://a:0", "http://u@a", None)
        ),
        *((url, each) for each in ("http://a:99999/", "http://[::1", "http://-a/", "http://10.0.0.256/")),
        *((identity, each) for each in ("", "a b", "-a", "a" * 64, True, 1.5, None, ["a"], "a\n")),
        *(
            (time_range, each)
            for each in ("08:30", "08:60-09:00", "25:00-26:00", "11:30-08:30", "08:30-08:30", 830, None)
        ),
    ],
)
def test_a_value_is_refused_in_both_languages(read: Any, written: object) -> None:
    with pytest.raises(Refused) as caught:
        read(written)
    assert caught.value.text.zh
    assert caught.value.text.en == str(caught.value)
    assert len(caught.value.text.en) < 300


def test_hours_are_put_in_order_and_may_touch_but_not_overlap() -> None:
    assert in_order(((810, 990), (510, 810))) == ((510, 810), (810, 990))
    with pytest.raises(Refused, match="08:30-11:30 and 11:00-16:30"):
        in_order(((510, 690), (660, 990)))
    assert clock((0, 1440)) == "00:00-24:00"


def test_a_shown_value_is_short_and_harmless() -> None:
    assert shown("a\x1b[2J\u202eb") == '"a[2Jb"'
    assert len(shown("x" * 1000)) == 62
    assert len(shown(["x" * 1000])) == 60


class Via(Options):
    switch: SwitchId
    port: int = 1
    on: bool = False


def test_a_reference_is_a_text_that_knows_where_it_must_exist() -> None:
    via = Via(switch="core")
    assert via.switch == "core"
    assert isinstance(via.switch, Reference)
    assert (via.switch.among, via.switch.wanted) == ("switch", "core")
    again = copy.deepcopy(via)
    assert isinstance(again.switch, Reference)
    assert again.switch.among == "switch"


@pytest.mark.parametrize("entry", [{"port": True}, {"on": "yes"}, {"on": 1}, {"on": "true"}, {"port": 1.5}, {"x": 1}])
def test_true_is_no_number_and_a_word_is_no_truth(entry: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Via.model_validate({"switch": "core", **entry})
