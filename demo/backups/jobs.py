"""The backup jobs of the centre: what each makes, when, and where its copies lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from demo.centre.plan import Centre

DAY = 86400.0
EAST = 8 * 3600.0  # of local time, which is China's
SUNDAY = 3  # days after 1970-01-01, which was a Thursday
GRACE = 3600.0  # seconds that a run may be late


@dataclass(frozen=True, slots=True)
class Place:
    host: str
    folder: str


@dataclass(frozen=True, slots=True)
class Job:
    """Runs every so many `days`, from day `first` of the epoch on, `at` seconds after local midnight, and takes so many
    `seconds`. `size`: bytes that it copies about; `kept`: copies; `by`: how the agent reads them."""

    id: str
    title: str
    kind: Literal["postgresql", "mysql", "files"]
    place: Place
    ending: str
    size: int
    at: float
    seconds: float
    kept: int
    days: int = 1
    first: int = 0
    second: Place | None = None
    by: Literal["shell", "sftp"] = "shell"

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset({self.place.host} | ({self.second.host} if self.second else set()))

    @property
    def every(self) -> float:
        return self.days * DAY

    def last(self, now: float) -> int:
        """The number of the last run that has ended; `now` in Unix seconds."""
        return int((now - self.end(0)) // self.every)

    def end(self, run: int) -> float:
        """When it ended, in Unix seconds."""
        return self.first * DAY + self.at - EAST + self.seconds + run * self.every


JOBS = (
    Job(
        id="acceptance-database",
        title="受理数据库每日备份",
        kind="postgresql",
        place=Place("backup-host", "/data/backup/acceptance-database"),
        ending=".sql.gz",
        size=48_000,
        at=1.5 * 3600,
        seconds=260,
        kept=21,
        second=Place("file-host", "/data/copies/acceptance-database"),
    ),
    Job(
        id="shared-files",
        title="共享文件每日备份",
        kind="files",
        place=Place("backup-host", "/data/backup/shared-files"),
        ending=".tar.gz",
        size=96_000,
        at=2.25 * 3600,
        seconds=840,
        kept=21,
        second=Place("log-host", "/data/copies/shared-files"),
    ),
    Job(
        id="queue-database",
        title="排队系统每周备份",
        kind="mysql",
        place=Place("backup-host", "/data/backup/queue-database"),
        ending=".sql",
        size=120_000,
        at=3 * 3600,
        seconds=35,
        kept=9,
        days=7,
        first=SUNDAY,
        by="sftp",
    ),
)


def jobs_of(centre: Centre) -> list[Job]:
    """Those whose hosts there are."""
    return [job for job in JOBS if job.hosts <= centre.nodes.keys()]
