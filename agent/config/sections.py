"""The sections of agent.yaml that no package owns: the centre, its people, what its counters need, and files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, RootModel, WithJsonSchema

from agent.config.hours import CalendarOptions
from agent.core.model import Section
from agent.core.site import Role
from agent.options import (
    AnyOf,
    Identity,
    Options,
    PersonId,
    Reference,
    Refused,
    RelativePath,
    TargetId,
    address,
    day_of,
    shown,
)

MOST_COUNTERS = 500
RANGE = re.compile(r"(?P<head>[^\d-]{0,20})(?P<first>\d{1,6})-(?P<again>[^\d-]{0,20})(?P<last>\d{1,6})")


def listen(value: Any) -> str:
    """Where the page is served, `address:port`; port 0 takes a free one."""
    match = re.fullmatch(r"(?:\[([^\]]+)\]|([^:\[\]]+)):(\d{1,5})", str(value)[:300])
    if match is None or int(match[3]) > 65535:
        raise Refused(
            f"不是“地址:端口”:{shown(value)};可写 127.0.0.1:9780",
            f"not an endpoint: {shown(value)}; allowed: address:port, like 127.0.0.1:9780",
        )
    address(match[1] or match[2])
    return str(value)


def counter_ids(value: Any) -> tuple[str, ...]:
    """`1-12`, `A01-A12`, `3`, or a list of these, checked and not yet counted out."""
    parts = value if isinstance(value, list) else [part.strip() for part in str(value)[:2000].split(",")]
    count = sum(_count(part) for part in parts)
    if count > MOST_COUNTERS:
        raise Refused(
            f"窗口有 {count} 个;最多 {MOST_COUNTERS} 个", f"{count} counters; allowed: at most {MOST_COUNTERS}"
        )
    return tuple(str(part) for part in parts)


def _count(part: Any) -> int:
    match = RANGE.fullmatch(str(part))
    if match is None:
        if isinstance(part, bool | list | dict) or not re.fullmatch(r"[\w.]{1,40}", str(part)):
            raise Refused(
                f"不是窗口编号:{shown(part)};可写 3、1-12、A01-A12",
                f"not a counter: {shown(part)}; allowed: like 3, 1-12 or A01-A12",
            )
        return 1
    count = int(match["last"]) - int(match["first"]) + 1
    if match["again"] not in ("", match["head"]) or count < 1:
        raise Refused(
            f"窗口范围 {shown(part)} 不成立;应从小到大",
            f"not a range of counters: {shown(part)}; allowed: from low to high",
        )
    return count


def _mail(value: str) -> str:
    if value and not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,250}", value):
        raise Refused(f"不是邮箱地址:{shown(value)}", f"not a mail address: {shown(value)}; allowed: name@server")
    return value


class Language(RootModel[Literal["zh", "en"]]):
    root: Literal["zh", "en"] = "zh"


class Listen(RootModel[str]):
    """Where the page is served. A socket that the agent was handed at this address, as systemd hands over that of a
    socket unit, is taken as it is."""

    root: Annotated[str, BeforeValidator(listen), WithJsonSchema({"type": "string"})] = "127.0.0.1:9780"


class StateFolder(RootModel[Path]):
    root: RelativePath = Path("var")


class OptionalFile(RootModel[Path | None]):
    root: RelativePath | None = None


class AssetList(OptionalFile):
    """What may be on the network: a CSV file whose headings name its columns, in any order, of which `mac` (MAC地址:
    one or several addresses) is needed, and `network` (所属网络: management 管理, business 业务, public 公共), `name`
    (名称), `address`, `owner` and `place` are used. It is read again when it changes."""


class DutyRoster(OptionalFile):
    """Who is on duty: a CSV file with the columns date (日期), from (开始), to (结束), person (人员: id or name of
    `people`), a line a shift; gaps in it are found 14 days ahead."""


class CenterOptions(Options):
    id: Identity = "local"
    name: str = ""
    district: str = ""


class PersonOptions(Options):
    id: Identity
    name: str
    role: Role
    phone: str = ""
    mobile: str = ""
    mail: Annotated[str, AfterValidator(_mail)] = ""
    substitutes: tuple[PersonId, ...] = ()
    covers: tuple[Annotated[str, AfterValidator(lambda text: Reference(text, "coverage"))], ...] = Field(
        default=(), description="businesses or sections that this person answers for"
    )
    until: Annotated[date, BeforeValidator(day_of)] | None = Field(None, description="the last day in this post")
    accounts: tuple[Annotated[str, Field(min_length=1, max_length=64)], ...] = Field(
        default=(), description="names of this person's accounts on hosts, to be off after that day"
    )


class CounterOptions(Options):
    ids: Annotated[
        tuple[str, ...],
        BeforeValidator(counter_ids),
        WithJsonSchema(
            {"type": ["string", "integer", "array"], "items": {"type": ["string", "integer"]}, "examples": ["1-12"]}
        ),
    ]
    name: str = Field("{}号窗口", description="{} is filled in with the number")
    depends_on: tuple[TargetId | AnyOf, ...] = ()

    def numbers(self) -> Iterator[str]:
        """Each id, counted out; leading zeros stay."""
        for part in self.ids:
            match = RANGE.fullmatch(part)
            if match is None:
                yield part
                continue
            width = len(match["first"]) if match["first"].startswith("0") else 0
            for number in range(int(match["first"]), int(match["last"]) + 1):
                yield f"{match['head']}{number:0{width}d}"


_SECTIONS = (
    Section("language", Language, many=False),
    Section("listen", Listen, many=False),
    Section("state", StateFolder, many=False),
    Section("center", CenterOptions, many=False),
    Section("calendar", CalendarOptions, many=False),
    Section("people", PersonOptions),
    Section("duty", DutyRoster, many=False),
    Section("counters", CounterOptions),
    Section("assets", AssetList, many=False),
    Section("baselines", OptionalFile, many=False),
    Section("snmp_modules", OptionalFile, many=False),
    Section("probe_modules", OptionalFile, many=False),
)
SECTIONS = {section.key: section for section in _SECTIONS}
