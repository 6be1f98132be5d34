"""Registers: what the centre has on record, for collectors that judge by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from agent.core.configurations import Configurations, Form, OnRecord, Standing, as_read
from agent.core.firmware import Firmware, NoFirmware
from agent.core.restores import Action, Restore


class Changes(Protocol):
    def covers(self, target: str, start: float, end: float, lasting: bool = False) -> bool:
        """Whether what happened to this target at some moment in between (Unix seconds) was planned; `lasting`: and may
        stay as it is."""
        ...


class NoChanges:
    """Nothing is planned."""

    def covers(self, target: str, start: float, end: float, lasting: bool = False) -> bool:
        return False


class Restores(Protocol):
    def last(self, target: str, action: Action) -> Restore | None:
        """What was last done with this backup."""
        ...


class NoRestores:
    """Nothing was ever restored."""

    def last(self, target: str, action: Action) -> Restore | None:
        return None


class NoConfigurations:
    """Where a run puts none on record: what it reads now is all there is."""

    async def standing(self, identity: str) -> Standing:
        return Standing()

    async def texts(self, identity: str) -> OnRecord:
        return OnRecord()

    async def keep(self, identity: str, running: str, saved: str | None, at: float, form: Form) -> Standing:
        return as_read(Standing(), running, saved, at, form)

    def wanted(self, identity: str) -> int:
        return 0

    def fingerprint(self, secret: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Registers:
    configurations: Configurations = field(default_factory=NoConfigurations)
    changes: Changes = field(default_factory=NoChanges)
    restores: Restores = field(default_factory=NoRestores)
    firmware: Firmware = field(default_factory=NoFirmware)
