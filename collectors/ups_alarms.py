"""What a UPS says is wrong, by the table of RFC 1628: which alarms are present, by their names."""

from __future__ import annotations

from collections.abc import Sequence

from agent.core.reach import SnmpSession

ALARM = "1.3.6.1.2.1.33.1.6.2.1.2"  # upsAlarmDescr: the OID of one of upsWellKnownAlarms, or of a vendor's own
WELL_KNOWN = "1.3.6.1.2.1.33.1.6.3."
NAMES = (
    "upsAlarmBatteryBad",
    "upsAlarmOnBattery",
    "upsAlarmLowBattery",
    "upsAlarmDepletedBattery",
    "upsAlarmTempBad",
    "upsAlarmInputBad",
    "upsAlarmOutputBad",
    "upsAlarmOutputOverload",
    "upsAlarmOnBypass",
    "upsAlarmBypassBad",
    "upsAlarmOutputOffAsRequested",
    "upsAlarmUpsOffAsRequested",
    "upsAlarmChargerFailed",
    "upsAlarmUpsOutputOff",
    "upsAlarmUpsSystemOff",
    "upsAlarmFanFailure",
    "upsAlarmFuseFailure",
    "upsAlarmGeneralFault",
    "upsAlarmDiagnosticTestFailed",
    "upsAlarmCommunicationsLost",
    "upsAlarmAwaitingPower",
    "upsAlarmShutdownPending",
    "upsAlarmShutdownImminent",
    "upsAlarmTestInProgress",
)
KNOWN = {f"{WELL_KNOWN}{number}": name for number, name in enumerate(NAMES, start=1)}
BATTERY_BAD, COMMUNICATIONS_LOST = NAMES[0], NAMES[19]
SHOWN = 24


async def alarms(snmp: SnmpSession) -> Sequence[str]:
    """Names of the alarms present, each once; a vendor's own by its OID."""
    found: dict[str, None] = {}
    async for _, row in snmp.columns([ALARM]):
        raw = row.get(ALARM)
        if isinstance(raw, str) and len(found) < SHOWN:
            found[KNOWN.get(raw, raw)] = None
    return tuple(found)
