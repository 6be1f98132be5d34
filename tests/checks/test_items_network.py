"""The automatic items of the network platform, each on what its collectors tell."""

from __future__ import annotations

import pytest

from tests.checks.items import Case, Course, Series, flips_and_back, known, series, tries_every_automatic_item

DAY = 86400.0
PORT = {"interface": "GigabitEthernet1/0/3"}
NEAR = {"layer": "gateway", "probe": "10.20.0.1"}
TODAY = {"window": "today", "hours": "service"}
LINE = (series("line_up", 1), series("line_probe_up", 1, **NEAR), series("line_availability_ratio", 1, **TODAY))
TRIP = (
    series("line_round_trip_p95_seconds", 0.02),
    series("line_round_trip_baseline_ratio", 1),
    series("line_jitter_seconds", 0.002, **NEAR),
)
UP = (
    series("device_up", 1, tier="core"),
    series("device_uptime_seconds", 40 * DAY),
    series("device_restarts_unapproved", 0),
    series("device_restarts_approved", 0),
)
BUSY = (series("device_cpu_usage_ratio", 0.2, sensor=""), series("device_memory_usage_ratio", 0.5, sensor=""))
PARTS = (
    series("device_power_supply_up", 1, sensor="PWR1"),
    series("device_power_supply_up", 1, sensor="PWR2"),
    series("device_fan_up", 1, sensor="FAN1"),
    series("device_temperature_margin_celsius", 20, sensor="CPU"),
)
KEY = (series("interface_critical_up", 1, **PORT, role="line"), series("interface_baseline_match", 1, **PORT))
SLOWER = (
    series("interface_baseline_match", 0, **PORT),
    series("interface_baseline_deviation_info", 1, **PORT, expected="1Gbps full", observed="100Mbps half"),
)
FLAPS = (series("interface_flaps", 0, **PORT, window="10m"), series("interface_flaps", 0, **PORT, window="1h"))
LAYER2 = (
    series("interface_broadcast_packets_per_second", 20, **PORT),
    series("interface_broadcast_ratio", 0.02, **PORT),
    series("device_topology_changes", 0, window="1h"),
    series("device_root_bridge_changed", 0),
    series("device_loop_detected", 0),
)
LOOP = (
    series("device_loop_detected", 1),
    series("device_loop_info", 1, interface="GE0/0/9", sign="mac_move"),
)
STRANGERS = (series("device_unknown_stations", 0, network="business"), series("device_crowded_ports", 0))
CLEAR = series("device_cleartext_management_open", 0, protocol="telnet")
UNUSED = (series("device_unused_open_ports", 0, area="public"), series("device_unused_open_ports", 0, area="other"))
COMMUNITY = series("device_default_community_answers", 0)
REACHABLE = {"vantage": "pc-1", "port": "22"}
CONFIG = (
    series("device_config_saved", 1),
    series("device_config_unapproved", 0),
    series("device_config_renewal_due", 0),
)
CLOCK = (
    series("host_log_newest_timestamp_seconds", -60),
    series("device_clock_offset_seconds", 0.1),
    series("device_clock_synchronized", 1),
)
FIRMWARE = (
    series("device_firmware_supported", 1),
    series("device_firmware_approved", 1),
    series("device_advisory_matches", 0, severity="high"),
    series("device_firmware_list_timestamp_seconds", -DAY),
)
ROUTES = (
    series("host_ip_forwarding", 0),
    series("host_default_routes", 1),
    series("host_bridges", 0),
    series("host_networks", 1),
)
IPS = (
    series("device_signature_timestamp_seconds", -5 * DAY, feature="ips"),
    series("device_licence_expiry_timestamp_seconds", 200 * DAY, feature="ips"),
)


def deviation(topic: str, rule: str, subject: str, result: str = "fail") -> tuple[Series]:
    return (series("device_hardening_finding_info", 1, topic=topic, result=result, rule=rule, subject=subject),)


def used(ratio: float) -> Series:
    return series("line_utilization_ratio", ratio, direction="receive")


def hardening(topic: str, warned: float = 0, failed: float = 0):
    return (
        series("device_hardening_findings", warned, topic=topic, result="warn"),
        series("device_hardening_findings", failed, topic=topic, result="fail"),
    )


