"""What agent.yaml says of the ways into an application: TLS, logins, headers, conversations, where values stand."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from agent.core.http import Basic, Bearer
from agent.core.secrets import Secret
from agent.core.tls import Tls, Version
from agent.options import Address, Options, Refused, RelativePath, SecretText, Url, secret, shown
from agent.options.pattern import pattern

PATTERN_LIMIT = 500  # characters of a regular expression
TEXT_LIMIT = 16_384  # characters of a body or of a line that is sent
QUERY_LIMIT = 2000  # characters
VERSIONS: dict[str, Version] = {"1.0": "TLSv1", "1.1": "TLSv1.1", "1.2": "TLSv1.2", "1.3": "TLSv1.3"}
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # RFC 9110 section 5.6.2


def tls_version(value: Any) -> Any:
    """`1.2` from the number or the text."""
    text = str(value)
    if isinstance(value, bool) or text not in VERSIONS:
        raise Refused(
            f"不是 TLS 版本:{shown(value)};可写 {'、'.join(VERSIONS)}",
            f"not a version of TLS: {shown(value)}; allowed: {', '.join(VERSIONS)}",
        )
    return text


def header_name(value: str) -> str:
    if not HEADER_NAME.fullmatch(value):
        raise Refused(
            f"不是 HTTP 头的名字:{shown(value)};可用字母、数字和 -",
            f"not the name of a header: {shown(value)}; allowed: letters, digits and -",
        )
    return value


def header_value(value: Any, info: ValidationInfo) -> str | Secret:
    """Plain text, or a secret where it is written as `file:` or `${ENV}`."""
    if isinstance(value, str) and value.startswith(("file:", "${")):
        return secret(value, info)
    if isinstance(value, bool) or not isinstance(value, str | int | float) or re.search(r"[\r\n\0]", str(value)):
        raise Refused(
            f"不能作 HTTP 头的值:{shown(value)};应为一行文字、file:路径 或 ${{环境变量}}",
            f"not the value of a header: {shown(value)}; allowed: one line of text, file:PATH, ${{ENV}}",
        )
    return str(value)


def query(value: str) -> str:
    """One statement that reads."""
    text = value.strip().removesuffix(";").strip()
    writes = re.search(r"(?i)\binto\s+(outfile|dumpfile)\b", text) or _commands(text)
    if not re.match(r"(?i)(select|with|show|values|table)\b", text) or ";" in text or "\0" in text or writes:
        raise Refused(
            f"不是只读的一条 SQL:{shown(value)};应为以 SELECT、WITH、SHOW、VALUES 开头的一条,"
            "中间没有分号,引号之外没有反斜杠,不写文件",
            f"not one SQL statement that reads: {shown(value)}; allowed: one that begins with SELECT, WITH, SHOW, "
            "VALUES, without a semicolon, without a backslash outside quotes, into no file",
        )
    return text


def _commands(sql: str) -> bool:
    """Whether it could hold commands of a client, like \\! that runs a program: a backslash that stands in no quotes,
    or beside a comment, in which quotes mean nothing."""
    rest = re.sub(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`""", " ", sql, flags=re.DOTALL)
    return "\\" in rest or ("\\" in sql and re.search(r"--|#|/\*", rest) is not None)


Pattern = Annotated[str, Field(max_length=PATTERN_LIMIT), AfterValidator(pattern)]
Query = Annotated[str, Field(max_length=QUERY_LIMIT), AfterValidator(query)]
TlsVersion = Annotated[
    Literal["1.0", "1.1", "1.2", "1.3"], BeforeValidator(tls_version), WithJsonSchema({"type": ["string", "number"]})
]
HeaderName = Annotated[str, AfterValidator(header_name)]
HeaderValue = Annotated[str | Secret, PlainValidator(header_value), WithJsonSchema({"type": "string"})]
StartTls = Literal["smtp", "imap", "pop3", "ftp", "ldap"]


