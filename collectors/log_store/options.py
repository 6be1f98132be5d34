"""What agent.yaml says about the central log store: where it is, how its files are laid out, who need not write."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, RootModel

from agent.core.model import Section
from agent.options import Duration, HostId, Options, Refused, TargetId, shown

SOURCE = "{source}"
WILD = re.compile(r"[*?{}]")
MOST_DEPTH = 8  # folders below the first that is not named outright


def _path(value: str) -> str:
    """An absolute path, as a folder alone or as a pattern in which one part says whose a file is."""
    parts = value.split("/")
    if not value.startswith("/") or ".." in parts or "\0" in value or "\n" in value:
        raise Refused(
            f"应为绝对路径,如 /var/log/remote/{SOURCE}/*.log*,不是 {shown(value)}",
            f"expected an absolute path like /var/log/remote/{SOURCE}/*.log*, not {shown(value)}",
        )
    braces = value.replace(SOURCE, "", 1)
    if "{" in braces or "}" in braces or (WILD.search(value) and SOURCE not in value):
        raise Refused(
            f"写一次 {SOURCE},它所在的位置是设备的地址、主机名或 id;其余可用 * ? 和 **:{shown(value)}",
            f"write {SOURCE} once, where the address, host name or id of a device stands; besides it * ? and **: "
            f"{shown(value)}",
        )
    if any("**" in part and part != "**" for part in parts):
        raise Refused(
            f"** 要单独占一层目录:{shown(value)}", f"** stands for folders, alone between slashes: {shown(value)}"
        )
    return value


class LogStoreOptions(Options):
    """Where the logs of other devices are kept, on `host` (read by SSH) or, if that is this machine, here.

    `{source}` in `path` stands where a file's path says whose it is; `*` and `?` as a shell has them, `**` for any
    folders. A folder alone: each file or folder in it belongs to the source that it is called after. What logrotate
    adds to names (.1, .2.gz, -20260101.zst) needs no mention."""

    host: HostId
    path: Annotated[str, AfterValidator(_path)] = Field(min_length=1, max_length=1024)
    every: Duration = Field(300.0, description="how often it is looked at")
    within: Duration = Field(60.0, description="what one look may take")
    names: dict[str, TargetId] = Field(
        default_factory=dict, description="sources that are called neither by address nor by id or name: whose they are"
    )
    not_logging: tuple[TargetId, ...] = Field((), description="switches and servers that need not write into it")

    @property
    def asked_on(self) -> str:
        return str(self.host)


class LogStore(RootModel[LogStoreOptions | None]):
    root: LogStoreOptions | None = None


SECTION = Section("log_store", LogStore, many=False)
