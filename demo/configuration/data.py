"""The section `backups` of agent.yaml, and what it says of uploads and of the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from demo.backups.copies import SUMS
from demo.backups.jobs import GRACE, JOBS, Job
from demo.world import uploads

Entry = Mapping[str, Any]
EVERY = "20s"  # so that what happens is seen soon, and copies are not asked for all the time
WEEK = 7
ACCOUNT = "acceptance"  # that the acceptance software runs as
UPLOADS: Entry = {
    "host": uploads.HOST,
    "process": "java",
    "spool": uploads.FOLDER,
    "pattern": "*.xml",
    "uploads": {"log": uploads.LOG, "success": "uploaded", "failure": "failed"},
}


def backups() -> Iterator[Entry]:
    for job in JOBS:
        entry = {
            "id": job.id,
            "name": job.title,
            "kind": job.kind,
            "host": job.place.host,
            "by": job.by,
            "path": job.place.folder,
            "pattern": f"*{job.ending}",
            **_times(job),
            "verify": {"manifest": SUMS},
            **_on_host(job),
            "every": EVERY,
        }
        second = job.second
        yield entry if second is None else {**entry, "second_copy": {"host": second.host, "path": second.folder}}


def _on_host(job: Job) -> Entry:
    """What is asked by commands on the host: whether production could alter copies; a member of an archive."""
    isolation = {"isolation": {"account": ACCOUNT}} if job.by == "shell" else {}
    return {**isolation, "restore_sample": {"every": "7d"}} if job.kind == "files" else isolation


def _times(job: Job) -> Entry:
    kept = {"daily": job.kept - WEEK, "weekly": 0, "monthly": 0}
    times = {"expect_every": f"{job.days}d", "grace": f"{int(GRACE // 60)}m", "retention": kept}
    return {**times, "days": ["sunday"]} if job.days == WEEK else times


def database(every: str) -> Entry:
    return {
        "id": "database",
        "name": "受理数据库",
        "role": "database",
        "host": "database-host",
        "database": {"kind": "postgresql", "name": "acceptance", "user": "monitor", "spaces": ["/data"]},
        "depends_on": ["database-host"],
        "every": every,
    }
