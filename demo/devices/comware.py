"""An H3C switch's health: ENTITY-MIB, HH3C-ENTITY-EXT-MIB and HH3C-LSW-DEV-ADM-MIB, 1.3.6.1.4.1.25506."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from demo.devices.device import Objects, Value, row, ticks
from demo.devices.entity_mib import CHASSIS, FAN, MODULE, POWER_SUPPLY, SENSOR, Part, entities
from demo.devices.revision import COMWARE_TIMES

if TYPE_CHECKING:
    from demo.devices.switch import Switch

STATE = "1.3.6.1.4.1.25506.2.6.1.1.1.1"  # hh3cEntityExtStateEntry
FANS = "1.3.6.1.4.1.25506.8.35.9.1.1.1.2"  # hh3cDevMFanStatus: 1 active, 2 deactive, 3 not-install
SUPPLIES = "1.3.6.1.4.1.25506.8.35.9.1.2.1.2"  # hh3cDevMPowerStatus, likewise
CHASSIS_AT, BOARD_AT, SUPPLY_AT, FAN_AT, SENSOR_AT = 2, 65, 66, 68, 72
NORMAL, ENTITY_ABSENT, FAN_ERROR, PSU_ERROR = 2, 4, 41, 51  # hh3cEntityExtErrorStatus
UNKNOWN_TEMPERATURE = 65535


def health(switch: Switch) -> Objects:
    found = entities(_parts(switch))
    state = switch.health
    for part in _parts(switch):
        board, sensor = part.index == BOARD_AT, part.index == SENSOR_AT
        columns: dict[int, Value] = {
            6: round(state.cpu * 100) if board else 0,  # hh3cEntityExtCpuUsage
            8: round(state.memory * 100) if board else 0,  # hh3cEntityExtMemUsage
            12: round(state.temperature) if sensor else UNKNOWN_TEMPERATURE,  # hh3cEntityExtTemperature
            13: round(state.limit) if sensor else UNKNOWN_TEMPERATURE,  # hh3cEntityExtTemperatureThreshold
            19: _error(switch, part),  # hh3cEntityExtErrorStatus
        }
        found |= row(STATE, part.index, columns)
    found |= {f"{FANS}.{n}": _status(works) for n, works in enumerate(state.fans, 1)}
    found |= {f"{SUPPLIES}.{n}": _status(works) for n, works in enumerate(state.supplies, 1)}
    changed, stored = COMWARE_TIMES
    return found | {changed: ticks(switch.revision.changed), stored: ticks(switch.revision.stored)}


def _parts(switch: Switch) -> list[Part]:
    chassis = Part(
        CHASSIS_AT,
        CHASSIS,
        switch.model,
        f"H3C {switch.model} Switch",
        version=switch.version,
        serial=switch.serial,
        maker="H3C",
        model=switch.model,
    )
    bays = len(switch.health.supplies), len(switch.health.fans)
    return [
        chassis,
        replace(chassis, index=BOARD_AT, kind=MODULE, name="Board", within=CHASSIS_AT),
        *(Part(SUPPLY_AT + n, POWER_SUPPLY, f"PowerSupply{n + 1}", "PSU", CHASSIS_AT) for n in range(bays[0])),
        *(Part(FAN_AT + n, FAN, f"Fan{n + 1}", "FAN UNIT", CHASSIS_AT) for n in range(bays[1])),
        Part(SENSOR_AT, SENSOR, "Sensor1", "Temperature Sensor on Board", CHASSIS_AT),
    ]


def _error(switch: Switch, part: Part) -> int:
    bay, broken = {
        POWER_SUPPLY: (switch.health.supplies[part.index - SUPPLY_AT :][:1], PSU_ERROR),
        FAN: (switch.health.fans[part.index - FAN_AT :][:1], FAN_ERROR),
    }.get(part.kind, ([True], NORMAL))
    works = bay[0]
    return ENTITY_ABSENT if works is None else NORMAL if works else broken


def _status(works: bool | None) -> int:
    return 3 if works is None else 1 if works else 2
