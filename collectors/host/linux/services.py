"""Services, by systemd or OpenRC: those that run, those that agent.yaml names, restarts, and all units that failed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from agent.core.model import Sample
from agent.core.ssh import Answer, Command
from agent.core.text import clean
from collectors.host import words
from collectors.host.linux.processes import PROCESSES, blurred, running
from collectors.host.linux.window import counted
from collectors.host.metrics import RESTARTS, SERVICE
from collectors.host.subject import MINUTE, Subject, Turn

DAY = 86400.0
MOST = 200  # services that are told; those that are named and those that failed come first
PROPERTIES = "Id,LoadState,ActiveState,SubState,NRestarts"  # NRestarts since systemd 235
SUFFIX = ".service"
# What else may be named, and is told where it failed: systemd.unit(5).
OTHERS = (".mount", ".automount", ".timer", ".socket", ".swap", ".path", ".target")
# Unit, load, active, sub, description. --plain: without a mark before the first.
FAILED = Command(
    ("systemctl", "list-units", "--state=failed", "--all", "--plain", "--full", "--no-legend", "--no-pager"),
    limit=64 * 1024,
)
# Come and go with people, crashes and questions such as ours.
FLEETING = (
    "user@", "user-runtime-dir@", "systemd-coredump@", "systemd-timedated", "systemd-hostnamed", "systemd-localed",
)  # fmt: skip
# ` sshd    [  started 00:14:13 (2)  ]`: for how long, and, where supervise-daemon runs it, how often it was begun anew.
OPENRC = re.compile(r"\s+(\S+)\s+\[\s*([a-z]+)(?:[^(\]]*\((\d+)\))?[^\]]*\]\s*")
# What is in these is there to run. What fails to start is only stopped, in the words of OpenRC.
RUNLEVELS = ("Runlevel: sysinit", "Runlevel: boot", "Runlevel: default")


class Service(NamedTuple):
    """`up` None: it neither runs nor failed, which is right for most that are not named."""

    up: bool | None
    restarts: float | None = None


def ask(turn: Turn) -> Sequence[Command]:
    named = turn.options.services
    commands = [PROCESSES] if named else []
    if turn.system.has("systemd"):
        units = [each if each.endswith((SUFFIX, *OTHERS)) else each + SUFFIX for each in named if "/" not in each]
        argv = ("systemctl", "show", "--no-pager", "-p", PROPERTIES, "--", "*.service", *units)
        return [*commands, Command(argv, limit=256 * 1024), FAILED]
    if turn.system.has("rc-status") and turn.system.has("openrc"):
        return [*commands, Command(("rc-status", "--all", "--nocolor"), limit=128 * 1024)]
    return commands


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    said = {_name(answer): answer for answer in answers if answer.ok}
    if silent := dict.fromkeys(each.command.program for each in answers if not each.ok and not each.late):
        turn.remarks.append(words.LACKING.format(what=words.SERVICES, why=", ".join(silent)))
    found: Mapping[str, Service] = {}
    if "systemctl" in said:
        found = by_systemd(said["systemctl"].text)
        if "failed" in said:
            found = {**dict.fromkeys(failed(said["failed"].text), Service(False)), **found}
    elif "rc-status" in said:
        found = by_openrc(said["rc-status"].text)
    processes = running(said["ps"].text) if "ps" in said else None
    named = {each.removesuffix(SUFFIX): each for each in turn.options.services}
    whole = all(each.ok and not each.cut for each in answers)
    told = {name: _named(found.get(name), {name, each}, processes, whole) for name, each in named.items()}
    told |= {name: service for name, service in found.items() if service.up is False and name not in told}
    found = {name: service for name, service in found.items() if not name.endswith(OTHERS)}
    told |= {name: service for name, service in found.items() if service.up and name not in told}
    unclear = [name for name, each in named.items() if blurred(name) in (processes or ()) and told[name].up is None]
    if unclear:
        turn.remarks.append(words.NO_UTF8.format(services=clean(", ".join(unclear), 120)))
    for name, service in list(told.items())[:MOST]:
        if service.up is not None:
            yield Sample(SERVICE, float(service.up), (clean(name, 80),))
    yield from _restarts(turn, dict(list(told.items())[:MOST]))


def _named(unit: Service | None, names: set[str], processes: frozenset[str] | None, whole: bool) -> Service:
    """A name that no unit has is that of a process. That nothing of the name runs is known only if all was told."""
    if unit is not None:
        return Service(unit.up or False, unit.restarts)
    there = processes or frozenset()
    if names & there:
        return Service(True)
    unclear = any(blurred(name) in there for name in names)
    return Service(False if whole and not unclear else None)


def _restarts(turn: Turn, told: Mapping[str, Service]) -> Iterator[Sample]:
    """Of a service that was never begun anew nothing is kept: its count is 0 since the host is watched."""
    began = turn.kept.setdefault("began", turn.now)
    counts = turn.kept.setdefault("of", {})
    for gone in set(counts) - set(told):
        del counts[gone]
    for name, service in told.items():
        if service.restarts is None:
            continue
        if service.restarts or name in counts:
            count = counted(counts.setdefault(name, {}), turn.now, service.restarts, DAY, since=began)
        else:
            count = 0.0 if turn.now - began >= DAY else None
        if count is not None:
            yield Sample(RESTARTS, count, (clean(name, 80),))


def _name(answer: Answer) -> str:
    return "failed" if answer.command.argv == FAILED.argv else answer.command.program


def failed(text: str) -> Iterator[str]:
    """Names of units of any kind that failed, those of services without the suffix. Old versions of systemd put a mark
    before each all the same."""
    for line in text.split("\n"):
        name, load, active, *_ = (*line.lstrip("●* ").split(None, 3), "", "", "")
        if active == "failed" and load == "loaded" and not name.startswith(FLEETING):
            yield name.removesuffix(SUFFIX)


def by_systemd(text: str) -> Mapping[str, Service]:
    """By name without the suffix; units that are not loaded are left out."""
    found = {}
    for block in text.split("\n\n"):
        facts = dict(line.partition("=")[::2] for line in block.split("\n"))
        name = facts.get("Id", "")
        if not name.endswith((SUFFIX, *OTHERS)) or facts.get("LoadState") != "loaded" or name.startswith(FLEETING):
            continue
        restarts = facts.get("NRestarts", "")
        found[name.removesuffix(SUFFIX)] = Service(
            _up(facts.get("ActiveState", ""), facts.get("SubState", "")),
            float(restarts) if restarts.isdecimal() and len(restarts) < 10 else None,
        )
    return found


def _up(active: str, sub: str) -> bool | None:
    """A unit that did its work and ended (exited) is no service that runs."""
    if active == "failed" or sub.startswith("auto-restart"):
        return False
    return True if active in ("active", "reloading") and sub != "exited" else None


def by_openrc(text: str) -> Mapping[str, Service]:
    """A service may stand in several runlevels, and should run if it is in one of RUNLEVELS."""
    found: dict[str, Service] = {}
    wanted = False
    for line in text.split("\n"):
        if "unlevel: " in line:
            wanted = line.strip() in RUNLEVELS
        if (match := OPENRC.fullmatch(line)) is not None:
            up = {"started": True, "crashed": False, "unsupervised": False}.get(match[2])
            up = False if wanted and match[2] == "stopped" else up
            if up is not None or match[1] not in found:
                found[match[1]] = Service(up, float(match[3][:9]) if match[3] else None)
    return found


SUBJECT = Subject("services", (SERVICE, RESTARTS), ask, read, every=MINUTE)
