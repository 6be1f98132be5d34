"""What agent.yaml says about backups: where the copies lie, when one should come, and how many are kept."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from agent.core.model import Section
from agent.options import Duration, HostId, Options, Refused, SecretText, TargetOptions, shown
from agent.options.pattern import pattern
from agent.options.values import TIME

HOUR, DAY = 3600.0, 86400.0
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def folder(value: str) -> str:
    """A path that means the same whoever reads it; a login's own folder or an agent's would be neither."""
    if not value.startswith("/") or "\0" in value:
        raise Refused(f"应为以 / 开头的路径,不是 {shown(value)}", f"expected a path that begins with /: {shown(value)}")
    return value


def repository(value: str) -> str:
    """A folder of the host, or a REST server without a password in its address, which would stand in lists of
    processes. Other ways of restic's start programs."""
    if value.startswith("/"):
        return folder(value)
    if not re.fullmatch(r"rest:https?://[^@\s]+", value):
        raise Refused(
            f"restic 的 path 应为主机上的路径,或不含用户名密码的 rest:https://…,不是 {shown(value)}",
            f"expected a path on the host, or rest:https://… without a user in it: {shown(value)}",
        )
    return value


def name_pattern(value: str) -> str:
    if "/" in value or "\0" in value:
        raise Refused(
            f"是文件名的样式,不含 /:{shown(value)};子目录请用 depth",
            f"a pattern of file names, without a slash: {shown(value)}; for folders below use depth",
        )
    return value


def time_of_day(value: object) -> int:
    """Minutes since midnight, from `02:00`."""
    match = TIME.fullmatch(str(value))
    if match is None or (minutes := int(match[1]) * 60 + int(match[2])) >= 1440:
        raise Refused(
            f"不是时刻:{shown(value)};应写成 02:00", f"not a time of day: {shown(value)}; allowed: like 02:00"
        )
    return minutes


Folder = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(folder)]
NamePattern = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(name_pattern)]
Pattern = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(pattern)]
TimeOfDay = Annotated[int, BeforeValidator(time_of_day), WithJsonSchema({"type": "string", "examples": ["02:00"]})]


class SecondCopy(Options):
    host: HostId | None = None
    path: Folder


class ResticOptions(Options):
    """How the host opens the repository, and which of its snapshots are this job's."""

    password: SecretText | None = Field(None, description="is given to restic on its standard input")
    password_file: Folder | None = Field(None, description="a file on the host that its login can read")
    hosts: tuple[str, ...] = ()
    tags: tuple[str, ...] = Field((), description="a snapshot must have all of them")
    paths: tuple[str, ...] = Field((), description="a snapshot must be of all of them")

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        if self.password is not None and self.password_file is not None:
            raise Refused("password 和 password_file 只能写一个", "only one of password, password_file")
        return self


class RunOptions(Options):
    """Where the host tells how the job's last run ended: a file with its exit status, a log, a unit of systemd."""

    status: Folder | None = None
    log: Folder | None = None
    failed: Pattern | None = Field(None, description="in the line of a log that tells of a failure")
    good: Pattern | None = Field(None, description="in the line of a log that tells of success")
    unit: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.@:\\-]{0,200}$")] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(each is not None for each in (self.status, self.log, self.unit)) != 1:
            raise Refused("status、log、unit 写且只写一个", "one of status, log, unit")
        if (self.log is None) != (self.failed is None and self.good is None):
            raise Refused("log 需要 failed 或 good,别的不需要", "log, and only log, needs failed or good")
        return self


class RestoreSample(Options):
    """So many files of a repository of restic are restored into a checksum, and compared with those on the host; of an
    archive or a dump one member is read, which there is nothing to compare with."""

    every: Duration = 7 * DAY
    files: int = Field(20, ge=1, le=60, description="of restic; of an archive or a dump always one")


class Isolation(Options):
    """Whether `account`, which production runs as, could alter or delete copies, as rights, mounts and attributes of
    `path` on `host` say: where production runs, if the copies lie elsewhere and are mounted there."""

    account: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$")]
    host: HostId | None = None
    path: Folder | None = None


