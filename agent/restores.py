"""The register of restore tests and of disks taken off-line. Each entry is a record of the ledger. All block."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from agent.core.restores import ACTIONS, Restore, body_of, read
from agent.core.store import Store
from agent.core.text import Text, clean
from agent.core.unfit import Unfit
from agent.core.write import of_record
from agent.numbered import Remembered, following

TEXT, WHO = 500, 60  # characters
AHEAD = 60.0  # seconds that clocks may be apart

UNKNOWN = Text("没有备份 {unknown};已有:{known}", "no backup {unknown}; known: {known}")
FUTURE = Text("恢复时间在将来", "that time is still to come")
NO_EVIDENCE = Text(
    "需要证据文件(恢复日志、比对结果、照片)", "a file of evidence is needed: the log, the comparison, a photograph"
)


REGISTER = Remembered("restores", read, body_of, 1000)


def enter(store: Store, request: Mapping[str, Any], known: Collection[str], now: float) -> Restore:
    """Writes it down. `request`: action, target, at, good, by, note, evidence, sha256. Unfit if it cannot be taken."""
    before = REGISTER.entries(store)
    number = following("RST", (each.id for each in before))
    entry = _entry(request, f"RST-{number:04d}", now)
    rules = (
        (entry.target not in known, UNKNOWN.format(unknown=entry.target, known=", ".join(known) or "-")),
        (entry.at > now + AHEAD, FUTURE),
        (entry.action == "restored" and not entry.sha256, NO_EVIDENCE),
    )
    if (objection := next((text for holds, text in rules if holds), None)) is not None:
        raise Unfit(objection)
    record = of_record(f"backup.{entry.action}", body_of(entry), now)
    store.write([record, REGISTER.latest([*before, entry], now)])
    return entry


def _entry(request: Mapping[str, Any], identity: str, now: float) -> Restore:
    """Of what a command sent. ValueError where it is of another shape."""
    try:
        action = request["action"]
        if action not in ACTIONS:
            raise ValueError(action)
        return Restore(
            id=identity,
            action=action,
            target=clean(str(request["target"]), WHO),
            at=float(request["at"]),
            good=bool(request["good"]),
            by=clean(str(request["by"]), WHO),
            entered=now,
            evidence=clean(str(request.get("evidence") or ""), TEXT),
            sha256=clean(str(request.get("sha256") or ""), 64),
            note=clean(str(request.get("note") or ""), TEXT),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not an entry of the register of restores: {error!r}") from None
