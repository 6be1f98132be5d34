"""What agent.yaml says about applications: how each is asked, and what a good answer looks like."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from agent.core.model import Section
from agent.options import (
    Address,
    Duration,
    Endpoint,
    HostId,
    NameServer,
    Options,
    Refused,
    TargetId,
    TargetOptions,
    Url,
    shown,
)
from collectors.application.copies_options import CopiesOptions
from collectors.application.database_options import DatabaseOptions, UploadOptions
from collectors.application.way_options import (
    TEXT_LIMIT,
    HeaderName,
    HeaderValue,
    HttpLogin,
    Pattern,
    Published,
    Shown,
    StartTls,
    TalkStep,
    TlsOptions,
    VersionShown,
)

WAYS = ("http", "tcp", "dns")
ON_HOST = ("process", "spool", "uploads", "database")
# Options that mean something to one way only.
OF_WAYS = {
    "http": ("method", "headers", "body", "follow", "login", "published", "version"),
    "tcp": ("talk", "starttls"),
}


def status_codes(value: Any) -> Any:
    """Status codes from 200, `2xx`, or a list of these."""
    listed = value if isinstance(value, list) else [value]
    for each in listed:
        if isinstance(each, bool) or not re.fullmatch(r"[1-5](\d\d|xx)", str(each)):
            raise Refused(
                f"不是 HTTP 状态码:{shown(each)};可写 200、2xx", f"not an HTTP status: {shown(each)}; allowed: 200, 2xx"
            )
    return [str(each) for each in listed]


def question(value: Any) -> Any:
    """`name@server` as a mapping; a name alone is asked of the machine's own resolver."""
    if not isinstance(value, str):
        return value
    name, at, server = value.partition("@")
    return {"name": name, "server": server} if at else {"name": name}


def process(value: str) -> str:
    """The name of a program, which is all that every host tells."""
    if not value.strip() or "/" in value:
        raise Refused(
            f"不是程序的名字:{shown(value)};只写文件名,如 java、upload.jar,不带路径",
            f"not the name of a program: {shown(value)}; allowed: a file name like java, upload.jar, without a path",
        )
    return value.strip()


Process = Annotated[str, AfterValidator(process)]


class DnsQuestion(Options):
    name: Address
    server: Address | None = None
    type: Literal["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"] = "A"


class NameService(DnsQuestion):
    """A name, whose registered answers are in `expect`, and further ones; asked of every server."""

    names: dict[Address, tuple[str, ...]] = Field(
        default_factory=dict, max_length=50, description="further names, each with the answers registered for it"
    )
    servers: tuple[NameServer, ...] = Field(
        (), max_length=10, description="without one: every name server that this machine uses"
    )

    @model_validator(mode="after")
    def _one_way_to_name_servers(self) -> Self:
        if self.server is not None and self.servers:
            raise Refused("server 和 servers 只能写一个", "only one of server, servers")
        return self

    @property
    def asked(self) -> tuple[tuple[str, int], ...]:
        """(address, port) of each server that is named."""
        return self.servers or (((self.server, 53),) if self.server is not None else ())


class Expect(Options):
    """What a good answer has: status codes, a pattern in the body (by tcp: in one of the lines), values of JSON fields,
    patterns of headers, the answers of a name server."""

    status: Annotated[
        tuple[str, ...],
        BeforeValidator(status_codes),
        WithJsonSchema({"type": ["integer", "string", "array"], "items": {"type": ["integer", "string"]}}),
    ] = ("2xx",)
    body: Pattern | None = None
    json_: dict[str, str | float | bool | None] = Field(default_factory=dict, alias="json")
    header: dict[str, Pattern] = Field(default_factory=dict)
    answer: tuple[str, ...] = ()


