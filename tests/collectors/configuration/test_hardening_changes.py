"""Hardened configurations with one change made to them: what the change is about is found, by its rule and no other."""

from __future__ import annotations

import random
import re

import pytest

from collectors.configuration.hardening.collector import samples
from collectors.configuration.hardening.table import judged, read
from tests.collectors.configuration.hardening_table import FAMILIES, TRUTH, deviations, on_record

VRP, USG = "huawei/hall-counter-a.cfg", "huawei/edge-usg-a.cfg"
COMWARE, COMWARE5, F1000 = "h3c/office-access-1.cfg", "h3c/stairwell-c5.cfg", "h3c/edge-f1000.cfg"
RGOS, RGOS_CORE = "ruijie/hall-entry.cfg", "ruijie/core-rj.cfg"
IOS, IOS_OLD, IOS_CORE = "cisco/hall-c9200.cfg", "cisco/workshop-3560cx.cfg", "cisco/server-9300.cfg"
# File, a line or its part (a regular expression), what stands there instead, and the rules that it breaks.
CHANGES = (
    (VRP, r"^stelnet server enable$", r"\g<0>\ntelnet server enable", "telnet_on"),
    (VRP, r"^undo http server enable$", "http server enable", "http_on"),
    (VRP, r"^stelnet server enable$", r"\g<0>\nssh server compatible-ssh1x enable", "ssh_version_1"),
    (VRP, r"^ssh server cipher .*$", r"\g<0> aes256_cbc", "ssh_weak"),
    (VRP, r"^ssh server publickey .*$", "ssh server publickey dsa", "ssh_broken"),
    (VRP, r"^ssh server acl 2010$", "", "login_no_acl"),
    (VRP, r"^(acl number 2010\n.*\n rule 5 permit) .*$", r"\1", "acl_open"),
    (VRP, r"^ssh server acl 2010$", "ssh server acl 2999", "acl_undefined"),
    (VRP, r"^(acl number 2010\n.*\n rule 5 permit) .*$", r"\1 source 0.0.0.0 255.255.255.255", "acl_open"),
    (VRP, r"^(acl number 2010)\n(?: .*\n)+", r"\1\n", "acl_undefined"),
    (VRP, r"^acl number 2010$", "acl ipv6 number 2010", "acl_undefined"),
    (VRP, r"^acl number 2010$", r"acl ipv6 number 2010\n rule 5 permit\n#\n\g<0>", ""),
    (VRP, r"^(acl number 2011)\n(?: .*\n)+", r"\1\n", "snmp_no_acl"),
    (VRP, r"^acl number 2010$", "acl name desk 2010", ""),
    (VRP, r"^http secure-server.*|^undo http secure-server enable$", "http secure-server enable", "https_no_acl"),
    (VRP, r"^(snmp-agent sys-info version) v3$", r"\1 v2c v3\nsnmp-agent community read cipher x acl 2011", "snmp_v2c"),
    (
        VRP,
        r"^(snmp-agent sys-info version) v3$",
        r"\1 all\nsnmp-agent community write cipher x acl 2011",
        "snmp_writable",
    ),
    (VRP, r"^(snmp-agent sys-info version) v3$", r"\1 v2c v3\nsnmp-agent community read cipher x", "snmp_open"),
    (VRP, r"^snmp-agent sys-info version v3$", r"\g<0>\nsnmp-agent community read cipher x", "snmp_v2c"),
    (VRP, r"^snmp-agent sys-info version v3$", r"\g<0>\nsnmp-agent community write public", "snmp_v2c"),
    (VRP, r"^snmp-agent sys-info version v3$", r"snmp-agent community read cipher x", "snmp_open"),
    (
        VRP,
        r"^(snmp-agent sys-info version) v3$",
        r"\1 v2c v3\nsnmp-agent group v2c old write-view whole\nsnmp-agent usm-user v2c watcher old acl 2011",
        "snmp_writable",
    ),
    (VRP, r"^(snmp-agent group v3 watch) privacy", r"\1 authentication", "snmp_no_privacy"),
    (VRP, r"^(snmp-agent group v3 watch privacy.*) acl 2011$", r"\1", "snmp_no_acl"),
    (VRP, r"^info-center loghost 10.*$", "", "no_log_host"),
    (VRP, r"^info-center loghost 10.*$", r"\g<0>\nundo info-center enable", "logging_off"),
    (VRP, r"^ntp-service unicast-server.*$", "", "no_time_server"),
    (VRP, r"^ntp-service unicast-server.*$", r"ntp-service disable\n\g<0>", "time_unasked"),
    (VRP, r"^ntp-service unicast-server.*$", r"undo ntp-service disable\nntp-service ipv6 server disable\n\g<0>", ""),
    (VRP, r"password expire 60", "password expire 120", "password_days"),
    (VRP, r"^ (user-password complexity-check) three-of-kinds$", r" \1", "password_kinds"),
    (VRP, r"^( idle-timeout) 5 0$", r"\1 0 0", "never_idle"),
    (VRP, r"local-user watchreader", "local-user admin", "default_account"),
    (VRP, r"^stp bpdu-protection$", "", "edge_unguarded"),
    (VRP, r"^ description closed on.*\n port link-type access\n.*\n shutdown$", " description spare", "unused_port"),
    (VRP, r"allow-pass vlan 110 120 900", "allow-pass vlan 2 to 4094", "uplink_all_vlans"),
    (USG, r"^  service dns\n", "", ""),
    (
        USG,
        r"^ rule name last$",
        " rule name pass\n  action permit\n  profile ips strict\n rule name last",
        "policy_any",
    ),
    (USG, r"^  (source|destination)-address .*$", r"  \1-address 0.0.0.0 mask 0.0.0.0", ""),
    (USG, r"(?<=any_dns\n)(?:  .*\n)+?(?=  profile)", "  source-address 0.0.0.0 0\n", "policy_any"),
    (USG, r"(?<=any_dns\n)(?:  .*\n)+?(?=  profile)", "  destination-address 0.0.0.0 mask 0.0.0.0\n", "policy_any"),
    (USG, r"(?<=any_dns\n)(?:  .*\n)+?(?=  profile)", "  source-address range 0.0.0.0 255.255.255.255\n", "policy_any"),
    (USG, r"(?<=any_dns\n)(?:  .*\n)+?(?=  profile)", "  source-address 10.60.0.0 16\n", ""),
    (
        USG,
        r"(?<=any_dns\n)(?:  .*\n)+?(?=  profile)",
        "  source-address 10.60.0.0 16\n  source-address any\n",
        "policy_any",
    ),
    (USG, r"^security-policy$", "security-policy\n default action permit", "policy_default"),
    (USG, r"^  profile (av|ips) .*\n", "", "policy_uninspected"),
    (COMWARE, r"^ undo telnet server enable$", " telnet server enable", "telnet_on"),
    (COMWARE, r"^ ntp-service enable$", "", "time_unasked"),
    (COMWARE, r"^ ssh server ipv6 acl.*$", "", "login_no_acl6"),
    (COMWARE, r"^(acl basic name duty-desk)\n(?: .*\n)+", r"\1\n", "acl_undefined"),
    (COMWARE, r"^acl (ipv6 )?basic name duty-desk(6?)$", r"acl \1basic name duty\2", "acl_undefined"),
    (COMWARE, r"^acl basic name duty-desk$", "acl ipv6 basic name duty-desk", "acl_undefined"),
    (
        COMWARE,
        r"^ password-control login-attempt.*$",
        " password-control login-attempt 4 exceed unlock",
        "password_attempts",
    ),
    (COMWARE, r"^ password-control length 12$", " password-control length 6", "password_length"),
    (COMWARE, r"^ stp global enable$", "", "no_tree"),
    (COMWARE, r"^(line aux 0\n) authentication-mode scheme\n", r"\1", "open_login"),
    (COMWARE, r"^ broadcast-suppression pps 300$", "", "no_storm_control"),
    (COMWARE5, r"^ undo ip http enable$", "", "http_on"),
    (COMWARE5, r"^ undo ssh server compatible-ssh1x enable$", "", "ssh_version_1"),
    (
        COMWARE5,
        r"^user-interface vty 5 15\n undo shell$",
        "user-interface vty 5 15\n authentication-mode scheme",
        "login_no_acl",
    ),
    (F1000, r"^  disable\n", "", "policy_any policy_uninspected"),
    (
        F1000,
        r"^  source-ip counters\n  destination-ip acceptance\n  service https$",
        "  source-ip-subnet 0.0.0.0 0.0.0.0\n  destination-ip-subnet 0.0.0.0 0",
        "policy_any",
    ),
    (F1000, r"^ips signature.*\n.*\n#\nanti-virus signature.*\n.*\n", "", "signatures_by_hand"),
    (RGOS, r"^no enable service telnet-server$", "enable service telnet-server", "telnet_on"),
    (RGOS, r"^no enable service web-server$", "enable service web-server http", "http_on"),
    (RGOS, r"^ip ssh version 2$", "", "ssh_version_1"),
    (RGOS, r"^password policy strong$", "", "password_kinds"),
    (RGOS, r"^ntp server .*$", "", "no_time_server"),
    (RGOS, r"^ transport input none$", " transport input ssh", "login_no_acl"),
    (RGOS, r"^spanning-tree$", "", "no_tree"),
    (RGOS_CORE, r"^( ip access-group office-out in)$", "", "gateway_unfiltered"),
    (RGOS_CORE, r"^ip access-list extended office-out$", "ip access-list extended office", "filter_undefined"),
    (RGOS_CORE, r"^(ip access-list extended office-out\n)(?: .*\n)+", r"\1", "filter_undefined"),
    (IOS, r"^no ip http server$", "ip http server", "http_on"),
    (IOS, r"^( transport input) ssh$", r"\1 ssh telnet", "telnet_on telnet_taken"),
    (IOS, r"^ 10 permit 10.60.90.16 .*$", " 10 permit any", "acl_open"),
    (IOS, r"^ 10 permit 10.60.90.16 .*$", " 10 permit 0.0.0.0 255.255.255.255", "acl_open"),
    (IOS, r"^ (?:10 permit 10.60.90.16|20 deny) .*\n", "", "acl_undefined"),
    (IOS, r"^spanning-tree portfast bpduguard default$", "", "edge_unguarded"),
    (IOS, r"^aaa authentication login default local$", "aaa authentication login default none", "open_login"),
    (IOS, r"^ntp server .*$", "", "no_time_server"),
    (IOS, r"^snmp-server location", r"snmp-server group OLD v2c write whole\n\g<0>", ""),
    (
        IOS,
        r"^snmp-server location",
        r"snmp-server group OLD v2c write whole access WATCH\nsnmp-server user watcher OLD v2c\n\g<0>",
        "snmp_writable",
    ),
    (IOS, r"^snmp-server location", r"snmp-server group OLD v2c\nsnmp-server user watcher OLD v2c\n\g<0>", "snmp_open"),
    (IOS, r"^ switchport mode access\n switchport nonegotiate\n", "", "trunk_negotiated"),
    (IOS, r" common-criteria-policy CENTRE", "", "password_days password_kinds password_length"),
    (
        IOS,
        r"(?<=watchread privilege 1) common-criteria-policy CENTRE",
        "",
        "password_days password_kinds password_length",
    ),
    (
        IOS,
        r"common-criteria-policy CENTRE",
        "common-criteria-policy GONE",
        "password_days password_kinds password_length",
    ),
    (IOS, r"^aaa common-criteria policy CENTRE$", r"aaa common-criteria policy WEAK\n\g<0>", ""),
    (IOS_OLD, r"^ip ssh version 2$", "", "ssh_version_1"),
    (IOS_OLD, r"^ transport input ssh$", "", "telnet_on telnet_taken"),
    (IOS_OLD, r"^enable secret 9 .*$", "enable password 7 x", "readable_password"),
    (IOS_OLD, r"^ switchport trunk allowed vlan .*$", "", "uplink_all_vlans"),
    (IOS_CORE, r"^ storm-control broadcast.*$", "", "no_storm_control"),
    (IOS_CORE, r"^ (?:20|30) (?:permit udp host|deny   ip).*$", r"\g<0>\n 5 permit ip any any", "filter_open"),
)


