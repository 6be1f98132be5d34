"""What kind a device is: by its profile, by what it has objects for, by whose number it bears, by what it forwards.

A kind is a word of agent.yaml's machine_room (ups, sensor, pdu, cooling, camera), machine_room for a device of its that
no such word is known for, switch, printer or host. Nothing is a switch because nothing else is known of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from agent.discovery.makers import COMPUTERS, ENTERPRISES, maker

SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
SYS_SERVICES = "1.3.6.1.2.1.1.7.0"
# RFC 3418: 2 is for who forwards frames; 4, for packets, Windows says of itself too.
FORWARDS_FRAMES, FORWARDS_PACKETS = 2, 4
IP_FORWARDING, FORWARDING = "1.3.6.1.2.1.4.1.0", 1  # RFC 4293
HR_DEVICE_TYPE, HR_DEVICE_PRINTER = "1.3.6.1.2.1.25.3.2.1.2.1", "1.3.6.1.2.1.25.3.1.5"  # RFC 2790
BRIDGE = (
    "1.3.6.1.2.1.17.1.2.0",  # dot1dBaseNumPorts (RFC 4188)
    "1.3.6.1.2.1.17.1.4.1.2.1",  # dot1dBasePortIfIndex of port 1
)
PRINTER = (
    "1.3.6.1.2.1.43.5.1.1.1.1",  # prtGeneralConfigChanges (RFC 3805)
    "1.3.6.1.2.1.43.11.1.1.9.1.1",  # prtMarkerSuppliesLevel
)
SECTION = {
    "switch": "switches",
    **dict.fromkeys(("ups", "sensor", "pdu", "cooling", "camera", "machine_room"), "machine_room"),
}
NAMED = ("ups", "sensor", "pdu", "cooling", "camera")  # what machine_room has a word for


class Tell(NamedTuple):
    """Whoever has the object is of this kind; asked where sysObjectID lies below `of`. {id} stands for sysObjectID."""

    kind: str
    oid: str
    of: str = ""


APC, CYBERPOWER, LIEBERT = f"{ENTERPRISES}318", f"{ENTERPRISES}3808", f"{ENTERPRISES}476"
GEIST, GUDE = f"{ENTERPRISES}21239", f"{ENTERPRISES}28507"
# A UPS or a power strip may have sensors plugged in, so that sensors come last.
TELLS = (
    Tell("ups", "1.3.6.1.2.1.33.1.1.2.0"),  # upsIdentModel (RFC 1628)
    Tell("ups", "1.3.6.1.2.1.33.1.2.1.0"),  # upsBatteryStatus
    Tell("ups", "1.3.6.1.2.1.33.1.4.1.0"),  # upsOutputSource
    Tell("ups", f"{APC}.1.1.1.1.1.1.0", APC),  # upsBasicIdentModel
    Tell("ups", f"{APC}.1.1.1.4.1.1.0", APC),  # upsBasicOutputStatus
    Tell("pdu", f"{APC}.1.1.12.1.5.0", APC),  # rPDUIdentModelNumber
    Tell("pdu", f"{APC}.1.1.26.4.3.1.5.1", APC),  # rPDU2DeviceStatusPower
    Tell("cooling", f"{APC}.1.1.13.3.2.2.1.4.0", APC),  # airIRRCUnitIdentModelNumber
    Tell("sensor", f"{APC}.1.1.10.3.13.1.1.2.1", APC),  # emsProbeStatusProbeName
    Tell("sensor", f"{APC}.1.1.10.2.3.2.1.2.1", APC),  # iemStatusProbeName
    Tell("ups", f"{CYBERPOWER}.1.1.1.1.1.1.0", CYBERPOWER),  # upsBaseIdentModel
    Tell("pdu", f"{CYBERPOWER}.1.1.3.1.1.0", CYBERPOWER),  # ePDUIdentName
    Tell("sensor", f"{CYBERPOWER}.1.1.4.2.1.0", CYBERPOWER),  # envirTemperature
    Tell("cooling", f"{LIEBERT}.1.42.3.4.3.1.0", LIEBERT),  # lgpEnvStateSystem
    Tell("pdu", f"{GEIST}.5.2.1.8.0", GEIST),  # productModelNumber of a strip
    Tell("sensor", f"{GEIST}.5.1.1.8.0", GEIST),  # productModelNumber of a Watchdog
    Tell("pdu", "{id}.1.3.1.2.1.3.1", GUDE),  # …PortState: a socket that is switched
    Tell("pdu", "{id}.1.5.1.2.1.4.1", GUDE),  # …PowerActive
    Tell("sensor", "{id}.1.6.1.1.2.1", GUDE),  # …TempSensor
)
# What every device is asked; `more` gives what only some are.
ASKED = (
    SYS_OBJECT_ID, SYS_SERVICES, IP_FORWARDING, HR_DEVICE_TYPE, *BRIDGE, *PRINTER,
    *(each.oid for each in TELLS if not each.of),
)  # fmt: skip


def more(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Objects of this maker that tell its kinds apart, given what `ASKED` brought."""
    return tuple(oid for _, oid in _tells(_object_id(facts)) if oid not in ASKED)


def kind(facts: Mapping[str, Any], by_profile: str | None = None) -> str:
    """`facts` by OID: what `ASKED` and `more` brought. `by_profile` is the kind that its profile names."""
    object_id = _object_id(facts)
    if any(oid in facts for oid in PRINTER) or facts.get(HR_DEVICE_TYPE) == HR_DEVICE_PRINTER:
        return "printer"
    if by_profile in NAMED:
        return str(by_profile)
    told = next((found for found, oid in _tells(object_id) if facts.get(oid) not in (None, b"")), None)
    if told is None and by_profile in ("switch", "host"):
        return str(by_profile)
    return told or maker(object_id) or by_profile or ("switch" if forwards(facts) else "host")


def forwards(facts: Mapping[str, Any]) -> bool:
    """Frames, or packets: the latter many a computer says of itself that is nobody's router."""
    services = facts.get(SYS_SERVICES)
    services = services if isinstance(services, int) and services > 0 else 0
    if services & FORWARDS_FRAMES or any(isinstance(facts.get(oid), int) for oid in BRIDGE):
        return True
    number = _object_id(facts).removeprefix(ENTERPRISES).partition(".")[0]
    return number not in COMPUTERS and (bool(services & FORWARDS_PACKETS) or facts.get(IP_FORWARDING) == FORWARDING)


def _tells(object_id: str) -> list[tuple[str, str]]:
    """Kind and object, as far as they concern this sysObjectID."""
    return [
        (each.kind, each.oid.replace("{id}", object_id))
        for each in TELLS
        if not each.of or f"{object_id}.".startswith(f"{each.of}.")
    ]


def _object_id(facts: Mapping[str, Any]) -> str:
    said = facts.get(SYS_OBJECT_ID)
    return said.lstrip(".") if isinstance(said, str) else ""
