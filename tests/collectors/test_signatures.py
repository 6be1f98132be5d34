"""Signatures and licences of firewalls, at simulated command lines over real SSH. The texts are of our own making,
after how makers' command references and screens of such devices look."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime

import pytest

from collectors.signature_words import day, ends, feature, released
from collectors.signatures import COLLECTOR
from tests.collectors.console_watch import NOW, ConsoleWatch
from tests.console_server import Consoles, consoles

RELEASE, END = "device_signature_timestamp_seconds", "device_licence_expiry_timestamp_seconds"
A_DAY = 86400.0

VRP_DATABASE = """\
{name} SDB Update Information List:
----------------------------------------------------------------
  Current Version:
    Signature Database Version    : {version}
    Signature Database Size(byte) : 2659606
    Update Time                   : 03:15:46 2026/11/19
    Issue Time of the Update File : 16:06:30 {issued}

  Backup Version:
    Signature Database Version    : 2025010101
    Issue Time of the Update File : 16:06:30 2025/01/01
----------------------------------------------------------------
"""
VRP_LICENCE = """\
Device ESN is: 210235XXXX0000000001
The file activated is: hda1:/center.dat
The time when activated is: 2025/12/01 10:53:20
Number of Virtual Systems: Enabled, 10
IPS Update : Enabled, service expire time: {ips}
Anti Virus Update : Enabled, service expire time: 2027/11/30
URL Remote Query : Disabled
"""
H3C_LIBRARY = """\
{name} signature library information:
Type      SigVersion         ReleaseTime               Size(bytes)
Current   1.0.207            {released}  71594
Last      1.0.180            Mon Jun  2 09:05:35 2025  71394
Factory   1.0.0              Thu Sep 11 09:05:35 2014  70394
"""
H3C_LICENCE = """\
flash:/license/210235XXXX0000000001.ak
Feature: IPS
Product Description: IPS signature update service, 1 year
Registered at: 2025-12-01 10:00:00
License Type: Formal (days restricted)
Time Left (days): {left}
Current State: {state}

flash:/license/210235XXXX0000000002.ak
Feature: AV
Product Description: Anti-virus signature update service
Registered at: 2025-12-01 10:00:00
License Type: Trial (date restricted)
Date Valid From: 2025-12-01
Date Valid To: 2027-11-30
Current State: In use