@pytest.mark.parametrize(("name", "pattern", "instead", "rules"), CHANGES)
def test_a_change_breaks_its_rule_and_no_other(name: str, pattern: str, instead: str, rules: str) -> None:
    text = on_record(name)
    changed = re.sub(pattern, instead, text, flags=re.MULTILINE)
    assert changed != text
    found = deviations(name, changed)
    assert sorted({each.rule.id for each in found}) == sorted(rules.split())


def unfiltered(name: str, text: str) -> set[str]:
    """Gateways that have no filter and should have one."""
    return {
        each for found in deviations(name, text) if found.rule.id == "gateway_unfiltered" for each in found.subjects
    }


def without_filter(name: str, gateway: str) -> str:
    text = on_record(name)
    bare = re.sub(
        rf"(?m)(^interface {gateway}\n(?: .*\n)*?) (?:traffic-filter|packet-filter|ip access-group) .*\n", r"\1", text
    )
    assert bare != text
    return bare


@pytest.mark.parametrize(
    ("name", "management", "business"),
    [
        ("huawei/core-1.cfg", "Vlanif900", "Vlanif110"),
        ("h3c/core-2.cfg", "Vlan-interface900", "Vlan-interface210"),
        ("cisco/core-9500.cfg", "Vlan901", "Vlan110"),
        ("ruijie/core-rj.cfg", "VLAN 900", "VLAN 210"),
    ],
)
def test_the_gateway_of_guarded_administrators_needs_no_filter(name: str, management: str, business: str) -> None:
    usual = unfiltered(name, on_record(name))
    # At two of them that of the management is not the network of the administrators.
    bare = re.sub(r"address 10\.60\.9[23]\.1 ", "address 10.60.90.3 ", without_filter(name, management))
    assert unfiltered(name, bare) == usual
    assert unfiltered(name, without_filter(name, business)) == usual | {business}


