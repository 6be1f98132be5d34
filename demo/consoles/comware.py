"""The configuration of an H3C switch, as Comware shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from demo.consoles.surroundings import ACL, MASK, Secret, Surroundings, anew, sections, told, words
from demo.devices.device import engine_id
from demo.devices.port import AGGREGATE, ETHERNET, Port
from demo.devices.switch import Switch

LOGIN = " authentication-mode scheme", " user-role network-operator", " idle-timeout 10 0"
PASSWORDS = "aging 90", "length 10", "composition type-number 3 type-length 1"
ALGORITHMS = (
    "cipher aes256-ctr aes128-ctr",
    "key-exchange ecdh-sha2-nistp384 ecdh-sha2-nistp256",
    "mac sha2-256",
    "public-key ecdsa-sha2-nistp256",
)
VLAN = "Vlan-interface"
CIPHER = anew("$c$3$", "==", 27)


def text(switch: Switch, lines: Sequence[str], around: Surroundings, secret: Secret = CIPHER) -> Iterator[str]:
    """`lines`: what was typed since the switch was set up."""
    yield "#"
    yield from told(
        (
            (f" version {switch.version.replace(' ', ', ', 1)}",),
            (f" sysname {switch.name}",),
            *((f" {each[0]}", *each[1:]) for each in sections(lines)),
            (" lldp global enable",),
            ("vlan 1",),
            *((f"vlan {number}", f" name {name}") for number, name in around.vlans.items()),
            (" password-control enable", *(f" password-control {each}" for each in PASSWORDS)),
            (" stp global enable", " stp bpdu-protection"),
            *(_interface(switch, port, around) for port in switch.ports.values()),
            ("line con 0", *LOGIN),
            ("line vty 0 63", *LOGIN, " protocol inbound ssh", f" acl {ACL} inbound"),
            (f" info-center loghost {around.logs_to}",),
            _snmp(switch, secret),
            _ssh(around),
            (" ntp-service enable", f" ntp-service unicast-server {around.clock}"),
            (f"acl basic {ACL}", f" rule 5 permit source {around.managed_from}"),
            ("domain system",),
            (" domain default enable system",),
            _account(around, secret),
        )
    )
    yield "return"


def _ssh(around: Surroundings) -> Iterator[str]:
    yield " ssh server enable"
    yield f" ssh server acl {ACL}"
    yield f" ssh user {around.user} service-type stelnet authentication-type password"
    yield from (f" ssh2 algorithm {each}" for each in ALGORITHMS)


def _interface(switch: Switch, port: Port, around: Surroundings) -> Iterator[str]:
    name = words(port.name)
    yield f"interface {name}"
    if port.type == ETHERNET:
        yield " port link-mode bridge"
    if port.alias:
        yield f" description {words(port.alias)}"
    if name.startswith(VLAN):
        yield f" ip address {around.addresses[int(name.removeprefix(VLAN))]} {MASK}"
    elif port.type == AGGREGATE or name in switch.neighbours:
        yield " port link-type trunk"
        yield f" port trunk permit vlan 1 {' '.join(map(str, around.vlans))}"
    elif port.type == ETHERNET and port.vlan != 1:
        yield f" port access vlan {port.vlan}"
        yield " stp edged-port"
        yield " broadcast-suppression 5"
    if port.shut:
        yield " shutdown"


def _snmp(switch: Switch, secret: Secret) -> Iterator[str]:
    yield " snmp-agent"
    yield f" snmp-agent community read cipher {secret()} acl {ACL}"
    yield f" snmp-agent local-engineid {engine_id(switch).hex().upper()}"
    yield f" snmp-agent sys-info location {words(switch.location)}"
    yield " snmp-agent sys-info version v2c"


def _account(around: Surroundings, secret: Secret) -> Iterator[str]:
    yield f"local-user {around.user} class manage"
    yield f" password cipher {secret()}"
    yield " service-type ssh"
    yield " authorization-attribute user-role network-operator"
