"""The configuration of an H3C switch, as Comware shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from demo.consoles.surroundings import MASK, Secret, Surroundings, anew, told, words
from demo.devices.device import engine_id
from demo.devices.port import AGGREGATE, ETHERNET, Port
from demo.devices.switch import Switch

VLAN = "Vlan-interface"
CIPHER = anew("$c$3$", "==", 27)


def text(switch: Switch, lines: Sequence[str], around: Surroundings, secret: Secret = CIPHER) -> Iterator[str]:
    """`lines`: what was typed since the switch was set up."""
    yield "#"
    yield from told(
        (
            (f" version {switch.version.replace(' ', ', ', 1)}",),
            (f" sysname {switch.name}",),
            *((f" {line}",) for line in lines),
            (" lldp global enable",),
            ("vlan 1",),
            *((f"vlan {number}", f" name {name}") for number, name in around.vlans.items()),
            (" stp global enable",),
            *(_interface(switch, port, around) for port in switch.ports.values()),
            ("line vty 0 63", " authentication-mode scheme", " user-role network-operator", " protocol inbound ssh"),
            (f" info-center loghost {around.logs_to}",),
            _snmp(switch, secret),
            (" ssh server enable", f" ssh user {around.user} service-type stelnet authentication-type password"),
            (" ntp-service enable", f" ntp-service unicast-server {around.clock}"),
            _account(around, secret),
        )
    )
    yield "return"


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
    if port.shut:
        yield " shutdown"


def _snmp(switch: Switch, secret: Secret) -> Iterator[str]:
    yield " snmp-agent"
    yield f" snmp-agent community read cipher {secret()}"
    yield f" snmp-agent local-engineid {engine_id(switch).hex().upper()}"
    yield f" snmp-agent sys-info location {words(switch.location)}"
    yield " snmp-agent sys-info version v2c"


def _account(around: Surroundings, secret: Secret) -> Iterator[str]:
    yield f"local-user {around.user} class manage"
    yield f" password cipher {secret()}"
    yield " service-type ssh"
    yield " authorization-attribute user-role network-operator"
