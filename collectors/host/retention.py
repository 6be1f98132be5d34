"""Retention: how long logs are kept, by what is thrown away, or by what logrotate(8) is set to. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import PurePosixPath
from typing import Any

from agent.core.ssh import Command

DAY = 86400.0
SETTLED = 62 * DAY  # rotation takes a month at most: whoever threw nothing away for so long keeps it now
PERIODS = {"hourly": 3600.0, "daily": DAY, "weekly": 7 * DAY, "monthly": 31 * DAY, "yearly": 365 * DAY}
SPANS = {
    name: seconds
    for names, seconds in (
        (" s sec second seconds", 1.0),
        ("m min minute minutes", 60.0),
        ("h hr hour hours", 3600.0),
        ("d day days", DAY),
        ("w week weeks", 7 * DAY),
        ("M month months", 30.44 * DAY),
        ("y year years", 365.25 * DAY),
    )
    for name in names.split(" ")
}  # systemd.time(7), down to seconds
UNTIMED = ("size", "minsize")  # what says that time alone does not rotate
LARGEST = 256 * 1024  # bytes
SCRIPTS = ("prerotate", "postrotate", "firstaction", "lastaction", "preremove")


def of_rotation(*more: str) -> Command:
    """Asks for the text of logrotate's settings, one file after the other, and of these files and folders."""
    return Command(("grep", "-rhs", "-e", "", "--", "/etc/logrotate.conf", "/etc/logrotate.d", *more), limit=LARGEST)


def seen(kept: MutableMapping[str, Any], name: str, oldest: float, now: float) -> float | None:
    """How old the records were that remained when older ones, which had been seen here, were last thrown away; None if
    none were. Seconds; `kept` holds JSON and outlives the agent."""
    before, at, age = kept.get(name, (oldest, 0.0, 0.0))
    if oldest > before + DAY:
        before, at, age = oldest, now, max(0.0, now - oldest)
    elif oldest < before - DAY:
        before, at, age = oldest, 0.0, 0.0  # an archive came back
    kept[name] = [before, at, age]
    return age if at and now - at < SETTLED else None


def rotation(text: str, path: str) -> float | None:
    """For how many seconds logrotate keeps the file and what it puts aside of it, at most; None where its settings
    (logrotate.conf and what that includes, one after the other) do not name the file, or not a time."""
    for patterns, said in _blocks(text):
        if any(PurePosixPath(path).match(each) for each in patterns):
            return _time(said)
    return None


def span(text: str) -> float | None:
    """Seconds of `MaxRetentionSec=6month` in journald.conf(5), the last that is said there; None where it is 0, nothing
    or no span of systemd.time(7)."""
    said = re.findall(r"(?m)^\s*MaxRetentionSec\s*=(.*)$", text)
    parts = re.findall(r"(\d{1,9}(?:\.\d{1,9})?)\s*([A-Za-z]*)", said[-1]) if said else []
    if not parts or any(unit not in SPANS for _, unit in parts):
        return None
    return sum(float(number) * SPANS[unit] for number, unit in parts) or None


def _time(said: Mapping[str, str]) -> float | None:
    count, most = said.get("rotate", "0"), said.get("maxage", "")
    period = next((PERIODS[each] for each in said if each in PERIODS), None)
    limits = [float(most) * DAY] if most.isdecimal() else []
    if period is not None and count.isdecimal() and not any(each in said for each in UNTIMED):
        limits.append(float(count) * period)
    return min(limits, default=None)


def _blocks(text: str) -> Iterator[tuple[list[str], Mapping[str, str]]]:
    """The patterns of each block, with what is said in it or, before it, for all."""
    general: dict[str, str] = {}
    patterns: list[str] = []
    said: dict[str, str] | None = None
    for name, *rest in _statements(text):
        if name == "{":
            said = {}
        elif name == "}":
            yield patterns, {**_without_period(general, said or {}), **(said or {})}
            patterns, said = [], None
        elif said is None and name[0] in "/\"'":
            patterns += [each.strip("\"'") for each in (name, *rest)]
        else:
            target = general if said is None else said
            for period in PERIODS if name in PERIODS else ():
                target.pop(period, None)
            target[name.partition("=")[0]] = " ".join(rest).lstrip("= ")


def _statements(text: str) -> Iterator[list[str]]:
    """Words of each line, of braces alone too; without comments and scripts."""
    script = False
    for line in text.split("\n"):
        for piece in re.split(r"([{}])", line.partition("#")[0]):
            words = piece.split()
            if words and not script and words[0] not in SCRIPTS:
                yield words
            elif words:
                script = words[0] != "endscript"


def _without_period(general: Mapping[str, str], said: Mapping[str, str]) -> Mapping[str, str]:
    """What a block says of when to rotate holds instead of what is said for all."""
    own = any(each in PERIODS or each in UNTIMED for each in said)
    return {name: value for name, value in general.items() if not (own and (name in PERIODS or name in UNTIMED))}