def test_the_gateway_of_management_is_known_by_network_description_or_server() -> None:
    name, gateway = "huawei/core-1.cfg", "Vlanif900"
    bare, address = without_filter(name, gateway), " ip address 10.60.90.1 255.255.255.0\n"
    usual = unfiltered(name, on_record(name))
    elsewhere = bare.replace(address, " ip address 10.60.99.1 255.255.255.0\n")
    hosts = bare.replace("permit source 10.60.90.16 0.0.0.15", "permit source 10.60.90.17 0")
    unguarded = re.sub(r"(?m)^ssh server acl .*\n|^ acl 2010 inbound\n", "", bare)
    opened = bare.replace("permit source 10.60.90.16 0.0.0.15", "permit")
    for text in (elsewhere, hosts, unguarded, opened):
        assert text != bare
        assert unfiltered(name, text) == usual | {gateway}
    for text in (elsewhere, hosts):
        assert (
            unfiltered(name, text.replace(f"interface {gateway}\n", f"interface {gateway}\n description 设备管理\n"))
            == usual
        )
        assert unfiltered(name, text + f"\n#\nssh server-source -i {gateway}\n") == usual


# As switches of data centres write it: VRP 8, with other words and rules between parts of a section.
VRP_8 = """!Software Version V200R005C10SPC800
#
sysname DC-1
#
device board 1 board-type CE6880-24S4Q2CQ-EI
#
ntp unicast-server 10.60.90.60
#
telnet server disable
telnet ipv6 server disable
#
acl number 2000
 rule 5 permit source 10.60.90.16 0.0.0.15
#
aaa
 authentication-scheme default
 #
 local-user keeper password irreversible-cipher x
 local-user keeper service-type ssh
 #
 local-aaa-user password policy administrator
  password expire 60
 user-password complexity-check three-of-kinds
#
interface 10GE1/0/1
 description ***SOUTH-Link***
 port link-type trunk
 port trunk allow-pass vlan 10 20
#
stelnet server enable
ssh server cipher aes256_ctr
ssh server key-exchange ecdh_sha2_nistp384
ssh server acl 2000
#
info-center loghost 10.60.90.50
#
user-interface con 0
 authentication-mode aaa
user-interface vty 0 4
 authentication-mode aaa
 protocol inbound all
#
return
"""


