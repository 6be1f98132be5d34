"""No secret is in a normal form: each line of four command references that holds one, with a canary for it."""

from __future__ import annotations

import hashlib

import pytest

from collectors.configuration.secrets import masked

# By line; {} is the secret.
LINES = """
enable secret 5 {}
enable secret {}
enable password level 15 7 {}
username admin privilege 15 secret 9 {}
username admin password 0 {}
 password 7 {}
 password {}
snmp-server community {} RO
snmp-server community {} view all rw 10
snmp-server community 7 {} ro
snmp-server user {} READERS v2c access 10
snmp-server host 10.1.1.9 {}
snmp-server host 10.1.1.9 traps {}
snmp-server host 10.1.1.9 traps version 2c {} config
snmp-server host 10.1.1.9 informs version 2c {}
snmp-server host 10.1.1.9 vrf mgmt version 2c {}
snmp-server user wang room v3 auth sha {} priv aes 128 {}
snmp-server user wang room v3 encrypted auth md5 {} priv des {}
radius-server key 7 {}
radius-server key {}
radius-server host 10.1.1.8 auth-port 1812 acct-port 1813 key 7 {}
tacacs-server key {}
tacacs-server host 10.1.1.8 key 7 {}
 key 7 {}
 key {}
 server-key 7 {}
 client 10.1.1.8 server-key {}
crypto isakmp key {} address 10.9.9.9
crypto isakmp key 0 {} address 10.9.9.9 255.255.255.255
 pre-shared-key address 10.9.9.9 key {}
 pre-shared-key local {}
 pre-shared-key hostname far key {}
 key-string 7 {}
 key-string {}
 ip ospf authentication-key 7 {}
 ip ospf message-digest-key 1 md5 7 {}
 neighbor 10.9.9.9 password 7 {}
 isis password {} level-2
 area-password {}
 standby 1 authentication {}
 standby 1 authentication md5 key-string {}
 vrrp 1 authentication text {}
ntp authentication-key 1 md5 {} 7
ntp authentication-key 12 md5 {}
 ppp chap password 0 {}
 ppp pap sent-username shanghai password 7 {}
ip ftp password {}
vtp password {}
 wpa-psk ascii 0 {}
 security wpa2 psk pass-phrase {} aes
 local-user admin password irreversible-cipher {}
 local-user admin password cipher {}
 local-user admin password simple {}
 super password level 3 cipher {}
 super password role network-admin hash {}
 set authentication password cipher {}
 set authentication password hash {}
snmp-agent community read cipher {}
snmp-agent community read {}
snmp-agent usm-user v2c {} readers acl 2000
snmp-agent community write cipher {} mib-view all acl 2000
snmp-agent community write simple {} mib-view all
snmp-agent target-host trap address udp-domain 10.1.1.9 params securityname cipher {} v2c
snmp-agent target-host trap address udp-domain 10.1.1.9 params securityname {}
snmp-agent usm-user v3 wang room authentication-mode md5 {} privacy-mode aes128 {}
snmp-agent usm-user v3 wang authentication-mode sha cipher {}
snmp-agent usm-user v3 wang privacy-mode aes256 cipher {}
snmp-agent usm-user v3 wang room cipher authentication-mode sha {} privacy-mode aes128 {}
 radius-server shared-key cipher {}
 radius-server shared-key cipher {} 10.1.1.8 1812
 hwtacacs-server shared-key cipher {}
 radius-server authorization 10.1.1.8 shared-key cipher {}
 key authentication cipher {}
 key accounting simple {}
 primary authentication 10.1.1.8 key cipher {}
 pre-shared-key cipher {}
 pre-shared-key simple {}
 pre-shared-key address 10.9.9.9 key cipher {}
 ospf authentication-mode md5 1 cipher {}
 ospf authentication-mode simple cipher {}
 isis authentication-mode md5 cipher {}
 area-authentication-mode md5 cipher {}
 peer 10.9.9.9 password cipher {}
 vrrp vrid 1 authentication-mode md5 {}
 vrrp vrid 1 authentication-mode simple {}
 ntp-service authentication-keyid 1 authentication-mode md5 cipher {}
 ppp chap password cipher {}
 sa string-key inbound esp cipher {}
 sa authentication-hex inbound esp cipher {}
 akm-key preshared-key pass-phrase cipher {}
 preshared-key pass-phrase simple {}
 bims-server ip 10.1.1.1 sharekey cipher {}
 url ftp://backup:{}@10.1.1.3/running
 description ask wang, password: {}
 description 口令:{}
 dldp authentication-mode md5 {}
 rip authentication-mode simple {}
 set cipher {}
 tftp key "{}"
  md5-password cipher 10.9.9.9 {}
 md5-authentication 10.9.9.9 plain {}
 rip authentication-mode md5 usual {}
 rip authentication-mode md5 rfc2453 plain {}
 sa encryption-hex outbound esp simple {}
 sa string-key inbound esp simple {}
 sa hex-key authentication inbound ah simple {}
 mka psk ckn E9AC cak simple {}
 ldap-server authentication manager cn=reader,dc=room {}
 schedule job room command ftp backup:{}@10.1.1.3
snmp-server user wang room v3 encrypted auth md5 {} priv des56 {}
 security wpa psk set-key ascii 0 {}
 security rsn akm psk set-key ascii {}
 cts sap pmk {}
 mpls ldp password option 1 for peers {}
 ip msdp password peer 10.9.9.9 7 {}
snmp mib community-map {} engineid 80
 encryption key 1 size 128bit 0 {} transmit-key
 ip nhrp authentication {}
event manager environment _mail_pw {}
 action 1.0 cli command "enable {}"
 action 2.0 mail server "wang:{}@10.1.1.4" to "wang"
license smart token {}
 Authorization: Bearer {}
 description password is {}
 description pw: {}
 description pass {}
 description wifi-key={}
 description 密码是 {}
 description 密码{}
 description 密 码:{}
 description 暗号{}
 description passwd-{}
 description pwd/{}
 description password({})
 description mima {}
 banner motd wifi: {}
 set session-key inbound esp 256 cipher {} authenticator {}
 set session-key outbound ah 256 {}
 ipv6 ospf encryption ipsec spi 256 esp aes-cbc 128 {} sha1 {}
 ospfv3 authentication ipsec spi 500 md5 0 {}
 area 0 authentication ipsec spi 500 sha1 {}
alias exec x sshpass -p {} ssh a
 community {}
 snmp-agent trap community {}
snmp-server user wang room v3 auth sha512 {} privacy aes256 {}
 isis authentication-mode hmac-sha256 key-id 1 plain {}
 access-key {}
 secret-key 7 {}
 wep-key {}
 loginpwd {}
 accesskey {}
"""
CASES = [line for line in LINES.splitlines() if line]
# Free text in which only what looks like a password is one: words must stay readable.
FREE = (" description admin/{}", " description 账号admin/{}", " description wifi {}", " description login wang {}")
CIPHERS = (
    "%=%#{}%=%#",
    "%-%#{}%-%#",
    "@%@@{}@%@@",
    "%^%#{}%^%#",
    "%@%@{}%@%@",
    "%$%${}%$%$",
    "%+%#{}%+%#",
    "%#%#{}%#%#",
    "@%@%{}@%@%",
)
# What looks like a line with a secret and has none: its words must stay readable.
PLAIN = (
    "service password-encryption",
    "interface GigabitEthernet0/0/1",
    " description counter 1",
    "ip route-static 10.20.0.0 255.255.0.0 10.1.1.2",
    " authentication-mode aaa",
    " authentication-mode password",
    "key chain room",
    " key 1",
    "snmp-agent sys-info version v2c v3",
    "snmp-server enable traps config",
    "snmp-server location room",
    "ip community-list standard room permit 100:1",
    "ssh server cipher aes256_ctr",
    "stelnet server enable",
    "undo telnet server enable",
    " port trunk allow-pass vlan 10",
    " description uplink to the pass-through room",
    " ip ospf authentication message-digest",
    " mac 00:11:22:33:44:55",
    " description admin office",
    " description wifi uplink AP-3",
    " description user room 2",
    " description to core/GE0/0/1",
    "user-interface vty 0 4",
    "password-control enable",
    "peer-public-key end",
    "public-key local create rsa",
)


