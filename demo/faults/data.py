"""Faults of what must not be lost: backups, uploads, the database."""

from __future__ import annotations

from collections.abc import Sequence

from agent.core.text import Text
from demo.backups.jobs import jobs_of
from demo.centre.plan import Centre
from demo.faults.fault import Fault


def _jobs(centre: Centre) -> Sequence[str]:
    return [job.id for job in jobs_of(centre)]


def _copied_twice(centre: Centre) -> Sequence[str]:
    return [job.id for job in jobs_of(centre) if job.second is not None]


def _database(centre: Centre) -> Sequence[str]:
    return ("database-host",)


FAULTS = (
    Fault("backup-stale", Text("昨夜的备份没有做,备份过期", "last night's backup was not made: it is overdue"), _jobs),
    Fault("backup-shrunk", Text("最新的备份只有平常的十分之一", "the newest backup is a tenth of its size"), _jobs),
    Fault(
        "backup-corrupt", Text("最新的备份损坏,校验不通过", "the newest backup is cut off, and fails its test"), _jobs
    ),
    Fault(
        "second-copy-differs",
        Text("异地副本与本地备份不一致", "the second copy is not the same as the backup"),
        _copied_twice,
    ),
    Fault("upload-stuck", Text("受理材料传不上去,待传文件越积越多", "uploads do not go out, and files pile up")),
    Fault("database-down", Text("受理数据库停了,拒绝连接", "the database stands still, and refuses logins"), _database),
)
