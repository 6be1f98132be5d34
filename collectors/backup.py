"""What agent.yaml says about backups: where the newest file should be, and how old it may get."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from agent.core.model import Section
from agent.options import Duration, HostId, Options, TargetOptions

HOUR, DAY = 3600.0, 86400.0


class SecondCopy(Options):
    host: HostId | None = None
    path: str = Field(min_length=1)


class BackupOptions(TargetOptions):
    """Files of `path` that match `pattern`, on `host` or, without it, on this machine."""

    default_every: ClassVar[float] = HOUR

    host: HostId | None = None
    path: str = Field(min_length=1)
    pattern: str = Field("*", min_length=1)
    expect_every: Duration = DAY
    grace: Duration = 6 * HOUR
    second_copy: SecondCopy | None = None
    restore_test_every: Duration = 90 * DAY


SECTION = Section(key="backups", options=BackupOptions, kind="backup")
