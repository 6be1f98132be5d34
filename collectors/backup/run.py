"""How the last run ended, as its own log, exit status or systemd tell. Pure but for the commands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.core.reach import CannotAsk
from agent.core.ssh import Answer, Command
from agent.core.text import clean
from agent.options.pattern import search
from collectors.backup.options import RunOptions

TAIL = 64 * 1024  # bytes at the end of a log that are looked at
PATIENCE = 10.0  # seconds: it may lie on a server that is away, or be a pipe
LINE = 4096  # characters of a line


def asking(run: RunOptions | None) -> list[Command]:
    """Nothing where agent.yaml does not say where it is told."""
    if run is None:
        return []
    if run.unit is not None:
        shown = ("systemctl", "show", "-p", "Result,ExecMainStatus,ExecMainExitTimestamp", "--", run.unit)
        return [Command(shown, seconds=PATIENCE)]
    path, size = (run.status, 64) if run.status is not None else (run.log, TAIL)
    return [Command(("tail", "-c", str(size), "--", path or ""), limit=size, seconds=PATIENCE)]


def failed(run: RunOptions | None, answers: Sequence[Answer]) -> bool | None:
    """None where it has not run yet, or says neither. CannotAsk: it could not be looked at."""
    if run is None:
        return None
    (answer,) = answers
    if not answer.ok:
        raise CannotAsk("missing", f"how the last run ended is not known: {clean(answer.stderr, 120) or 'no answer'}")
    return failed_by(run, answer.stdout)


def failed_by(run: RunOptions, told: bytes) -> bool | None:
    """By what unit, status or log tell; None as above."""
    text = told.decode("utf-8", "replace")
    if run.unit is not None:
        return _by_unit(dict(line.partition("=")[::2] for line in text.splitlines()))
    if run.status is not None:
        found = re.search(r"-?\d+", text)
        return None if found is None else int(found[0]) != 0
    return _by_log(run, text)


def _by_unit(said: dict[str, str]) -> bool | None:
    """systemd.service(5): Result is success until a run has ended otherwise, and before the first."""
    if not said.get("ExecMainExitTimestamp") or said["ExecMainExitTimestamp"] == "n/a":
        return None
    return said.get("Result") != "success" or said.get("ExecMainStatus") != "0"


def _by_log(run: RunOptions, text: str) -> bool | None:
    """By the last line that says either."""
    for line in reversed(text.splitlines()):
        for pattern, verdict in ((run.failed, True), (run.good, False)):
            if pattern is not None and search(pattern, line[:LINE]) is not None:
                return verdict
    return None
