"""What a device is and has at the moment it is taken in: its approved state, for a person to look over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.discovery.entries import scalar
from agent.discovery.scan import Recognised

HEAD = (
    "# 基线:登记时读到的状态,经批准后作为比对依据;改动请走变更登记。\n"
    "# Baseline: the state that was read when the device was taken in. Whoever approves it answers for it.\n"
)


@dataclass(frozen=True, slots=True)
class Port:
    """One interface. `speed` in bits per second; `duplex` full or half. None, "": the device does not say."""

    name: str
    admin_up: bool | None
    up: bool | None
    speed: int | None = None
    duplex: str = ""
    description: str = ""


def baseline_text(device: str, read_at: str, known: Recognised, ports: Iterable[Port]) -> str:
    """The YAML file; `read_at` is RFC 3339."""
    facts = {"device": device, "read": read_at, "vendor": known.vendor, "model": known.model}
    facts |= {"version": known.version, "serial": known.serial}
    lines = [f"{key}: {scalar(value)}" for key, value in facts.items() if value]
    listed = [f"  {scalar(port.name)}: {{{', '.join(_said(port))}}}" for port in ports]
    return "\n".join([HEAD + lines[0], *lines[1:], *(["interfaces:", *listed] if listed else [])]) + "\n"


def _said(port: Port) -> Iterator[str]:
    if port.admin_up is not None:
        yield f"shut: {'false' if port.admin_up else 'true'}"
    if port.up is not None:
        yield f"up: {'true' if port.up else 'false'}"
    if port.speed:
        yield f"speed: {port.speed}"
    if port.duplex:
        yield f"duplex: {port.duplex}"
    if port.description:
        yield f"description: {scalar(port.description)}"
