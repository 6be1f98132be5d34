"""The number of the rules: one text by the first rules, as they made it, and by today's."""

from __future__ import annotations

import hashlib

from agent.core.configurations import OnRecord, Standing, Version, digest
from collectors.configuration.normal import RULES, normal
from collectors.configuration.renewal import Sent, form

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
# What rules of each number make of it, by its hash. A line is never changed: it stands on somebody's disk.
MADE = {1: "df039ec2ba19b296", 2: "859ff0c20cbd028f"}


def fingerprint(secret: str) -> str:
    return hashlib.sha256(b"a key" + secret.encode()).hexdigest()[:8]


def test_other_rules_have_another_number() -> None:
    today = normal("cisco_ios", SENT.encode(), fingerprint)
    made = hashlib.sha256(today.encode()).hexdigest()[:16]
    assert MADE[1] == hashlib.sha256(FIRST.encode()).hexdigest()[:16]
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
