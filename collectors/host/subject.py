"""Subject: one thing that is read of a host by SSH: what is asked for it, and what the answers say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.core.calendar import Calendar
from agent.core.excerpts import Excerpt
from agent.core.model import Metric, Sample
from agent.core.ssh import Answer, Command
from agent.core.text import Said
from collectors.host.linux.system import System
from collectors.host.options import HostOptions

MINUTE, HOUR = 60.0, 3600.0


@dataclass(frozen=True)
class Turn:
    """One poll of one host, as a subject sees it.

    `now` is the host's moment by the agent's clock, `monotonic` on the clock that never steps; `user` who is logged in
    as. `memory` is the subject's own, `kept` too, holds JSON and outlives the agent. `remarks` are for people,
    `excerpts` prove the samples.
    `waited` is how long the round took, in seconds; `planned` whether a planned change covers what happened to this
    host at some moment between two (Unix seconds). `left`: accounts, in lower case, of people who left.
    """

    options: HostOptions
    user: str
    system: System
    now: float
    monotonic: float
    memory: MutableMapping[str, Any]
    kept: MutableMapping[str, Any]
    remarks: list[Said] = field(default_factory=list)
    excerpts: list[Excerpt] = field(default_factory=list)
    calendar: Calendar = field(default_factory=Calendar)
    waited: float = 0.0
    planned: Callable[[float, float], bool] = lambda start, end: False
    left: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Subject:
    """`ask` gives the commands, none where there is nothing to ask of this host; `read` gets an answer for each.

    `every` seconds at most is it asked, 0: at each poll. In between what it gave last holds. `heavy`: it may take the
    host seconds, so it is put in a round of its own. `memory_of`: the subject whose memory it shares.
    """

    name: str
    metrics: tuple[Metric, ...]
    ask: Callable[[Turn], Sequence[Command]]
    read: Callable[[Turn, Sequence[Answer]], Iterator[Sample]]
    every: float = 0.0
    heavy: bool = False
    memory_of: str | None = None