class ApplicationOptions(TargetOptions):
    """Asked by one of http, tcp, dns, or seen on its host by `process`, `database`, `spool` or `uploads`."""

    # A slow answer must be measured, not cut off: playbooks tell more than 10 seconds from none.
    default_timeout: ClassVar[float] = 20.0

    role: Literal["acceptance", "line_system", "upload", "queue", "kiosk", "display", "database", "dns", "other"] = (
        "other"
    )
    http: Url | None = None
    tcp: Endpoint | None = None
    dns: Annotated[NameService, BeforeValidator(question), WithJsonSchema({"type": ["string", "object"]})] | None = None
    method: Literal["GET", "HEAD", "POST", "OPTIONS"] = "GET"
    headers: dict[HeaderName, HeaderValue] = Field(
        default_factory=dict, max_length=50, description="a value written as file: or ${ENV} is a secret"
    )
    body: str = Field("", max_length=TEXT_LIMIT, description="what is sent; no secret")
    follow: int = Field(10, ge=0, le=20, description="redirects that are followed at most")
    login: HttpLogin | None = None
    tls: TlsOptions | None = Field(None, description="with tcp: TLS from the start, or after starttls")
    talk: tuple[TalkStep, ...] = Field((), max_length=20, description="what is said and expected, line by line")
    starttls: StartTls | None = None
    expect: Expect = Expect()
    published: Published | None = None
    version: VersionShown | None = Field(None, description="default: the header Server")
    slow_window: Duration = Field(600.0, description="over how long the 95th percentile of times is taken")
    ticket: Shown | None = Field(None, description="when the last ticket was drawn; of a file alone, when it changed")
    lag: Shown | None = Field(None, description="seconds by which the display is behind the calls")
    printers: tuple[TargetId, ...] = Field((), max_length=20, description="entries of hosts or machine_room")
    host: HostId | None = None
    process: Process | None = Field(None, description="a program, or the script or jar that an interpreter runs")
    spool: Annotated[str, Field(min_length=1)] | None = None
    pattern: str = Field("*", max_length=200, description="names of the files in spool that wait, like *.xml")
    uploads: UploadOptions | None = None
    database: DatabaseOptions | None = None
    copies: CopiesOptions | None = Field(None, description="which version is laid down, here and on other hosts")

    @model_validator(mode="after")
    def _one_way_to_ask(self) -> Self:
        given = [way for way in WAYS if getattr(self, way) is not None]
        if len(given) > 1:
            raise Refused(
                f"http、tcp、dns 只能写一个;现有:{'、'.join(given)}",
                f"only one of http, tcp, dns; given: {', '.join(given)}",
            )
        on_host = [name for name in ON_HOST if getattr(self, name) is not None]
        if not given and not on_host:
            raise Refused(
                f"没有说怎样检查;请写 http、tcp、dns 之一,或 {'、'.join(ON_HOST)}",
                f"nothing to ask; write one of http, tcp, dns, or {', '.join(ON_HOST)}",
            )
        if on_host and self.host is None:
            raise Refused(f"{'、'.join(on_host)} 需要 host", f"{', '.join(on_host)}: needs `host`")
        return self

    @model_validator(mode="after")
    def _queries_of_a_database(self) -> Self:
        asking = [name for name in ("ticket", "lag") if (shown := getattr(self, name)) and shown.sql is not None]
        asking += ["uploads.queries"] if self.uploads is not None and self.uploads.queries is not None else []
        if asking and self.database is None:
            raise Refused(f"{'、'.join(asking)} 里的 SQL 需要 database", f"SQL in {', '.join(asking)} needs `database`")
        queries = self.uploads.queries if self.uploads is not None else None
        if self.spool is not None and queries is not None and (queries.waiting or queries.oldest):
            raise Refused(
                "spool 和 uploads.queries 的 waiting、oldest 说的是同一件事,只能写一种",
                "spool says the same as waiting, oldest of uploads.queries; only one of them",
            )
        return self

    @model_validator(mode="after")
    def _options_of_the_way(self) -> Self:
        for way, names in OF_WAYS.items():
            given = [name for name in names if name in self.model_fields_set]
            if given and getattr(self, way) is None:
                raise Refused(
                    f"{'、'.join(given)} 只用于 {way};请去掉,或写 {way}",
                    f"{', '.join(given)}: only with {way}; take it out, or write {way}",
                )
        if self.tls is not None and self.http is None and self.tcp is None:
            raise Refused("tls 只用于 http 和 tcp", "tls: only with http or tcp")
        for name in ("ticket", "lag"):
            asked = getattr(self, name)
            if asked is not None and self.http is None and not (asked.http or asked.file or asked.sql):
                raise Refused(
                    f"{name}:没有 http 可读,请在其中写 http、file 或 sql",
                    f"{name}: there is no answer by http to read it in; write http, file or sql in it",
                )
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of what it is read on or with."""
        return tuple(str(each) for each in (self.host, *self.printers) if each is not None)


SECTION = Section(key="applications", options=ApplicationOptions, kind="application")
