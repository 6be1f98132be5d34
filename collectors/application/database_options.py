"""What agent.yaml says of a database that is asked on its host, and of uploads that a log or a query tells of."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from agent.options import Address, Options, Port, Refused, RelativePath, SecretText, shown
from collectors.application.way_options import Pattern, Query


def remote_path(value: str) -> str:
    """An absolute path of a POSIX host."""
    if not value.startswith("/") or "\0" in value:
        raise Refused(f"不是绝对路径:{shown(value)};应以 / 开头", f"not an absolute path: {shown(value)}")
    return value


def plain_word(value: str) -> str:
    """What may stand in a file of settings, a line each, without being taken for more."""
    if not value or value != value.strip() or re.search(r"[\x00-\x1f\x7f\"'\\#]", value):
        raise Refused(
            f"不能用作数据库的名字:{shown(value)};不可有引号、反斜杠、# 和首尾空格",
            f"not a name for a database: {shown(value)}; without quotes, backslashes, # and spaces at the ends",
        )
    return value


RemotePath = Annotated[str, Field(max_length=1000), AfterValidator(remote_path)]
Word = Annotated[str, Field(max_length=100), AfterValidator(plain_word)]


class DatabaseOptions(Options):
    """A database that the program psql or mysql of the application's `host` asks, which is logged in to by SSH. Without
    `address` by its local socket; without `password` by what ~/.pgpass or ~/.my.cnf of the SSH account says."""

    kind: Literal["postgresql", "mysql"]
    name: Word = Field(description="of the database that is logged in to")
    user: Word | None = None
    password: SecretText | None = Field(None, description="of an account that may only read")
    address: Address | None = Field(None, description="as seen from the host")
    port: Port | None = None
    program: RemotePath | None = Field(None, description="where it is not found as psql or mysql")
    spaces: tuple[RemotePath, ...] = Field((), max_length=20, description="directories that hold its files")

    @model_validator(mode="after")
    def _password_that_can_be_told(self) -> Self:
        text = self.password.reveal() if self.password is not None else ""
        if self.password is not None and self.user is None:
            raise Refused("password 要和 user 一起写", "password needs the user that it belongs to")
        if text != text.strip() or len(text) > 500 or re.search(r"[\x00-\x1f]", text):
            raise Refused(
                "这样的数据库密码传不过去:首尾有空格、有换行,或超过 500 个字符",
                "such a password cannot be handed over: with a space at its ends, a line break, or more than 500 "
                "characters",
            )
        return self


class UploadQueries(Options):
    """Each gives one value: items that wait, when the oldest of them came, when the last was taken, failures since."""

    waiting: Query | None = None
    oldest: Query | None = None
    success: Query | None = None
    failures: Query | None = None


class UploadOptions(Options):
    """What became of uploads: by the lines of a log of the application's host, or by queries of its `database`."""

    log: RelativePath | None = None
    success: Pattern | None = Field(
        None, description="in lines of uploads that were taken; its first group is the time, if it has one"
    )
    failure: Pattern | None = Field(None, description="in lines of uploads that failed")
    queries: UploadQueries | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if (self.log is None) == (self.queries is None):
            raise Refused("请写 log 或 queries 之一", "exactly one of log, queries")
        if (self.log is None) != (self.success is None) or (self.failure is not None and self.log is None):
            raise Refused("log 要和 success 一起写,failure 只用于 log", "log needs success; failure is for log only")
        if self.queries is not None and not self.queries.model_fields_set:
            raise Refused("queries 里没有一条查询", "queries has no query")
        return self
