"""What agent.yaml says about connections between zones: who may reach what, and who may not."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from agent.options import HostId, Options, Reference, Refused, address, identity, shown

# Sections whose targets have an address of their own, and the kind of those.
SECTIONS = {"machine_room": "machine_room", "switches": "switch", "hosts": "host"}
MOST_PORTS = 20  # of a pair: a port scan is none of our business
RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)
LAST = 65535
NUMBERS = re.compile(r"\d+(?:\.\d+)+", re.ASCII)  # meant as an address
# Who can reach these learns something and changes nothing: DNS, and SNMP as it is asked here, without a secret.
READ_ONLY = frozenset((53, 161))

Severity = Literal["warn", "fail"]


def destination(value: Any) -> str:
    """A section, an id or an address; what can be no address has to be an id."""
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and text in SECTIONS:
        return text
    try:
        return address(text)
    except Refused:
        pass
    try:
        if not NUMBERS.fullmatch(str(text)):
            return Reference(identity(text), "target")
    except Refused:
        pass
    raise Refused(
        f"不是地址、编号或配置段:{shown(value)};可写 10.0.0.1、core 或 {'、'.join(SECTIONS)}",
        f"no address, id or section: {shown(value)}; allowed: like 10.0.0.1, core or {', '.join(SECTIONS)}",
    )


def ports(value: Any) -> tuple[int, ...]:
    """In order, each once, from a number, a range or a list of both."""
    parts = value if isinstance(value, list | tuple) else [value]
    found = sorted({port for part in parts[: MOST_PORTS + 1] for port in _ports(part)})
    if not found or len(parts) > MOST_PORTS or len(found) > MOST_PORTS:
        raise Refused(f"应为 1 到 {MOST_PORTS} 个端口", f"expected 1 to {MOST_PORTS} ports")
    return tuple(found)


def _ports(part: Any) -> range:
    if isinstance(part, bool):
        raise Refused(f"应为数字,不是 {str(part).lower()}", f"expected a number, found {str(part).lower()}")
    match = RANGE.fullmatch(str(part).strip()) if isinstance(part, int | str) else None
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 0 < first <= last <= LAST:
        raise Refused(
            f"不是端口:{shown(part)};可写 22 或 8000-8010", f"not a port: {shown(part)}; like 22 or 8000-8010"
        )
    return range(first, min(last, first + MOST_PORTS) + 1)


Destination = Annotated[
    str,
    BeforeValidator(destination),
    WithJsonSchema(
        {
            "type": ["string", "integer"],
            "description": f"address, id of a target, or {', '.join(f'`{each}`' for each in SECTIONS)}",
        }
    ),
]
_ONE_OR_RANGE = {"minimum": 1, "maximum": LAST, "pattern": r"^\d{1,5}(-\d{1,5})?$"}
Ports = Annotated[
    tuple[int, ...],
    BeforeValidator(ports),
    WithJsonSchema(
        {
            "type": ["integer", "string", "array"],
            **_ONE_OR_RANGE,
            "items": {"type": ["integer", "string"], **_ONE_OR_RANGE},
            "minItems": 1,
            "maxItems": MOST_PORTS,
            "description": f"port (`22`), range (`8000-8010`), or a list of them; at most {MOST_PORTS}",
        }
    ),
]


class IsolationOptions(Options):
    """Connections that must (not) be possible from another host: zone separation, seen from a second vantage.

    `from` is a host with `by: ssh`. `to` is an address, the id of a target with one, or `switches`, `hosts`,
    `machine_room` for all of these; what names one target goes before what names a section, a later entry before an
    earlier. `port` is one, a range or a list, at most 20; 161 is asked by SNMPv3 over UDP, all others are TCP.
    """

    from_: HostId = Field(alias="from")
    to: Destination
    port: Ports
    allowed: bool = False
    severity: Severity | None = Field(
        None, description="how grave it is if it is open and not allowed; without it warn for 53 and 161, else fail"
    )

    @property
    def asked_on(self) -> str:
        return self.from_

    def gravity(self, port: int) -> Severity:
        return self.severity or ("warn" if port in READ_ONLY else "fail")
