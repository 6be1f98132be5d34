"""The register of restore tests and of disks taken off-line. Each entry is a record of the ledger. All block."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from agent.core.restores import ACTIONS, Restore, body_of, read
from agent.core.store import Store
from agent.core.text import Text, clean
from agent.core.unfit import Unfit
from agent.core.write import of_fact, of_record

REGISTER = "restores"  # remembered: the latest, the oldest first
KEPT = 1000  # beside the ledger, which keeps all
TEXT, WHO = 500, 60  # characters
MOST_EVIDENCE = 64 * 1024 * 1024  # bytes
AHEAD = 60.0  # seconds that clocks may be apart

UNKNOWN = Text("没有备份 {unknown};已有:{known}", "no backup {unknown}; known: {known}")
FUTURE = Text("恢复时间在将来", "that time is still to come")
NO_EVIDENCE = Text(
    "需要证据文件(恢复日志、比对结果、照片)", "a file of evidence is needed: the log, the comparison, a photograph"
)
NOT_A_FILE = Text("{path}:不是可读的普通文件({error})", "{path}: not a plain file that can be read ({error})")
TOO_LARGE = Text(
    "{path}:超过 64 MiB;请只附日志或比对结果", "{path}: more than 64 MiB; the log or the comparison is enough"
)


def entries(store: Store) -> list[Restore]:
    """Every entry, the oldest first. Refused or Damaged for one who peeks."""
    return [read(body) for body in store.recall(REGISTER) or []]


def enter(store: Store, request: Mapping[str, Any], known: Collection[str], now: float) -> Restore:
    """Writes it down. `request`: action, target, at, good, by, note, evidence, sha256. Unfit if it cannot be taken."""
    before = entries(store)
    number = max((int(each.id.removeprefix("RST-")) for each in before), default=0) + 1
    entry = _entry(request, f"RST-{number:04d}", now)
    rules = (
        (entry.target not in known, UNKNOWN.format(unknown=entry.target, known=", ".join(known) or "-")),
        (entry.at > now + AHEAD, FUTURE),
        (entry.action == "restored" and not entry.sha256, NO_EVIDENCE),
    )
    if (objection := next((text for holds, text in rules if holds), None)) is not None:
        raise Unfit(objection)
    after = [body_of(each) for each in [*before, entry][-KEPT:]]
    store.write([of_record(f"backup.{entry.action}", body_of(entry), now), of_fact(REGISTER, after)])
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


def filed(evidence: Path, folder: Path) -> str:
    """Keeps a copy of the file in `folder`, under its SHA-256, which is given back. Unfit if it is no such file."""
    try:
        # Not blocking: a named pipe would wait for its writer for ever.
        with open(evidence, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unfit(NOT_A_FILE.format(path=evidence, error="-"))
            content = file.read(MOST_EVIDENCE + 1)
    except OSError as error:
        raise Unfit(NOT_A_FILE.format(path=evidence, error=error.strerror)) from None
    if len(content) > MOST_EVIDENCE:
        raise Unfit(TOO_LARGE.format(path=evidence))
    digest = hashlib.sha256(content).hexdigest()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place, new = folder / digest, folder / f"{digest}.new"
    with open(new, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(place)
    return digest
