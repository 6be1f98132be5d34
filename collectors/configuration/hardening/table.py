"""The table of rules over what the running configuration of a device says, and the judging by it. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterator

from agent.core.console import Family
from collectors.configuration.hardening import access, accounts, comware, firewall_rules, ios, rgos, snmp_ssh, vrp
from collectors.configuration.hardening import ports_rules as ports
from collectors.configuration.hardening.facts import Device
from collectors.configuration.hardening.found import Deviation, Result, Rule, Topic
from collectors.configuration.hardening.lines import tree

RULES: tuple[Rule, ...] = (
    Rule("telnet_on", "cleartext", "NET-14", "fail", access.service("telnet", "telnet6")),
    Rule("telnet_taken", "cleartext", "NET-14", "fail", access.terminals_with_telnet),
    Rule("telnet_account", "cleartext", "NET-14", "fail", access.accounts_with_telnet),
    Rule("http_on", "cleartext", "NET-14", "fail", access.service("http")),
    Rule("http_redirect", "cleartext", "NET-14", "warn", access.redirecting_http),
    Rule("ftp_on", "cleartext", "NET-14", "fail", access.service("ftp")),
    Rule("tftp_on", "cleartext", "NET-14", "fail", access.service("tftp")),
    Rule("copied_in_clear", "cleartext", "NET-14", "fail", access.service("copy")),
    Rule("ssh_version_1", "ssh", "NET-15", "fail", snmp_ssh.old_ssh),
    Rule("ssh_broken", "ssh", "NET-15", "fail", snmp_ssh.broken_algorithms),
    Rule("ssh_broken_defaults", "ssh", "NET-15", "fail", snmp_ssh.broken_defaults),
    Rule("ssh_weak", "ssh", "NET-15", "warn", snmp_ssh.weak_algorithms),
    Rule("snmp_default", "snmp", "NET-16", "fail", snmp_ssh.communities(snmp_ssh.is_default)),
    Rule("snmp_writable", "snmp", "NET-16", "fail", snmp_ssh.communities(snmp_ssh.writes)),
    Rule("snmp_open", "snmp", "NET-16", "fail", snmp_ssh.communities(snmp_ssh.is_open)),
    Rule("snmp_v2c", "snmp", "NET-16", "warn", snmp_ssh.communities(snmp_ssh.is_guarded)),
    Rule("snmp_no_privacy", "snmp", "NET-16", "fail", snmp_ssh.weak_groups),
    Rule("snmp_old_algorithms", "snmp", "NET-16", "warn", snmp_ssh.weak_users),
    Rule("snmp_no_acl", "access", "NET-17", "warn", snmp_ssh.groups_without_acl),
    Rule("login_no_acl", "access", "NET-17", "fail", access.terminals_without_acl),
    Rule("login_no_acl6", "access", "NET-17", "fail", access.terminals_without_acl6),
    Rule("https_no_acl", "access", "NET-17", "fail", access.https_without_acl),
    Rule("acl_undefined", "access", "NET-17", "fail", access.undefined_acls),
    Rule("acl_open", "access", "NET-17", "fail", access.open_acls),
    Rule("no_log_host", "logging", "NET-20", "fail", snmp_ssh.no_log_host),
    Rule("logging_off", "logging", "NET-20", "fail", snmp_ssh.logging_off),
    Rule("logging_muted", "logging", "NET-20", "fail", snmp_ssh.logging_muted),
    Rule("no_time_server", "logging", "NET-20", "fail", snmp_ssh.no_time_server),
    Rule("time_unasked", "logging", "NET-20", "fail", snmp_ssh.time_unasked),
    Rule("own_time", "logging", "NET-20", "fail", snmp_ssh.own_time),
    Rule("default_account", "accounts", "NET-21", "fail", accounts.default_accounts),
    Rule("readable_password", "accounts", "NET-21", "fail", accounts.readable_passwords),
    Rule("open_login", "accounts", "NET-21", "fail", access.of_terminals(lambda line: line.login == "none")),
    Rule("shared_password", "accounts", "NET-21", "fail", access.of_terminals(lambda line: line.login == "shared")),
    Rule("highest_at_once", "accounts", "NET-21", "fail", access.of_terminals(lambda line: line.highest)),
    Rule("never_idle", "accounts", "NET-21", "fail", access.of_terminals(lambda line: line.idle == 0)),
    Rule("password_length", "accounts", "NET-21", "warn", accounts.gap("length")),
    Rule("password_kinds", "accounts", "NET-21", "warn", accounts.gap("kinds")),
    Rule("password_days", "accounts", "NET-21", "warn", accounts.gap("days")),
    Rule("password_attempts", "accounts", "NET-21", "warn", accounts.gap("attempts")),
    Rule("no_tree", "loops", "NET-11", "fail", ports.no_tree),
    Rule("tree_off_for_vlans", "loops", "NET-11", "fail", ports.tree_off_for_vlans),
    Rule("tree_off_at_port", "loops", "NET-11", "warn", ports.treeless_ports),
    Rule("edge_unguarded", "loops", "NET-11", "warn", ports.unguarded_edges),
    Rule("no_storm_control", "loops", "NET-11", "warn", ports.uncalmed_ports),
    Rule("unused_port", "ports", "NET-13", "fail", ports.unused_ports),
    Rule("uplink_all_vlans", "isolation", "NET-18", "warn", ports.whole_uplinks),
    Rule("access_all_vlans", "isolation", "NET-18", "fail", ports.whole_access),
    Rule("trunk_negotiated", "isolation", "NET-18", "fail", ports.negotiating_ports),
    Rule("gateway_unfiltered", "isolation", "NET-18", "fail", ports.unfiltered_gateways),
    Rule("filter_undefined", "isolation", "NET-18", "fail", ports.undefined_filters),
    Rule("filter_open", "isolation", "NET-18", "fail", ports.open_filters),
    Rule("policy_any", "policy", "NET-25", "fail", firewall_rules.any_to_any),
    Rule("policy_default", "policy", "NET-25", "fail", firewall_rules.permitting_default),
    Rule("policy_uninspected", "policy", "NET-25", "fail", firewall_rules.uninspected),
    Rule("signatures_by_hand", "policy", "NET-25", "warn", firewall_rules.unrenewed),
)
TOPICS: tuple[Topic, ...] = tuple(dict.fromkeys(rule.topic for rule in RULES))
READERS = {"huawei_vrp": vrp.read, "hp_comware": comware.read, "ruijie_os": rgos.read, "cisco_ios": ios.read}


def read(family: Family, text: str) -> Device:
    """A running configuration in its normal form. `text` of another family gives a device of which nothing is known."""
    return READERS[family](text, tree(text))


def judged(device: Device, topics: Container[Topic] = TOPICS) -> Iterator[Deviation]:
    for rule in RULES:
        if rule.topic not in topics:
            continue
        by_result: dict[Result, list[tuple[str, tuple[str, ...]]]] = {}
        for each in rule.find(device):
            by_result.setdefault(each.result or rule.result, []).append((each.subject, each.lines))
        for result, found in by_result.items():
            subjects = tuple(subject for subject, _ in found)
            yield Deviation(rule, result, subjects, tuple(line for _, lines in found for line in lines))
