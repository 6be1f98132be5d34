"""Pairs of configurations of our own making: what a device shows now and later. `same`: nothing was changed on it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.console import Family

VRP = """\
!Software Version V200R019C10SPC500
!Last configuration was updated at 2026-11-20 09:12:44+08:00 by admin
!Last configuration was saved at 2026-11-20 09:13:01+08:00 by admin
!MKHash 0000000000000000
#
sysname core
#
vlan batch 10 20 30
#
acl number 3000
 rule 5 permit ip source 10.1.10.0 0.0.0.255
 rule 10 deny ip
#
aaa
 local-user admin password irreversible-cipher $1c$tJkG2%b7]A$n9Rk>Xf*7B{=a6)Oqk9$
 local-user admin privilege level 15
 local-user admin service-type ssh terminal
 local-user wang password irreversible-cipher $1c$zzKG2%b7]A$m1Rk>Xf*7B{=a6)Oqk9$
#
interface Vlanif10
 ip address 10.1.10.1 255.255.255.0
#
interface GigabitEthernet0/0/1
 description 一号窗口
 port link-type access
 port default vlan 10
#
ip route-static 0.0.0.0 0.0.0.0 10.1.1.1
ip route-static 10.20.0.0 255.255.0.0 10.1.1.2
#
snmp-agent
snmp-agent community read cipher %^%#Xq2!aB$c{9(Lk,0Z8@Gd]%^%#
snmp-agent target-host trap address udp-domain 10.1.1.9 params securityname cipher %^%#Pq2!aB$c{9(Lk]%^%#
snmp-agent sys-info version v2c v3
#
ntp-service unicast-server 10.1.1.5
ntp-service unicast-server 10.1.1.6
#
user-interface vty 0 4
 authentication-mode aaa
 protocol inbound ssh
#
return
"""
COMWARE = """\
#
 version 7.1.070, Release 6318P01
#
 sysname core
#
vlan 10
 name 窗口
#
vlan 20
#
interface Vlan-interface10
 ip address 10.1.10.1 255.255.255.0
#
interface GigabitEthernet1/0/1
 port link-mode bridge
 port access vlan 10
 undo shutdown
#
 ip route-static 0.0.0.0 0 10.1.1.1
 ip route-static 10.20.0.0 16 10.1.1.2
#
 snmp-agent
 snmp-agent community read cipher $c$3$n0GzT3vVn8vQp0yE2F4u1g==
 snmp-agent sys-info version v2c v3
 snmp-agent trap enable
#
radius scheme room
 primary authentication 10.1.1.8
 key authentication cipher $c$3$Yk0zT3vVn8vQp0yE2F4u1g==
#
acl advanced 3000
 rule 5 permit ip source 10.1.10.0 0.0.0.255
 rule 10 deny ip
#
line vty 0 63
 authentication-mode scheme
 idle-timeout 5 0
#
domain system
#
local-user admin class manage
 password hash $h$6$Abc123xyz$LongHashOfTheFirst==
 service-type ssh terminal
 authorization-attribute user-role network-admin
#
return
"""
IOS = """\
Building configuration...

Current configuration : 3204 bytes
!
! Last configuration change at 09:12:44 CST Fri Nov 20 2026 by admin
! NVRAM config last updated at 09:13:01 CST Fri Nov 20 2026 by admin
!
version 15.2
service timestamps log datetime msec
service password-encryption
!
hostname core
!
enable secret 5 $1$aBcD$eFgHiJkLmNoPqRsTuVwX0.
!
username admin privilege 15 secret 5 $1$qWeR$tYuIoPaSdFgHjKlZxCvB1.
username wang privilege 1 password 7 0822455D0A16544541
!
crypto pki certificate chain TP-self-signed-1
 certificate self-signed 01
  3082022B 30820194 A0030201 02020101 300D0609 2A864886 F70D0101 05050030
  31312F30 2D060355 04031326 494F532D
  \tquit
!
interface Vlan10
 ip address 10.1.10.1 255.255.255.0
!
interface GigabitEthernet0/1
 description counter 1
 switchport access vlan 10
 switchport mode access
!
ip route 0.0.0.0 0.0.0.0 10.1.1.1
ip route 10.20.0.0 255.255.0.0 10.1.1.2
!
ip access-list extended STAFF
 permit ip 10.1.10.0 0.0.0.255 any
 deny   ip any any
!
snmp-server community canary-community RO 10
snmp-server location room
snmp-server host 10.1.1.9 version 2c canary-trap
!
line vty 0 4
 login local
 transport input ssh
!
ntp clock-period 36028797
ntp server 10.1.1.5
ntp server 10.1.1.6
end
"""
RGOS = """\
Building configuration...
Current configuration : 1790 bytes

version 11.4(1)B70P1
hostname core
!
username admin privilege 15 password 7 08225e5d0a1654
enable secret 5 $1$aBcD$eFgHiJkLmNoPqRsTuVwX0.
!
vlan 10
 name staff
