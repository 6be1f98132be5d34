"""A Huawei switch's health: ENTITY-MIB and HUAWEI-ENTITY-EXTENT-MIB, 1.3.6.1.4.1.2011.5.25.31."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from demo.devices.device import Objects, Value, row, ticks
from demo.devices.entity_mib import CHASSIS, FAN, MODULE, POWER_SUPPLY, Part, entities
from demo.devices.revision import VRP_SEQUENCE, VRP_TIMES

if TYPE_CHECKING:
    from demo.devices.switch import Switch

STATE = "1.3.6.1.4.1.2011.5.25.31.1.1.1.1"  # hwEntityStateEntry
FANS = "1.3.6.1.4.1.2011.5.25.31.1.1.10.1"  # hwFanStatusEntry
SUPPLIES = "1.3.6.1.4.1.2011.5.25.31.1.1.18.1"  # hwPwrStatusEntry
# Entity indices as a stack of one has them.
CHASSIS_AT, BOARD_AT, FAN_AT, SUPPLY_AT = 67108867, 67108873, 67125261, 67190797
STEP = 16384
PRESENT, ABSENT = 1, 2
SLOT = 0


def health(switch: Switch) -> Objects:
    parts = entities(_parts(switch)), _board(switch), _fans(switch.health.fans), _supplies(switch)
    return {**_revision(switch), **{oid: value for part in parts for oid, value in part.items()}}


def _revision(switch: Switch) -> Objects:
    changed, stored = VRP_TIMES
    kept = switch.revision
    return {VRP_SEQUENCE: kept.changes, changed: ticks(kept.changed), stored: ticks(kept.stored)}


def _parts(switch: Switch) -> list[Part]:
    chassis = Part(
        CHASSIS_AT,
        CHASSIS,
        f"HUAWEI {switch.model} Routing Switch",
        version=f"Version 5.170 {switch.version}",
        serial=switch.serial,
        maker="Huawei",
    )
    found = [chassis, replace(chassis, index=BOARD_AT, kind=MODULE, name=f"MPU Board {SLOT}", within=CHASSIS_AT)]
    found += [
        Part(FAN_AT + n * STEP, FAN, f"FAN Card {SLOT}/FAN{n + 1}", within=CHASSIS_AT)
        for n, works in enumerate(switch.health.fans)
        if works is not None
    ]
    found += [
        Part(SUPPLY_AT + n * STEP, POWER_SUPPLY, f"POWER Card {SLOT}/PWR{n + 1}", within=CHASSIS_AT, maker="Huawei")
        for n, works in enumerate(switch.health.supplies)
        if works is not None
    ]
    return found


def _board(switch: Switch) -> Objects:
    """Every entity has a row; those that measure nothing say 0, and the board says it all."""
    found: Objects = {}
    for part in _parts(switch):
        found |= row(STATE, part.index, {2: 3, 3: 4, 5: 0, 7: 0, 11: 0})
    state = switch.health
    columns: dict[int, Value] = {
        5: round(state.cpu * 100),  # hwEntityCpuUsage
        6: 95,  # hwEntityCpuUsageThreshold
        7: round(state.memory * 100),  # hwEntityMemUsage
        8: 95,  # hwEntityMemUsageThreshold
        11: round(state.temperature),  # hwEntityTemperature
        12: round(state.limit),  # hwEntityTemperatureThreshold
        43: switch.model.encode(),  # hwEntityBoardName
    }
    return found | row(STATE, BOARD_AT, columns)


def _fans(fans: Sequence[bool | None]) -> Objects:
    found: Objects = {}
    for number, works in enumerate(fans, 1):
        columns = {
            1: SLOT,  # hwEntityFanSlot
            2: number,  # hwEntityFanSn
            3: 1,  # hwEntityFanReg
            5: 35 if works else 0,  # hwEntityFanSpeed, percent
            6: ABSENT if works is None else PRESENT,  # hwEntityFanPresent
            7: 1 if works else 2,  # hwEntityFanState: 1 normal, 2 abnormal
        }
        found |= row(FANS, f"{SLOT}.{number}", columns)
    return found


def _supplies(switch: Switch) -> Objects:
    found: Objects = {}
    for number, works in enumerate(switch.health.supplies, 1):
        columns = {
            1: SLOT,  # hwEntityPwrSlot
            2: number,  # hwEntityPwrSn
            4: 2,  # hwEntityPwrMode: 2 alternating current
            5: ABSENT if works is None else PRESENT,  # hwEntityPwrPresent
            6: 1 if works else 2,  # hwEntityPwrState: 1 supply, 2 notSupply
        }
        found |= row(SUPPLIES, f"{SLOT}.{number}", columns)
    return found
