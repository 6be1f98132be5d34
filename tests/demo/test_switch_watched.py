"""Two simulated switches, by the agent that watches them: configurations over SSH, a restart, a stranger."""

import json
from collections.abc import Iterator

import pytest

from demo.centre.macs import STRANGER
from demo.world.routing import ADDRESS_OF_STRANGER
from demo.world.switching import STRANGE_PORT
from tests.demo.centres import Centre, running
from tests.peers import until

NAMES = ("core-1", "access-5")
ADDED = "telnet server enable"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """Its time passes four times as fast, so that nobody waits long for a switch that starts."""
    with running(tmp_path_factory.mktemp("demo") / "centre", "--part", "kiosk-1", "--speed", "4") as started:
        yield started


def changed(difference: str) -> list[str]:
    return [line for line in difference.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]


@pytest.mark.parametrize("name", NAMES)
def test_a_switch_is_read_over_ssh_and_is_as_approved_and_saved(centre: Centre, name: str) -> None:
    centre.until(f'device_config_unapproved{{target="{name}"}}', 0)
    centre.until(f'device_config_saved{{target="{name}"}}', 1)
    assert centre.told("config", "diff", name) == ""
    shown = centre.told("config", "show", name)
    assert f"sysname {name}\n" in shown
    assert "snmp-agent community read cipher *** acl 2000\n" in shown


@pytest.mark.parametrize("name", NAMES)
def test_a_switch_is_judged_by_its_configuration_and_by_what_its_ssh_offers(centre: Centre, name: str) -> None:
    """Of the simulated switches one thing is wrong: they have SNMPv2c."""
    for topic in ("ssh", "cleartext", "accounts", "access", "logging"):
        centre.until(f'device_hardening_findings{{target="{name}",topic="{topic}",result="fail"}}', 0)
    centre.until(f'device_hardening_findings{{target="{name}",topic="snmp",result="warn"}}', 1)
    centre.until(f'device_cleartext_management_open{{target="{name}",protocol="telnet"}}', 0)


@pytest.mark.parametrize(("name", "indent"), [("core-1", " "), ("access-5", "")])
def test_what_somebody_typed_in_is_told_shown_line_by_line_and_gone_after_healing(
    centre: Centre, name: str, indent: str
) -> None:
    centre.fault("config-changed", name)
    centre.until(f'device_config_unapproved{{target="{name}"}}', 1)
    centre.until(f'device_config_saved{{target="{name}"}}', 0)
    for way in ((), ("--saved",)):
        difference = centre.told("config", "diff", name, *way)
        assert set(changed(difference)) == {f"+{indent}{ADDED}", "+#"}, difference
    # VTYs take SSH alone there.
    judged = f'device_hardening_findings{{target="{name}",topic="cleartext",result="fail"}}'
    centre.until(judged, 1)
    centre.heal("config-changed")
    centre.until(f'device_config_unapproved{{target="{name}"}}', 0)
    centre.until(judged, 0)
    centre.until(f'device_config_saved{{target="{name}"}}', 1)
    assert centre.told("config", "diff", name) == ""


def test_a_stranger_is_told_with_the_port_where_it_is_and_gone_after_healing(centre: Centre) -> None:
    counted = 'device_unknown_stations{target="access-5",network="business"}'
    where = f'device_unknown_station_info{{target="access-5",mac="{STRANGER.hex(":")}",interface="{STRANGE_PORT}"}}'
    address = f'device_unknown_station_address_info{{mac="{STRANGER.hex(":")}",address="{ADDRESS_OF_STRANGER}"}}'
    centre.until(counted, 0)
    centre.fault("rogue-device", "access-5")
    centre.until(counted, 1)
    assert centre.values(where) == [1]
    centre.until(address, 1)
    centre.heal("rogue-device")
    centre.until(counted, 0)
    assert centre.values(where) == []


def test_a_switch_that_starts_anew_is_gone_and_then_has_been_up_for_a_moment(centre: Centre) -> None:
    up = 'shouwang_target_up{target="access-5",collector="device"}'
    centre.until(up, 1)
    before = centre.values('device_uptime_seconds{target="access-5"}')[0]
    centre.fault("switch-reboot", "access-5")
    centre.until(up, 0)
    centre.until(up, 1, seconds=60)
    until(lambda: centre.values('device_uptime_seconds{target="access-5"}')[0] < 60, 10, "it is up as long as before")
    assert before > 86400
    centre.until('device_restarts_unapproved{target="access-5"}', 1)
    centre.until('device_config_unapproved{target="access-5"}', 0)


def test_no_password_and_no_community_is_in_what_the_agent_keeps(centre: Centre) -> None:
    kept = [path for path in (centre.folder / "var").rglob("*") if path.is_file()]
    assert kept
    secrets = [(centre.folder / "secrets" / name).read_bytes().strip() for name in ("ssh", "community")]
    for path in kept:
        content = path.read_bytes()
        assert not any(secret in content for secret in secrets), path
    assert json.loads(centre.get("/api/v1/targets"))["targets"]