class Retention(Options):
    """How many copies are kept at least: of the last days on which the job runs, of the weeks, of the months."""

    daily: int = Field(7, ge=0, le=366)
    weekly: int = Field(4, ge=0, le=260)
    monthly: int = Field(12, ge=0, le=120)


class Verify(Options):
    """The newest copy is read through on its host: against a list of checksums, by unpacking it, by a dump's end."""

    every: Duration = DAY
    within: Duration = Field(600.0, description="what reading a copy through may take")
    manifest: NamePattern | None = Field(
        None,
        description="list of checksums beside the copies; without it NAME.sha256, SHA256SUMS and the like are tried",
    )
    encrypted: bool = Field(False, description="a copy that anybody can read is a bad one")
    read_data: int = Field(0, ge=0, le=100, description="percent of a repository of restic that is read each time")


class BackupOptions(TargetOptions):
    """Files of `path` that match `pattern`, on `host` or, without it, on this machine.

    A copy is expected `expect_every` after the last one; where that day is none of `days`, on the next that is, at the
    same time of day; with `at`, at that time. `grace` is what a run may be late or take."""

    default_every: ClassVar[float] = HOUR
    default_timeout: ClassVar[float] = 60.0

    kind: Literal["files", "postgresql", "mysql", "restic"] = Field(
        "files", description="postgresql, mysql: files that must be whole dumps of such a database"
    )
    host: HostId | None = None
    by: Literal["shell", "sftp"] | None = Field(
        None, description="how `host` is read; without it commands are tried, then SFTP"
    )
    path: str = Field(min_length=1, max_length=4096)
    restic: ResticOptions | None = Field(None, description="with `kind: restic`; `path` is the repository")
    pattern: NamePattern = "*"
    depth: int = Field(1, ge=1, le=5, description="folders that are looked into: 1 is `path` alone")
    expect_every: Duration = DAY
    grace: Duration = 6 * HOUR
    days: Literal["all", "working", "service"] | tuple[Weekday, ...] = Field(
        "all", description="days on which the job runs: working and service are those of `calendar`"
    )
    at: TimeOfDay | None = Field(
        None, description="when the job starts, like 02:00; without it the last copy's time of day counts"
    )
    retention: Retention = Retention()
    verify: Verify = Verify()
    run: RunOptions | None = None
    isolation: Isolation | None = None
    second_copy: SecondCopy | None = None
    restore_test_every: Duration = 90 * DAY
    restore_sample: RestoreSample | None = Field(
        None, description="with kind: restic, on the host it was made on; else of tar, zip and pg_dump"
    )

    @model_validator(mode="after")
    def _place_of_its_kind(self) -> Self:
        (repository if self.kind == "restic" else folder)(self.path)
        if self.by == "sftp" and (self.host is None or self.kind == "restic"):
            raise Refused("by: sftp 需要 host,也不能用于 restic", "by: sftp needs host, and restic needs commands")
        if self.restic is not None and self.kind != "restic":
            raise Refused("restic 只用于 kind: restic", "restic: only with kind: restic")
        if self.restore_sample is not None and self.by == "sftp":
            raise Refused("restore_sample 要运行命令,不能用 by: sftp", "restore_sample needs commands, not by: sftp")
        if self.kind == "restic" and (self.restic or ResticOptions()) == ResticOptions():
            raise Refused(
                "kind: restic 需要 restic.password 或 restic.password_file",
                "kind: restic needs restic.password or restic.password_file",
            )
        return self

    @model_validator(mode="after")
    def _some_day(self) -> Self:
        if self.days == ():
            raise Refused("days 是空的,任务就从不运行;请写至少一天", "days is empty, so the job never runs; name a day")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the hosts that it is read on."""
        others = [part.host for part in (self.second_copy, self.isolation) if part is not None]
        return tuple(dict.fromkeys(str(each) for each in (self.host, *others) if each is not None))


SECTION = Section(key="backups", options=BackupOptions, kind="backup")
