"""The number of the rules: one text by the first rules, as they made it, and by today's, in each family."""

from __future__ import annotations

import hashlib

from agent.core.configurations import OnRecord, Standing, Version, digest
from collectors.configuration.normal import HABITS, RULES, normal
from collectors.configuration.renewal import Sent, form
from collectors.configuration.secrets import hidden

SENT = """\
interface 1
 description admin/canary5ecret
 wlan access-key canary5ecret
 session-key inbound esp 256 cipher canary5ecret authenticator canary5ecret
 snmp-agent community read cipher %^%#canary%^%#
enable secret 5 $1$canary5ecret
 set cipher %=%#canary%=%#
1w2d: %LINK-3-UPDOWN: Interface down
ntp clock-period 7
-----BEGIN X KEY-----
TUlJRXBBSUJBQUtDQVFFQQ==
-----END X KEY-----
end
"""
# What rules 1 made of it.
FIRST = """\
interface 1
 description admin/canary5ecret
 wlan access-key canary5ecret
 session-key inbound esp 256 cipher ***1cc5d925 authenticator canary5ecret
 snmp-agent community read cipher ***
enable secret 5 ***ba27f036
 set cipher ***67a784ca
1w2d: %LINK-3-UPDOWN: Interface down
-----BEGIN X KEY----- ***243c1741
end
"""
# More of what passes, what is shuffled, what is hidden and how, in all families.
MORE = """\
Building configuration...
Current configuration : 3204 bytes
Using 3204 out of 524288 bytes
! Last configuration change at 09:12:44 CST Fri Nov 20 2026 by admin
! NVRAM config last updated at 09:13:01 CST Fri Nov 20 2026 by admin
!Last configuration was updated at 2026-11-20 09:12:44+08:00 by admin
!Time: 2026-11-24 10:00:01
!MKHash 0000000000000000
!CfgFileCrc:AAAA0000
!
!
#
#
# Saved configuration
Nov 24 2026 10:00:01+08:00 core %%01SHELL/5/LOGIN(s)[1]:VTY login from 10.1.1.7.
#Nov 24 2026 10:00:01+08:00 core IFNET/4/IF_STATE:OID 1.3 down.
%@31%Nov 24 10:00:01:123 2026 core CFGMAN/5/CFG_CHANGED: x
000123: *Nov 24 10:00:01.1: %SYS-5-CONFIG_I: x
No time source, *10:00:01.1 CST Tue Nov 24 2026
  ---- More ----
 snmp-agent trap enable
 snmp-agent community read cipher $c$3$canary==
 local-user wang password irreversible-cipher $1c$canary$
 local-user admin password irreversible-cipher ******
 ip route-static 10.2.0.0 16 10.1.1.2
 ip route-static 10.1.0.0 16 10.1.1.1
ntp server 10.1.1.6
ntp server 10.1.1.5
username wang privilege 15 secret 5 $1$canary with blanks
username admin password 7 canary
snmp-server host 10.1.1.9 version 2c canary
ip route 10.2.0.0 255.255.0.0 10.1.1.2
ip route 10.1.0.0 255.255.0.0 10.1.1.1
alias exec b show
alias exec a show
 key 6 canary
crypto isakmp key canary address 10.1.1.1
 ospfv3 authentication ipsec spi 500 md5 0 canary
 neighbor 10.1.1.1 password canary
 ftp://wang:canary@10.1.1.9/
 description 密码是canary
 description\t窗口\u200b wifi canary5ecret
crypto pki certificate chain TP
 certificate self-signed 01
  3082022B 30820194 A0030201 02020101 300D0609 2A864886 F70D0101 05050030
  31312F30 2D060355 04031326 494F532D
  \tquit
"""
# Numbers 1 and 2 were without these lines.
POLICY = "set password min-length 8\n  password expire 90\npassword policy life-cycle 90\n"
# What rules of each number make of it, by its hash. A line is never changed: it stands on somebody's disk.
MADE = {
    2: {
        "huawei_vrp": "1e7e1b167408d6b9",
        "hp_comware": "a06da53585ec3b5b",
        "ruijie_os": "2fe52c31198769f5",
        "cisco_ios": "2fe52c31198769f5",
    },
    3: {
        "huawei_vrp": "f7f15cd5019da946",
        "hp_comware": "f9b294ffa03f2d4e",
        "ruijie_os": "60874af59617667a",
        "cisco_ios": "60874af59617667a",
    },
}


def fingerprint(secret: str) -> str:
    return hashlib.sha256(b"a key" + secret.encode()).hexdigest()[:8]


def test_other_rules_have_another_number() -> None:
    sent = f"{SENT}{MORE}{'x' * 3000}\n{POLICY}".encode()
    made = {family: digest(normal(family, sent, fingerprint))[:16] for family in HABITS}
    assert MADE.get(RULES) == made, "the rules are others than before: give RULES the next number, and MADE a line"
    assert max(MADE) == RULES


def test_what_the_first_rules_made_is_found_to_be_the_same_by_todays() -> None:
    today = normal("cisco_ios", SENT.encode(), fingerprint)
    assert "canary5ecret" not in today
    before = Standing((Version(100.0, digest(FIRST)),), 100.0, digest(FIRST))
    found = form("cisco_ios", Sent(today, "moved", unmoved=False), before, OnRecord(FIRST, FIRST), fingerprint)
    assert (found.rules, found.same, found.approved) == (RULES, True, today)


def test_a_change_on_the_device_meanwhile_is_one_by_any_rules() -> None:
    for old, new in (("interface 1", "interface 2"), ("access-key canary5ecret", "access-key another5ecret")):
        changed = normal("cisco_ios", SENT.replace(old, new).encode(), fingerprint)
        before = Standing((Version(100.0, digest(FIRST)),), 100.0, digest(FIRST))
        found = form("cisco_ios", Sent(changed, "moved", unmoved=False), before, OnRecord(FIRST, FIRST), fingerprint)
        assert not found.same, new


def test_what_is_demanded_of_passwords_and_was_masked_once_is_no_change_now_that_it_is_shown() -> None:
    """Also of a device that encrypts anew whatever it shows, so that nothing else tells that it was not changed."""
    today = normal("huawei_vrp", POLICY.encode(), fingerprint)
    assert "min-length 8" in today
    second = "".join(hidden(line, fingerprint) + "\n" for line in today.split("\n")[:-1])
    assert "min-length" not in second
    before = Standing((Version(100.0, digest(second), rules=2),), 100.0, digest(second))
    found = form("huawei_vrp", Sent(today, "moved", unmoved=False), before, OnRecord(second, second), fingerprint)
    assert (found.rules, found.same, found.approved) == (RULES, True, today)
    other = normal("huawei_vrp", POLICY.replace("expire 90", "expire 30").encode(), fingerprint)
    found = form("huawei_vrp", Sent(other, "moved", unmoved=False), before, OnRecord(second, second), fingerprint)
    assert not found.same
