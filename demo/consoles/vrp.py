"""The configuration of a Huawei switch, as VRP shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from demo.centre.vlans import MANAGEMENT
from demo.consoles.surroundings import ACL, MASK, Secret, Surroundings, anew, sections, told, words
from demo.devices.device import engine_id
from demo.devices.port import ETHERNET, Port
from demo.devices.switch import Switch

CIPHER = anew("%^%#", "%^%#", 24)
LOGIN = " authentication-mode aaa", " idle-timeout 10 0"
HIDDEN = "InLoopBack0"  # an interface that stands in no configuration


def text(switch: Switch, lines: Sequence[str], around: Surroundings, secret: Secret = CIPHER) -> Iterator[str]:
    """`lines`: what was typed since the switch was set up."""
    yield f"!Software Version {switch.version}"
    yield "#"
    yield from told(
        (
            (f"sysname {switch.name}",),
            *sections(lines),
            (f"vlan batch {' '.join(map(str, around.vlans))}",),
            ("stp mode rstp", "stp bpdu-protection"),
            ("lldp enable",),
            (f"acl number {ACL}", f" rule 5 permit source {around.managed_from}"),
            _accounts(around, secret),
            *(_interface(switch, port, around) for port in switch.ports.values() if port.name != HIDDEN),
            (f"ip route-static 0.0.0.0 0.0.0.0 {around.routes_by}",),
            _snmp(switch, secret),
            _ssh(around),
            (f"info-center loghost {around.logs_to}",),
            (f"ntp-service unicast-server {around.clock}",),
            ("user-interface con 0", *LOGIN),
            ("user-interface vty 0 4", f" acl {ACL} inbound", *LOGIN, " protocol inbound ssh"),
        )
    )
    yield "return"


def _accounts(around: Surroundings, secret: Secret) -> Iterator[str]:
    yield "aaa"
    yield " user-password complexity-check three-of-kinds"
    yield " local-aaa-user password policy administrator"
    yield "  password expire 90"
    yield " authentication-scheme default"
    yield f" local-user {around.user} password cipher {secret()}"
    yield f" local-user {around.user} privilege level 3"
    yield f" local-user {around.user} service-type ssh"


def _interface(switch: Switch, port: Port, around: Surroundings) -> Iterator[str]:
    name = words(port.name)
    yield f"interface {name}"
    if port.alias:
        yield f" description {words(port.alias)}"
    if name.startswith("Vlanif"):
        yield f" ip address {around.addresses[MANAGEMENT]} {MASK}"
    elif port.type == ETHERNET and name in (*switch.neighbours, *switch.uplinks):
        yield " port link-type trunk"
        yield f" port trunk allow-pass vlan {' '.join(map(str, around.vlans))}"
    elif port.type == ETHERNET and port.vlan != 1:
        yield " port link-type access"
        yield f" port default vlan {port.vlan}"
        yield " stp edged-port enable"
        yield " broadcast-suppression 5"
    if port.shut:
        yield " shutdown"


def _snmp(switch: Switch, secret: Secret) -> Iterator[str]:
    yield "snmp-agent"
    yield f"snmp-agent community read cipher {secret()} acl {ACL}"
    yield f"snmp-agent local-engineid {engine_id(switch).hex().upper()}"
    yield f"snmp-agent sys-info location {words(switch.location)}"
    yield "snmp-agent sys-info version v2c"


def _ssh(around: Surroundings) -> Iterator[str]:
    yield "stelnet server enable"
    yield f"ssh user {around.user}"
    yield f"ssh user {around.user} authentication-type password"
    yield f"ssh user {around.user} service-type stelnet"