@pytest.mark.parametrize(
    ("line", "instead", "rules"),
    [
        ("", "", []),
        ("telnet server disable", "", ["telnet_on", "telnet_taken", "login_no_acl"]),
        ("ntp unicast-server 10.60.90.60", "", ["no_time_server"]),
        ("user keeper", "user admin", ["default_account"]),
        ("vlan 10 20", "vlan 2 to 4094", ["uplink_all_vlans"]),
    ],
)
def test_a_switch_of_a_data_centre(line: str, instead: str, rules: list[str]) -> None:
    found = deviations("dc-1", VRP_8.replace(line, instead) if line else VRP_8)
    assert sorted({each.rule.id for each in found}) == sorted(rules)


def test_an_account_of_the_pages_alone_is_an_account() -> None:
    text = on_record(RGOS).replace(
        "ip ssh version 2", "webmaster level 0 username admin password 7 x\nip ssh version 2"
    )
    found = deviations("rj", text)
    assert sorted({each.rule.id for each in found}) == ["default_account", "readable_password"]


@pytest.mark.parametrize(
    ("description", "unused"),
    [
        ("spare", True),
        ("Spare port, room 3", True),
        ("free socket", True),
        ("备用口", True),
        ("预留(二楼)", True),
        ("闲置", True),
        ("备用线路", False),
        ("备用专线 CORE-2", False),
        ("预留给打印机的交换机", False),
        ("spare line of the carrier", False),
        ("reserved for the director's printer", False),
        ("free wifi AP", False),
        ("hands-free phone", False),
    ],
)
def test_what_a_description_calls_unused(description: str, unused: bool) -> None:
    text = re.sub(r"description counter 01.*", f"description {description}", on_record(VRP))
    found = deviations("core", text)
    assert [each.rule.id for each in found] == (["unused_port"] if unused else [])


def test_damaged_texts_are_judged_without_an_error() -> None:
    """Lines cut, doubled, mixed, turned and lengthened, also read as of another family."""
    chance = random.Random(20261124)
    texts = {name: on_record(name) for name in TRUTH}
    pieces = [line for text in texts.values() for line in text.split("\n")]
    for _ in range(300):
        name = chance.choice(list(texts))
        lines = texts[name].split("\n")
        for _ in range(30):
            place = chance.randrange(len(lines))
            lines[place] = chance.choice(
                (
                    lines[place][: chance.randrange(40)],
                    chance.choice(pieces),
                    lines[place][::-1],
                    lines[place] * 20,
                    "²٣",
                )
            )
        for sample in samples(judged(read(chance.choice(list(FAMILIES.values())), "\n".join(lines)))):
            assert all(len(label) <= 130 and "\n" not in label for label in sample.labels)