class TlsOptions(Options):
    """How TLS is wanted: an own authority, what is shown as a client, the lowest version, the name to be asked for."""

    ca: RelativePath | None = Field(None, description="PEM file with the authorities; default: this machine's own")
    certificate: RelativePath | None = Field(None, description="PEM file that the client shows")
    key: RelativePath | None = None
    minimum: TlsVersion = "1.2"
    server_name: Address | None = Field(None, description="asked for, and looked for in the certificate")
    verify: bool = True

    @model_validator(mode="after")
    def _key_of_a_certificate(self) -> Self:
        if self.key is not None and self.certificate is None:
            raise Refused("key 要和 certificate 一起写", "key needs the certificate that it belongs to")
        return self

    @property
    def wanted(self) -> Tls:
        return Tls(
            verify=self.verify,
            name=self.server_name,
            ca=_path(self.ca),
            certificate=_path(self.certificate),
            key=_path(self.key),
            minimum=VERSIONS[self.minimum],
        )


def _path(path: object) -> str | None:
    return None if path is None else str(path)


class HttpLogin(Options):
    """User and password (RFC 7617), or a token (RFC 6750)."""

    user: str | None = None
    password: SecretText | None = None
    bearer: SecretText | None = None

    @model_validator(mode="after")
    def _one_login(self) -> Self:
        if (self.user is None) != (self.password is None) or (self.user is None) == (self.bearer is None):
            raise Refused("请写 user 和 password,或只写 bearer", "write user and password, or bearer alone")
        return self

    @property
    def authorization(self) -> Basic | Bearer:
        if self.bearer is not None:
            return Bearer(self.bearer)
        return Basic(self.user or "", self.password or Secret(""))


class TalkStep(Options):
    """Wait for a line that matches `expect`, then send a line; each only where it is said."""

    expect: Pattern = ""
    send: str = Field("", max_length=TEXT_LIMIT, description="no secret: it stands in agent.yaml as it is")


class Published(Options):
    """What the approved version of a page looks like: the hash of the body, the file itself, or words in it."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")] | None = None
    file: RelativePath | None = Field(None, description="the approved body, like baselines/portal.html")
    words: tuple[str, ...] = Field((), max_length=50, description="each must stand in the body")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.sha256 is None and self.file is None and not all(self.words or ("",)):
            raise Refused("请写 sha256、file、words 中的一个", "write one of sha256, file, words")
        if self.sha256 is not None and self.file is not None:
            raise Refused("sha256 和 file 只能写一个", "only one of sha256, file")
        return self


class Shown(Options):
    """Where one value stands: in the answer to `http` or in `file`, there the JSON field `json` or what `pattern` finds
    (its first group, if it has one); or it is what `sql` gives. Without any: in the application's own answer."""

    http: Url | None = None
    file: RelativePath | None = Field(None, description="on the application's `host`, if that is read by SSH")
    sql: Query | None = Field(None, description="asked of the application's `database`")
    json_: str | None = Field(None, alias="json", max_length=200, description="like queue.last or items.0.time")
    pattern: Pattern | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        given = [name for name in ("http", "file", "sql") if getattr(self, name) is not None]
        if len(given) > 1:
            raise Refused(f"{'、'.join(given)} 只能写一个", f"only one of {', '.join(given)}")
        if self.sql is not None and (self.json_ is not None or self.pattern is not None):
            raise Refused("sql 直接给出值,不要再写 json、pattern", "sql gives the value itself: no json, pattern")
        if self.json_ is not None and self.pattern is not None:
            raise Refused("json 和 pattern 只能写一个", "only one of json, pattern")
        if self.json_ is None and self.pattern is None and self.file is None and self.sql is None:
            raise Refused("请写 json 或 pattern,说明值在哪里", "write json or pattern: where the value stands")
        return self


class VersionShown(Options):
    """Where the version stands: a header, a JSON field or what a pattern finds in the body."""

    header: HeaderName | None = None
    json_: str | None = Field(None, alias="json", max_length=200)
    pattern: Pattern | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        given = [each for each in (self.header, self.json_, self.pattern) if each is not None]
        if len(given) != 1:
            raise Refused("header、json、pattern 只写一个", "exactly one of header, json, pattern")
        return self