CASES = (
    Case("NET-01", LINE, (series("line_probe_up", 0, **NEAR),), "warn", 1),
    Case("NET-01", LINE, (series("line_availability_ratio", 0.995, **TODAY),), "warn"),
    Case("NET-01", LINE, (series("line_up", 0),), "warn"),
    Case("NET-01", LINE, (series("line_up", 0),), "fail", 2),
    Case("NET-01", LINE, (series("line_availability_ratio", 0.98, **TODAY),), "fail"),
    Case("NET-02", (series("line_loss_ratio", 0, **NEAR),), (series("line_loss_ratio", 0.02, **NEAR),), "warn", 5),
    Case("NET-02", (series("line_loss_ratio", 0, **NEAR),), (series("line_loss_ratio", 0.04, **NEAR),), "fail", 5),
    Case(
        "NET-03",
        TRIP,
        (series("line_round_trip_p95_seconds", 0.05), series("line_round_trip_baseline_ratio", 2.5)),
        "warn",
        5,
    ),
    Case("NET-03", TRIP, (series("line_jitter_seconds", 0.02, **NEAR),), "warn", 5),
    Case(
        "NET-03",
        TRIP,
        (series("line_round_trip_p95_seconds", 0.2), series("line_round_trip_baseline_ratio", 10)),
        "fail",
        5,
    ),
    Case("NET-04", (used(0.1),), (used(0.7),), "warn", 15),
    Case("NET-04", (used(0.1),), (used(0.9),), "fail", 15),
    Case("NET-05", UP, (series("device_up", 0, tier="core"),), "fail", 2),
    Case("NET-05", UP, (series("device_restarts_approved", 1), series("device_uptime_seconds", 90)), "warn"),
    Case("NET-05", UP, (series("device_restarts_unapproved", 1), series("device_uptime_seconds", 90)), "fail"),
    Case("NET-06", BUSY, (series("device_cpu_usage_ratio", 0.7, sensor=""),), "warn", 5),
    Case("NET-06", BUSY, (series("device_memory_usage_ratio", 0.95, sensor=""),), "fail", 5),
    Case("NET-07", PARTS, (series("device_power_supply_up", 0, sensor="PWR2"),), "warn"),
    Case("NET-07", PARTS, (series("device_fan_up", 0, sensor="FAN1"),), "fail"),
    Case("NET-07", PARTS, (series("device_temperature_margin_celsius", 3, sensor="CPU"),), "warn", 5),
    Case("NET-07", PARTS, (series("device_temperature_margin_celsius", -1, sensor="CPU"),), "fail"),
    Case("NET-08", KEY, (series("interface_critical_up", 0, **PORT, role="line"),), "fail", 1),
    Case("NET-08", KEY, SLOWER, "warn", 5),
    Case(
        "NET-09",
        (series("interface_error_ratio", 0, **PORT),),
        (series("interface_error_ratio", 0.0005, **PORT),),
        "warn",
        5,
    ),
    Case(
        "NET-09",
        (series("interface_error_ratio", 0, **PORT),),
        (series("interface_error_ratio", 0.01, **PORT),),
        "fail",
        5,
    ),
    Case("NET-10", FLAPS, (series("interface_flaps", 6, **PORT, window="10m"),), "fail"),
    Case("NET-10", FLAPS, (series("interface_flaps", 2, **PORT, window="1h"),), "warn"),
    Case("NET-11", LAYER2, (series("interface_broadcast_packets_per_second", 400, **PORT),), "warn", 1),
    Case("NET-11", LAYER2, (series("interface_broadcast_packets_per_second", 4000, **PORT),), "fail", 1),
    Case(
        "NET-11",
        LAYER2,
        (
            series("interface_broadcast_packets_per_second", 300, **PORT),
            series("interface_broadcast_ratio", 0.9, **PORT),
        ),
        "fail",
        1,
    ),
    Case("NET-11", LAYER2, (series("device_topology_changes", 4, window="1h"),), "warn"),
    Case("NET-11", LAYER2, (series("device_root_bridge_changed", 1),), "fail"),
    Case("NET-11", LAYER2, (series("device_loop_detected", 1),), "fail"),
    Case("NET-11", LAYER2, LOOP, "fail"),
    Case("NET-12", STRANGERS, (series("device_unknown_stations", 1, network="business"),), "warn"),
    Case("NET-12", STRANGERS, (series("device_unknown_stations", 1, network="business"),), "fail", 15),
    Case("NET-12", STRANGERS, (series("device_crowded_ports", 1),), "fail", 15),
    Case("NET-13", UNUSED, (series("device_unused_open_ports", 2, area="other"),), "warn"),
    Case("NET-13", UNUSED, (series("device_unused_open_ports", 1, area="public"),), "fail"),
    Case(
        "NET-14",
        (series("device_cleartext_management_open", 0, protocol="telnet"),),
        (series("device_cleartext_management_open", 1, protocol="telnet"),),
        "fail",
    ),
    Case("NET-11", (*LAYER2, *hardening("loops")), deviation("loops", "no_tree", "undo stp enable"), "fail"),
    Case("NET-13", (*UNUSED, *hardening("ports")), deviation("ports", "unused_port", "GigabitEthernet0/0/9"), "fail"),
    Case("NET-14", (CLEAR, *hardening("cleartext")), deviation("cleartext", "telnet_taken", "vty 0 4"), "fail"),
    Case("NET-15", hardening("ssh"), deviation("ssh", "ssh_weak", "aes128-cbc", "warn"), "warn"),
    Case("NET-20", (*CLOCK, *hardening("logging")), deviation("logging", "no_log_host", ""), "fail"),
    Case("NET-21", hardening("accounts"), deviation("accounts", "default_account", "admin"), "fail"),
    Case("NET-15", hardening("ssh"), hardening("ssh", 1), "warn"),
    Case("NET-15", hardening("ssh"), hardening("ssh", 0, 1), "fail"),
    Case("NET-16", (COMMUNITY, *hardening("snmp")), (series("device_default_community_answers", 1),), "fail"),
    Case("NET-16", (COMMUNITY, *hardening("snmp")), hardening("snmp", 0, 2), "fail"),
    Case(
        "NET-17",
        (series("device_management_reachable", 0, **REACHABLE),),
        (series("device_management_reachable", 1, **REACHABLE),),
        "fail",
    ),
    Case(
        "NET-18",
        (series("center_zone_unexpected_open", 0, **{"from": "业务", "to": "民政", "severity": "fail"}),),
        (series("center_zone_unexpected_open", 1, **{"from": "业务", "to": "民政", "severity": "fail"}),),
        "fail",
    ),
    Case("NET-19", CONFIG, (series("device_config_unapproved", 1),), "fail"),
    Case("NET-19", CONFIG, (series("device_config_saved", 0),), "warn", 24 * 60),
    Case("NET-19", CONFIG, (series("device_config_renewal_due", 1),), "warn"),
    Case("NET-20", CLOCK, (series("device_clock_offset_seconds", 2),), "warn"),
    Case("NET-20", CLOCK, (series("device_clock_offset_seconds", -20),), "fail"),
    Case("NET-20", CLOCK, (series("device_clock_synchronized", 0),), "fail", 60),
    Case("NET-20", CLOCK, (series("host_log_newest_timestamp_seconds", -2 * DAY),), "warn"),
    Case("NET-21", hardening("accounts"), hardening("accounts", 1), "warn"),
    Case("NET-22", FIRMWARE, (series("device_firmware_approved", 0),), "warn"),
    Case("NET-22", FIRMWARE, (series("device_firmware_list_timestamp_seconds", -91 * DAY),), "warn"),
    Case("NET-22", FIRMWARE, (series("device_firmware_supported", 0),), "fail"),
    Case("NET-22", FIRMWARE, (series("device_advisory_matches", 1, severity="high"),), "fail"),
    Case("NET-24", ROUTES, (series("host_ip_forwarding", 1),), "fail"),
    Case("NET-24", ROUTES, (series("host_default_routes", 2),), "fail"),
    Case("NET-24", ROUTES, (series("host_bridges", 1),), "fail"),
    Case("NET-24", ROUTES, (series("host_networks", 2), series("host_default_routes", 0)), "warn"),
    Case(
        "NET-25",
        (*IPS, *hardening("policy")),
        (series("device_signature_timestamp_seconds", -50 * DAY, feature="ips"),),
        "warn",
    ),
    Case(
        "NET-25",
        (*IPS, *hardening("policy")),
        (series("device_licence_expiry_timestamp_seconds", -DAY, feature="ips"),),
        "fail",
    ),
    Case("NET-25", (*IPS, *hardening("policy")), hardening("policy", 0, 1), "fail"),
)