flash:/license/210235XXXX0000000003.ak
Feature: SSLVPN
Product Description: SSL VPN users
License Type: Permanent
Current State: In use
"""


def china(year: int, month: int, day_: int) -> float:
    return datetime.fromisoformat(f"{year:04}-{month:02}-{day_:02}T00:00:00+08:00").timestamp()


def vrp(issued: str = "2026/11/18", ips: str = "2027/01/31") -> dict[str, str]:
    return {
        "display version ips-sdb": VRP_DATABASE.format(name="IPS", version="2026111801", issued=issued),
        "display version av-sdb": VRP_DATABASE.format(name="AV", version="2026111700", issued="2026/11/17"),
        "display version sa-sdb": VRP_DATABASE.format(name="SA", version="2026090100", issued="2026/09/01"),
        "display license": VRP_LICENCE.format(ips=ips),
    }


def h3c(released_: str = "Wed Nov 18 09:05:35 2026", left: int = 100, state: str = "In use") -> dict[str, str]:
    """An older release of the software, which has another command for the virus signatures."""
    return {
        "display ips signature library": H3C_LIBRARY.format(name="IPS", released=released_),
        "display anti-virus signature information": H3C_LIBRARY.format(
            name="Anti-virus", released="Tue Nov 17 09:05:35 2026"
        ),
        "display license": H3C_LICENCE.format(left=left, state=state),
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consoles]:
    with consoles(tmp_path_factory.mktemp("consoles")) as found:
        yield found


def firewall(server: Consoles, family: str, shows: Mapping[str, str]) -> ConsoleWatch:
    device = server.device(family, "firewall").says(shows=dict(shows))
    return ConsoleWatch(device, COLLECTOR, {"tier": "firewall"})


def test_a_huawei_firewall_tells_its_signatures_and_its_services(server: Consoles) -> None:
    found = firewall(server, "huawei_vrp", vrp()).poll()
    assert found == {
        RELEASE: {
            ("ips",): china(2026, 11, 18),
            ("antivirus",): china(2026, 11, 17),
            ("application",): china(2026, 9, 1),
        },
        END: {("ips",): china(2027, 2, 1), ("antivirus",): china(2027, 12, 1)},
    }


def test_an_h3c_firewall_tells_its_signatures_and_its_licences(server: Consoles) -> None:
    watch = firewall(server, "hp_comware", h3c())
    found = watch.poll()
    assert found == {
        RELEASE: {("ips",): china(2026, 11, 18), ("antivirus",): china(2026, 11, 17)},
        END: {
            ("ips",): NOW + watch.at + 100 * A_DAY,
            ("antivirus",): china(2027, 12, 1),
            ("SSLVPN",): math.inf,
        },
    }
    assert "display apr signature information" in watch.device.noted("typed"), "where one is not known, the other"


def test_what_changes_on_a_firewall_is_told_six_hours_later_at_one_login_each(server: Consoles) -> None:
    watch = firewall(server, "hp_comware", h3c())
    watch.poll()
    watch.device.says(shows=h3c("Mon Jun  2 09:05:35 2025", 0, "Expired"))
    assert watch.poll(30)[RELEASE]["ips",] == china(2026, 11, 18)
    assert watch.logins == 1
    found = watch.poll(21600)
    assert (found[RELEASE]["ips",], found[END]["ips",]) == (china(2025, 6, 2), NOW + watch.at)
    assert watch.logins == 2


def test_a_licence_that_ended_on_a_day_ended_with_that_day(server: Consoles) -> None:
    watch = firewall(server, "huawei_vrp", vrp(ips="2026/10/31"))
    assert watch.poll()[END]["ips",] == china(2026, 11, 1)


def test_a_switch_is_not_asked_and_a_cisco_firewall_tells_nothing(server: Consoles) -> None:
    watch = firewall(server, "cisco_ios", {})
    assert (watch.poll(), watch.failure, watch.logins) == ({}, None, 0)
    assert not COLLECTOR.applies(watch.device.target(options=None))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-18 10:00:00", (2026, 11, 18)),
        ("16:06:30 2026/11/8", (2026, 11, 8)),
        ("Sun Nov  8 09:05:35 2026", (2026, 11, 8)),
        ("Nov 8 2026", (2026, 11, 8)),
        ("0001-01-01", (1, 1, 1)),
        ("2026/13/40", None),
        ("Foo 8 2026", None),
        ("-", None),
    ],
)
def test_days_are_read_as_devices_write_them(text: str, at: tuple[int, int, int] | None) -> None:
    assert day(text) == (None if at is None else china(*at))


def test_a_huawei_database_without_an_issue_time_is_as_old_as_its_version_says() -> None:
    text = VRP_DATABASE.format(name="IPS", version="2026111801", issued="-").replace("16:06:30 -", "-")
    assert released("huawei_vrp", text) == china(2026, 11, 18)
    assert released("huawei_vrp", "Current Version:\n  Signature Database Version : 1.0\n") is None


def test_one_date_for_all_is_the_devices_and_permanent_has_no_end() -> None:
    assert ends("huawei_vrp", "Expired date       : PERMANENT\n", 0.0) == {"device": math.inf}
    assert ends("huawei_vrp", "Expired date       : 2026-12-31\n", 0.0) == {"device": china(2027, 1, 1)}


def test_of_two_licences_for_one_feature_the_last_counts() -> None:
    both = H3C_LICENCE.format(left=0, state="Expired") + H3C_LICENCE.format(left=30, state="In use")
    assert ends("hp_comware", both, 1000.0)["ips"] == 1000.0 + 30 * A_DAY


def test_a_licence_that_is_not_in_use_is_none() -> None:
    assert "ips" not in ends("hp_comware", H3C_LICENCE.format(left=30, state="Unusable"), 0.0)


def test_a_firewall_whose_answers_tell_neither_is_remarked_upon(server: Consoles) -> None:
    watch = firewall(server, "huawei_vrp", {"display license": "Info: No license is activated.\n"})
    assert (watch.poll(), watch.failure) == ({}, None)
    assert any("signatures" in each for each in watch.remarks)


def test_features_have_one_name_for_all_makers() -> None:
    names = ("IPS Update", "Anti Virus Update", "AV", "ACG", "URL Remote Query", "SSLVPN\x1b[31m")
    assert [feature(each) for each in names] == ["ips", "antivirus", "antivirus", "application", "url", "SSLVPN[31m"]
