"""Arrays of disks that the kernel makes, by /proc/mdstat. Those of a controller: controllers.py."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from agent.core.model import Sample
from agent.core.ssh import Answer, Command, reading
from agent.core.text import clean
from collectors.host.metrics import ARRAY
from collectors.host.subject import Subject, Turn

MDSTAT = reading("/proc/mdstat")
CONFIGS = (reading("/etc/mdadm/mdadm.conf"), reading("/etc/mdadm.conf"))
DETAIL_KEPT = "detail"  # in the memory: what `mdadm --detail --scan` said
HEAD = re.compile(r"(md\S+) : (\S+)(?: \([\w-]+\))? ?(raid\d+|linear)?(.*)")
MEMBERS = re.compile(r"\[(\d+)/(\d+)\] \[([U_]+)\]")
NO_REDUNDANCY = ("raid0", "linear")


def ask(turn: Turn) -> Sequence[Command]:
    return [MDSTAT, *CONFIGS]


def read(turn: Turn, answers: Sequence[Answer]) -> Iterator[Sample]:
    mdstat, *configs = (answer.text for answer in answers)
    wanted = spares("\n".join((*configs, turn.memory.get(DETAIL_KEPT, ""))))
    for name, state in by_kernel(mdstat, wanted).items():
        yield from ARRAY.state_set(state, array=clean(name, 40))


def spares(configs: str) -> Mapping[str, int]:
    """How many spares each array should have, by mdadm.conf(5): `ARRAY /dev/md0 … spares=1`, names cut to `md0`."""
    found: dict[str, int] = {}
    for line in configs.split("\n"):
        match = re.match(r"ARRAY\s+/dev/(?:md/)?(\S+).*?\bspares=(\d{1,3})", line)
        if match is not None:
            name = match[1] if match[1].startswith("md") else f"md{match[1]}"
            found[name] = max(found.get(name, 0), int(match[2]))
    return found


def by_kernel(mdstat: str, wanted: Mapping[str, int]) -> Mapping[str, str]:
    """The state of each array, by its block of lines."""
    found = {}
    for block in re.split(r"\n(?=md)", mdstat):
        match = HEAD.match(block)
        if match is None:
            continue
        name, activity, level, devices = match.groups()
        members = MEMBERS.search(block)
        missing = members is not None and "_" in members[3]
        rebuilding = re.search(r"\b(?:recovery|resync|reshape)\s*=", block) is not None
        there = len(re.findall(r"\(S\)", devices))
        if activity != "active" or (level in NO_REDUNDANCY and "(F)" in devices):
            found[name] = "failed"
        elif missing:
            found[name] = "rebuilding" if rebuilding else "degraded"
        elif rebuilding:
            found[name] = "rebuilding"
        else:
            found[name] = "no_spare" if there < wanted.get(name, 0) else "ok"
    return found


SUBJECT = Subject("arrays", (ARRAY,), ask, read)