@pytest.mark.parametrize("case", known(CASES), ids=str)
def test_an_item_flips_with_what_is_read_and_back(case: Case) -> None:
    flips_and_back(case)


def test_what_a_configuration_says_alone_can_fail_an_item_and_not_pass_it() -> None:
    quiet = Course(Case("NET-17", (), (), ""))
    assert quiet.minutes(1, hardening("access")).verdict.result == "not_connected"
    broken = deviation("access", "login_no_acl", "vty 5 14")
    found = quiet.minutes(1, (*hardening("access", 0, 1), *broken))
    assert found.verdict.result == "fail"
    assert found.verdict.observed.zh == "VTY 或 SSH 服务应绑定 ACL:vty 5 14"


def test_every_automatic_item_is_tried() -> None:
    tries_every_automatic_item("network_platform", CASES)


@pytest.mark.parametrize("item", ["NET-16", "NET-21"])
def test_what_is_told_of_ssh_alone_is_no_pass_of_other_settings(item: str) -> None:
    """A switch whose configuration is not read offers SSH all the same, with what is wrong there."""
    course = Course(Case(item, (), (), ""))
    found = course.minutes(1, (*hardening("ssh", 0, 1), *deviation("ssh", "ssh_broken", "3des-cbc")))
    assert found.verdict.result == "not_connected"
