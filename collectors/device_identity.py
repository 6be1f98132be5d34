"""What a device says it is: vendor by sysObjectID, version by sysDescr, model and serial number by ENTITY-MIB."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.core.text import clean
from collectors.vendors import BORROWED, vendor

SYS_DESCR = "1.3.6.1.2.1.1.1.0"
SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
# Entity 1 is the chassis, or what stands for it, on most devices that have ENTITY-MIB.
SOFTWARE_REV = "1.3.6.1.2.1.47.1.1.1.1.10.1"
SERIAL_NUM = "1.3.6.1.2.1.47.1.1.1.1.11.1"
MODEL_NAME = "1.3.6.1.2.1.47.1.1.1.1.13.1"
UPS_MAKER, UPS_MODEL = "1.3.6.1.2.1.33.1.1.1.0", "1.3.6.1.2.1.33.1.1.2.0"
IDENTITY_OIDS = (SYS_DESCR, SYS_OBJECT_ID, SOFTWARE_REV, SERIAL_NUM, MODEL_NAME, UPS_MAKER, UPS_MODEL)

VERSIONS = (
    re.compile(r"\b(V\d{3}R\d{3}[A-Z]\d{2}\w*)"),  # Huawei's product version, beside which VRP's own says little
    re.compile(r"\bVersion ([\d.]+),? Release (\w+)"),  # Comware
    re.compile(r"\bkernel JUNOS ([\w.-]+)"),
    re.compile(r"\brevision ([\w.]+)"),  # HP ProCurve
    re.compile(r"\b[Vv]ersion:? ([\w.()/-]*\d[\w.()/-]*)"),
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Empty where the device does not say."""

    vendor: str = ""
    model: str = ""
    version: str = ""
    serial: str = ""


NOTHING = Identity()


def identify(facts: Mapping[str, Any], said: Identity = NOTHING) -> Identity:
    """`said` is what the device's profile found; the rest by the MIBs that any device may have."""
    by_id, maker = _vendor(facts.get(SYS_OBJECT_ID)), _text(facts.get(UPS_MAKER))
    return Identity(
        vendor=said.vendor or (maker or by_id if by_id in BORROWED else by_id),
        model=said.model or _text(facts.get(MODEL_NAME)) or _text(facts.get(UPS_MODEL)),
        version=said.version or _version(_text(facts.get(SYS_DESCR), 400)) or _text(facts.get(SOFTWARE_REV)),
        serial=said.serial or _text(facts.get(SERIAL_NUM)),
    )


def _vendor(object_id: Any) -> str:
    return vendor(object_id) if isinstance(object_id, str) else ""


def _version(description: str) -> str:
    for pattern in VERSIONS:
        if match := pattern.search(description):
            return " Release ".join(match.groups())[:64].rstrip(",.")
    return ""


def _text(raw: Any, limit: int = 64) -> str:
    return clean(raw, limit) if isinstance(raw, bytes) else ""