@pytest.mark.parametrize("line", [*CASES, *FREE])
def test_the_secret_of_a_line_is_masked(line: str) -> None:
    found = masked(line.replace("{}", "canary5ecret"), lambda secret: "f00d")
    assert "canary5ecret" not in found
    assert found.count("***f00d") >= line.count("{}")
    assert found.split()[0] == line.replace("{}", "***f00d").split()[0]


# What people take for passwords, and what devices make of them.
SECRETS = (
    "p@$$w0rd!#",
    "12345678",
    "口令a1",
    "a,b;c|d",
    "public",
    "shadow1",
    "despacito",
    "aesop",
    "x" * 64,
    "N`C55QK<`=/Q=^Q`MAF4<1!!",
    "$h$6$Abc$Def==",
    "%^%#a[b{c%^%#",
    "0822455D0A16",
    "***",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_any_secret_is_masked_in_every_line(secret: str) -> None:
    for line in CASES:
        found = masked(line.replace("{}", secret), lambda secret: "f00d")
        words = found.replace(":", " ").replace("@", " ").replace('"', " ").replace("：", " ").split()
        assert secret not in words, line


@pytest.mark.parametrize("cipher", CIPHERS)
@pytest.mark.parametrize("line", ["something {} else", " local-user admin password cipher {}", "a {} b {}"])
def test_what_only_a_cipher_looks_like_is_masked_wherever_it_stands(cipher: str, line: str) -> None:
    secret = cipher.replace("{}", "canary 5ecret[9(")
    found = masked(line.replace("{}", secret), lambda secret: "f00d")
    assert "canary" not in found
    assert found == line.replace("{}", "***")


@pytest.mark.parametrize("line", PLAIN)
def test_a_line_without_a_secret_stays_as_it_is(line: str) -> None:
    assert masked(line, lambda secret: "f00d") == line


@pytest.mark.parametrize("line", [" password hash ******", " local-user a password irreversible-cipher ******"])
def test_what_a_device_hides_is_no_secret_and_is_seen_to_be_hidden(line: str) -> None:
    assert masked(line, lambda secret: "f00d") == line


# Kinds of encryption whose text stays while the secret does, and those that are made anew: then no change can be told.
STABLE = (
    "enable secret 4 {}",
    "enable secret 5 $1$aBcD${}",
    "username a password 7 {}",
    "enable secret 8 $8${}",
    "username a secret 9 $9${}",
    " password hash $h$6${}",
    " local-user a password irreversible-cipher $1c${}$",
)
MADE_ANEW = (" key 6 {}", " password 6 {}", " key cipher $c$3${}", " snmp-agent community read cipher %^%#{}%^%#")


def test_a_changed_secret_is_told_where_its_text_is_stable_and_nowhere_else() -> None:
    def of(line: str, secret: str) -> str:
        return masked(line.replace("{}", secret), lambda each: hashlib.sha256(each.encode()).hexdigest()[:8])

    for line in STABLE:
        assert of(line, "canary1") != of(line, "canary2"), line
    for line in MADE_ANEW:
        assert of(line, "canary1") == of(line, "canary2"), line
        assert of(line, "canary1").endswith("***"), line


def test_a_password_with_blanks_is_masked_to_its_end() -> None:
    assert masked("enable password a canary with blanks", lambda secret: "f00d") == "enable password ***f00d"
    assert masked("username wang secret 0 a canary", lambda secret: "f00d") == "username wang secret 0 ***f00d"


def test_another_secret_has_another_mask_and_the_same_one_the_same() -> None:
    masks = [masked(f"snmp-server community {each} RO", lambda secret: str(len(secret))) for each in ("a", "bb", "cc")]
    assert masks[1] == masks[2] != masks[0]


@pytest.mark.parametrize(
    "line",
    [
        "set password min-length 8",
        "  password expire 90",
        " local-user wang password expire 60",
        " local-aaa-user password policy administrator",
        " local-aaa-user wrong-password retry-interval 6 retry-time 5 block-time 10",
        " user-password complexity-check three-of-kinds",
        " undo user-password complexity-check",
        " manager-user password valid-days 90",
        "password policy life-cycle 90",
        "password policy strong",
    ],
)
def test_what_is_demanded_of_passwords_is_shown(line: str) -> None:
    assert masked(line, lambda secret: "00000000") == line
    assert masked(f"{line} canary", lambda secret: "00000000") != f"{line} canary"
