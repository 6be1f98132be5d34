"""A Linux host by SSH: one round of commands for what is read at each poll, and what costs more at its own pace.

What needs root and is not allowed is remarked and gives no sample; so does what does not end in time. The first round
must succeed, or the host is not read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll
from collectors.host.asking import MadeOf, asked
from collectors.host.linux import (
    antivirus,
    arrays,
    audit,
    canaries,
    clock,
    controllers,
    disks,
    extensions,
    hardening,
    logins,
    logs,
    network,
    peripherals,
    ports,
    proc,
    services,
    sessions,
    software,
    space,
    system,
    updates,
    watched,
)
from collectors.host.options import HostOptions
from collectors.host.subject import Subject

# In the order in which they are asked: what matters most where a host is slow comes first.
SUBJECTS: tuple[Subject, ...] = (
    proc.SUBJECT,
    space.SUBJECT,
    network.SUBJECT,
    clock.SUBJECT,
    canaries.SUBJECT,
    services.SUBJECT,
    logins.SUBJECT,
    sessions.SUBJECT,
    peripherals.SUBJECT,
    ports.SUBJECT,
    arrays.SUBJECT,
    controllers.SUBJECT,
    audit.SUBJECT,
    antivirus.SUBJECT,
    hardening.SUBJECT,
    logs.SUBJECT,
    extensions.SUBJECT,
    software.SUBJECT,
    watched.SUBJECT,
    updates.SUBJECT,
    disks.SUBJECT,
)
MADE_OF = MadeOf(system.ALWAYS, system.SELDOM, system.told)


def collect(target: Target, options: HostOptions, poll: Poll) -> AsyncIterator[Sample]:
    return asked(target, poll, "posix", SUBJECTS, MADE_OF)


def watches(target: Target) -> bool:
    return bool(target.options.by == "ssh" and target.options.system == "linux")


COLLECTOR = Collector(
    name="host_linux",
    kinds=("host",),
    metrics=tuple(dict.fromkeys(metric for each in SUBJECTS for metric in each.metrics)),
    collect=collect,
    watches=watches,
)
