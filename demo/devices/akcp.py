"""AKCP's SPAGENT-MIB, 1.3.6.1.4.1.3854.1.2.2.1: temperature, humidity and switch sensors of a sensorProbe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.devices.device import Objects, Value, row

if TYPE_CHECKING:
    from demo.devices.room_sensor import Contact, Probe, RoomSensor

SENSORS = "1.3.6.1.4.1.3854.1.2.2.1"
TEMPERATURE, HUMIDITY, SWITCH = f"{SENSORS}.16.1", f"{SENSORS}.17.1", f"{SENSORS}.18.1"
NO_STATUS, NORMAL, HIGH_WARNING, HIGH_CRITICAL, SENSOR_ERROR = 1, 2, 3, 4, 7
ONLINE, OFFLINE = 1, 2
CELSIUS = 1
WARM, HOT = 27, 32
DRY_CONTACT = 10


def sensors(device: RoomSensor) -> Objects:
    # spManufProductName
    found: Objects = {"1.3.6.1.4.1.3854.1.1.8.0": f"{device.model} v{device.version}".encode()}
    for number, probe in enumerate(device.probes.values()):
        found |= row(TEMPERATURE, number, _temperature(probe))
        if probe.humidity is not None:
            found |= row(HUMIDITY, number, _humidity(probe, probe.humidity))
    for number, contact in enumerate(device.contacts.values()):
        found |= row(SWITCH, number, _switch(contact))
    return found


def _temperature(probe: Probe) -> dict[int, Value]:
    raw = probe.celsius if probe.attached else 0.0
    status = HIGH_CRITICAL if raw >= HOT else HIGH_WARNING if raw >= WARM else NORMAL
    return {
        1: probe.name.encode(),  # sensorProbeTempDescription
        3: round(raw),  # sensorProbeTempDegree
        4: status if probe.attached else NO_STATUS,  # sensorProbeTempStatus
        5: ONLINE if probe.attached else OFFLINE,  # sensorProbeTempOnline
        7: WARM,  # sensorProbeTempHighWarning
        8: HOT,  # sensorProbeTempHighCritical
        12: CELSIUS,  # sensorProbeTempDegreeType
        14: round(raw * 10),  # sensorProbeTempDegreeRaw
    }


def _humidity(probe: Probe, ratio: float) -> dict[int, Value]:
    return {
        1: probe.name.encode(),  # sensorProbeHumidityDescription
        3: round(ratio * 100) if probe.attached else 0,  # sensorProbeHumidityPercent
        4: NORMAL if probe.attached else NO_STATUS,  # sensorProbeHumidityStatus
        5: ONLINE if probe.attached else OFFLINE,  # sensorProbeHumidityOnline
    }


def _switch(contact: Contact) -> dict[int, Value]:
    status = SENSOR_ERROR if contact.broken else HIGH_CRITICAL if contact.active else NORMAL
    return {
        1: contact.name.encode(),  # sensorProbeSwitchDescription
        3: status if contact.attached else NO_STATUS,  # sensorProbeSwitchStatus
        4: ONLINE if contact.attached else OFFLINE,  # sensorProbeSwitchOnline
        9: DRY_CONTACT,  # sensorProbeSwitchSensorType
    }
