"""A Windows host by OpenSSH and PowerShell (5.1 or later): one round of scripts for what is read at each poll, and what
costs more at its own pace.

Every script is a constant of this package; what agent.yaml names is given to it as an argument. What an account without
rights cannot see is absent, and remarked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from agent.core.model import Collector, Sample, Target
from agent.core.reach import Poll
from collectors.host.asking import asked
from collectors.host.options import HostOptions
from collectors.host.subject import Subject
from collectors.host.windows import (
    antivirus,
    canaries,
    clock,
    disks,
    hardening,
    logins,
    logs,
    peripherals,
    ports,
    services,
    software,
    system,
    updates,
    watched,
)

SUBJECTS: tuple[Subject, ...] = (
    system.SUBJECT,
    canaries.SUBJECT,
    services.SUBJECT,
    clock.SUBJECT,
    antivirus.SUBJECT,
    logins.SUBJECT,
    ports.SUBJECT,
    logs.SUBJECT,
    peripherals.SUBJECT,
    disks.SUBJECT,
    hardening.SUBJECT,
    watched.EXTENSIONS,
    software.SUBJECT,
    watched.SUBJECT,
    updates.SUBJECT,
)


def collect(target: Target, options: HostOptions, poll: Poll) -> AsyncIterator[Sample]:
    return asked(target, poll, "windows", SUBJECTS)


def watches(target: Target) -> bool:
    return bool(target.options.by == "ssh" and target.options.system == "windows")


COLLECTOR = Collector(
    name="host_windows",
    kinds=("host",),
    metrics=tuple(dict.fromkeys(metric for each in SUBJECTS for metric in each.metrics)),
    collect=collect,
    watches=watches,
    instead=("host_linux",),
)