!
interface GigabitEthernet 0/1
 description counter 1
 switchport access vlan 10
!
interface VLAN 10
 ip address 10.1.10.1 255.255.255.0
!
snmp-server community 7 1423545a0c0a7b ro
snmp-server host 10.1.1.9 traps version 2c canary-trap
!
ntp server 10.1.1.5
line vty 0 4
 login local
 transport input ssh
!
end
"""
TEXTS: dict[Family, str] = {"huawei_vrp": VRP, "hp_comware": COMWARE, "ruijie_os": RGOS, "cisco_ios": IOS}


@dataclass(frozen=True)
class Pair:
    """`old` of the family's text is `new` in the other, where it stands first."""

    family: Family
    what: str
    old: str
    new: str
    same: bool

    @property
    def before(self) -> str:
        return TEXTS[self.family]

    @property
    def after(self) -> str:
        assert self.old in self.before, self.what
        return self.before.replace(self.old, self.new, 1)


def pairs(family: Family, same: bool, *cases: tuple[str, str, str]) -> tuple[Pair, ...]:
    return tuple(Pair(family, what, old, new, same) for what, old, new in cases)


PAIRS: tuple[Pair, ...] = (
    *pairs(
        "huawei_vrp",
        True,
        ("the time of the last change", "09:12:44+08:00 by admin", "10:00:00+08:00 by wang"),
        ("the time of the last saving", "saved at 2026-11-20 09:13:01", "saved at 2026-11-24 09:13:01"),
        ("its own hash", "!MKHash 0000000000000000", "!MKHash 8c1f0aa07bb1d001"),
        ("a checksum of the saved file", "!MKHash 0000000000000000\n", "!CfgFileCrc:D8DD8B0D\n"),
        ("a community is encrypted anew", "%^%#Xq2!aB$c{9(Lk,0Z8@Gd]%^%#", "%^%#(Lk,0Z8@Gd]Xq2!aB$c{9%^%#"),
        ("the name of a trap is encrypted anew", "%^%#Pq2!aB$c{9(Lk]%^%#", "%^%#aB$c{9(Lk]Pq2!%^%#"),
        (
            "time servers in another order",
            "server 10.1.1.5\nntp-service unicast-server 10.1.1.6",
            "server 10.1.1.6\nntp-service unicast-server 10.1.1.5",
        ),
        (
            "routes in another order",
            "ip route-static 0.0.0.0 0.0.0.0 10.1.1.1\nip route-static 10.20.0.0 255.255.0.0 10.1.1.2\n",
            "ip route-static 10.20.0.0 255.255.0.0 10.1.1.2\nip route-static 0.0.0.0 0.0.0.0 10.1.1.1\n",
        ),
        (
            "users in another order",
            " local-user admin privilege level 15\n local-user admin service-type ssh terminal\n",
            " local-user admin service-type ssh terminal\n local-user admin privilege level 15\n",
        ),
        ("what is left of a page break", "interface Vlanif10", "  ---- More ----\ninterface Vlanif10"),
        ("carriage returns and blanks", "sysname core\n#\n", "sysname core  \r\n#\r\n"),
        (
            "a message of the log in between",
            "interface Vlanif10",
            "Nov 24 2026 10:00:01+08:00 core %%01SHELL/5/LOGIN(s)[1]:VTY login from 10.1.1.7.\ninterface Vlanif10",
        ),
    ),
    *pairs(
        "huawei_vrp",
        False,
        ("a port in another VLAN", "port default vlan 10", "port default vlan 20"),
        ("a rule less", " rule 10 deny ip\n", ""),
        (
            "rules in another order",
            " rule 5 permit ip source 10.1.10.0 0.0.0.255\n rule 10 deny ip\n",
            " rule 10 deny ip\n rule 5 permit ip source 10.1.10.0 0.0.0.255\n",
        ),
        ("a route to somewhere else", "255.255.0.0 10.1.1.2", "255.255.0.0 10.1.1.3"),
        ("another password", "$1c$tJkG2%b7]A$n9Rk", "$1c$aaaa2%b7]A$n9Rk"),
        ("a user more", " local-user wang password", " local-user li privilege level 15\n local-user wang password"),
        ("telnet allowed", "protocol inbound ssh", "protocol inbound all"),
        ("a description in Chinese", "一号窗口", "二号窗口"),
        ("a community that may write", "community read cipher", "community write cipher"),
        ("another software", "V200R019C10SPC500", "V200R021C00SPC100"),
    ),
    *pairs(
        "hp_comware",
        True,
        ("a community is encrypted anew", "$c$3$n0GzT3vVn8vQp0yE2F4u1g==", "$c$3$AAGzT3vVn8vQp0yE2F4u1g=="),
        ("a key is encrypted anew", "$c$3$Yk0zT3vVn8vQp0yE2F4u1g==", "$c$3$BBBzT3vVn8vQp0yE2F4u1g=="),
        (
            "lines of SNMP in another order",
            " snmp-agent sys-info version v2c v3\n snmp-agent trap enable\n",
            " snmp-agent trap enable\n snmp-agent sys-info version v2c v3\n",
        ),
        (
            "a message of the log in between",
            "vlan 20\n",
            "%Nov 24 10:00:01:123 2026 core SHELL/5/SHELL_LOGIN: wang logged in from 10.1.1.7.\nvlan 20\n",
        ),
        ("a divider more", "vlan 20\n#\n", "vlan 20\n#\n#\n"),
        ("blank lines", "vlan 20\n", "\nvlan 20\n\n"),
    ),
    *pairs(
        "hp_comware",
        False,
        ("another password", "$h$6$Abc123xyz$LongHashOfTheFirst==", "$h$6$Abc123xyz$LongHashOfAnother=="),
        ("a port is shut", " undo shutdown\n", " shutdown\n"),
        ("a user may do more", "user-role network-admin", "user-role security-audit"),
        ("another server for logins", "primary authentication 10.1.1.8", "primary authentication 10.1.1.99"),
        ("a rule more", " rule 10 deny ip\n", " rule 7 permit ip\n rule 10 deny ip\n"),
        ("a VLAN has another name", " name 窗口\n", " name 柜台\n"),
    ),
    *pairs(
        "cisco_ios",
        True,
        ("the time of the last change", "09:12:44 CST Fri Nov 20 2026", "10:00:00 CST Tue Nov 24 2026"),
        (
            "the time of the last saving",
            "NVRAM config last updated at 09:13:01",
            "NVRAM config last updated at 11:00:00",
        ),
        ("its size", "Current configuration : 3204 bytes", "Current configuration : 3207 bytes"),
        ("how its clock runs", "ntp clock-period 36028797", "ntp clock-period 36028812"),
        (
            "the head of the saved one",
            "Building configuration...\n\nCurrent configuration : 3204 bytes\n",
            "Using 3204 out of 524288 bytes\n",
        ),
        (
            "time servers in another order",
            "ntp server 10.1.1.5\nntp server 10.1.1.6\n",
            "ntp server 10.1.1.6\nntp server 10.1.1.5\n",
        ),
        (
            "users in another order",
            "username admin privilege 15 secret 5 $1$qWeR$tYuIoPaSdFgHjKlZxCvB1.\n"
            "username wang privilege 1 password 7 0822455D0A16544541\n",
            "username wang privilege 1 password 7 0822455D0A16544541\n"
            "username admin privilege 15 secret 5 $1$qWeR$tYuIoPaSdFgHjKlZxCvB1.\n",
        ),
        (
            "the certificate by the name of its file",
            " certificate self-signed 01\n"
            "  3082022B 30820194 A0030201 02020101 300D0609 2A864886 F70D0101 05050030\n"
            "  31312F30 2D060355 04031326 494F532D\n  \tquit\n",
            " certificate self-signed 01 nvram:IOS-Self-Sig#1.cer\n",
        ),
        (
            "a message of the log in between",
            "interface Vlan10\n",
            "*Nov 24 10:00:01.123: %SYS-5-CONFIG_I: Configured from console by wang on vty0\ninterface Vlan10\n",
        ),
        ("what is left of a page break", "interface Vlan10", " --More-- \ninterface Vlan10"),
    ),
    *pairs(
        "cisco_ios",
        False,
        ("another community", "canary-community", "canary-another"),
        ("another trap", "canary-trap", "canary-moved"),
        ("another enable secret", "$1$aBcD$eFgH", "$1$aBcD$xxxx"),
        ("another password of a user", "0822455D0A16544541", "0822455D0A16544542"),
        ("a line of an access list less", " deny   ip any any\n", ""),
        ("a port in another VLAN", "switchport access vlan 10", "switchport access vlan 20"),
        ("telnet allowed", "transport input ssh", "transport input telnet ssh"),
        ("a route less", "ip route 10.20.0.0 255.255.0.0 10.1.1.2\n", ""),
    ),
    *pairs(
        "ruijie_os",
        True,
        ("its size", "Current configuration : 1790 bytes", "Current configuration : 1811 bytes"),
        ("no head", "Building configuration...\nCurrent configuration : 1790 bytes\n\n", "\n"),
        (
            "a time in a comment",
            "version 11.4",
            "! Last configuration change at 2026-11-24 10:00:00 by admin\nversion 11.4",
        ),
        ("what is left of a page break", "vlan 10\n", "--More--\nvlan 10\n"),
    ),
    *pairs(
        "ruijie_os",
        False,
        ("another community", "1423545a0c0a7b", "1423545a0c0a7c"),
        ("another password", "08225e5d0a1654", "08225e5d0a1655"),
        ("another address", "10.1.10.1 255", "10.1.10.2 255"),
        ("another time server", "ntp server 10.1.1.5", "ntp server 10.9.9.9"),
        ("a VLAN more", "vlan 10\n name staff\n!\n", "vlan 10\n name staff\n!\nvlan 66\n!\n"),
    ),
)
