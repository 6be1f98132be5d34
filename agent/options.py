"""The vocabulary of agent.yaml: typed values that every section's options are made of.

Beside agent.core this is the only module of the frame that plug-ins may import; it imports agent.core and pydantic.
What is not accepted raises `Refused`, with words in both languages; agent.config adds file, line and path.
"""

from __future__ import annotations

import ipaddress
import os
import re
import stat
import types
import urllib.parse
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from agent.core.secrets import Secret
from agent.core.text import Text, clean

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
BITS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}
HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)\Z")
IDENTITY = re.compile(r"[A-Za-z0-9_一-鿿][A-Za-z0-9_.一-鿿-]{0,62}\Z")
SECRET_LIMIT = 4096

Business = Literal["labor", "civil_affairs", "medical_insurance", "family_planning", "social_security", "other"]


class Refused(ValueError):
    """A value that is not accepted: what is wrong and what is allowed, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def shown(value: Any) -> str:
    """A value as it may stand in a message: one line, short, harmless."""
    return f'"{clean(value, 60)}"' if isinstance(value, str) else clean(repr(value), 60)


class NotYet:
    """Marks an option that nothing uses yet: `Annotated[..., NotYet()]`; whoever sets it is told so."""


class Reference(str):
    """An id that must exist. `among` says where: "target", a kind ("switch"), "credentials", "person", "contact",
    "coverage"; `wanted` is the id itself where the text holds more than that."""

    among: str
    wanted: str

    def __new__(cls, text: str, among: str = "target", wanted: str = "") -> Reference:
        made = super().__new__(cls, text)
        made.among, made.wanted = among, wanted or text
        return made


class Options(BaseModel):
    """Base of every section's options: unknown keys refused, frozen, numbers accepted where text is meant."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, coerce_numbers_to_str=True, arbitrary_types_allowed=True, allow_inf_nan=False
    )

    @field_validator("*", mode="before")
    @classmethod
    def _no_lookalikes(cls, value: Any, info: ValidationInfo) -> Any:
        """`true` is not the number 1, and `no`, `off` are texts: YAML 1.1 mixed them up, we do not."""
        wanted = _plain_types(cls.model_fields[info.field_name].annotation) if info.field_name else set()
        if isinstance(value, bool) and wanted & {int, float} and bool not in wanted:
            raise Refused(f"应为数字,不是 {str(value).lower()}", f"expected a number, found {str(value).lower()}")
        if bool in wanted and isinstance(value, str | int) and not isinstance(value, bool) and len(wanted) == 1:
            raise Refused(f"应为 true 或 false,不是 {shown(value)}", f"expected true or false, found {shown(value)}")
        return value


def _plain_types(annotation: Any) -> set[Any]:
    """The types that an annotation allows, looking through Annotated and unions; None left out."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _plain_types(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return set().union(*(_plain_types(each) for each in get_args(annotation)))
    return set() if annotation is type(None) else {annotation}


def duration(value: Any) -> float:
    """Seconds from `90`, `"90s"`, `"1h30m"`, `"250ms"`, `"1d"`."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    else:
        parts = re.findall(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h|d|w)", str(value)[:60])
        if not parts or "".join(number + unit for number, unit in parts) != str(value).strip():
            raise Refused(
                f"不是时长:{shown(value)};可写秒数,或 30s、5m、1h30m、1d 这样",
                f"not a duration: {shown(value)}; allowed: a number of seconds, or like 30s, 5m, 1h30m, 1d",
            )
        seconds = sum(float(number) * UNITS[unit] for number, unit in parts)
    if not 0 < seconds <= 366 * 86400:
        raise Refused(
            f"时长 {shown(value)} 超出范围;应大于 0,最多 366d",
            f"duration {shown(value)} is out of range; allowed: more than 0, at most 366d",
        )
    return seconds


def bandwidth(value: Any) -> float:
    """Bytes per second from `"10Mbps"`, `"512 kbit/s"`, `"1Gbps"`."""
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)\s*([kKmMgG]?)\s*(?:bps|bit/s|b/s)", str(value)[:60].strip())
    if match is None or float(match[1]) <= 0:
        raise Refused(
            f"不是带宽:{shown(value)};可写 512kbps、10Mbps、1Gbps 这样",
            f"not a bandwidth: {shown(value)}; allowed: like 512kbps, 10Mbps, 1Gbps",
        )
    return float(match[1]) * BITS[match[2].lower()] / 8


def address(value: Any) -> str:
    """An IPv4 or IPv6 address or a host name, as text."""
    text = value.strip() if isinstance(value, str) else repr(value)
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    labels = text.removesuffix(".").split(".")
    if re.fullmatch(r"[\d.]+", text) or len(text) > 253 or not all(HOST_LABEL.match(label) for label in labels):
        raise Refused(
            f"不是地址:{shown(value)};可写 IPv4、IPv6 或主机名,不带端口和路径",
            f"not an address: {shown(value)}; allowed: IPv4, IPv6 or a host name, without port or path",
        )
    return text


def endpoint(value: Any) -> tuple[str, int]:
    """(address, port) from `"10.0.0.1:443"` or `"[2001:db8::1]:443"`."""
    match = re.fullmatch(r"(?:\[([^\]]+)\]|([^:\[\]]+)):(\d{1,7})", str(value)[:300].strip())
    if match is None:
        raise Refused(
            f"不是“地址:端口”:{shown(value)};可写 10.20.1.10:443 或 [fd00::1]:443",
            f"not an endpoint: {shown(value)}; allowed: address:port, like 10.20.1.10:443 or [fd00::1]:443",
        )
    port = int(match[3])
    if not 1 <= port <= 65535:
        raise Refused(f"端口 {port} 超出范围;应为 1 到 65535", f"port {port} is out of range; allowed: 1 to 65535")
    return address(match[1] or match[2]), port


def url(value: Any) -> str:
    """An http or https address without user name and password (it is shown on pages and in metrics)."""
    text = value.strip() if isinstance(value, str) else repr(value)
    if "@" in text.split("?")[0]:
        raise Refused("网址里不能写用户名和密码", "no user name or password in an address; use a secret of its own")
    parts = (
        urllib.parse.urlsplit(text) if re.fullmatch(r"https?://[^\s\[\]/]+(/\S*)?|https?://\[[^\s]+", text) else None
    )
    try:
        valid = parts is not None and parts.port != 0 and address(parts.hostname or "") != ""
    except ValueError:
        valid = False
    if not valid:
        raise Refused(
            f"不是网址:{shown(value)};可写 http://10.1.0.5:9093 或 https://10.30.1.10/path 这样",
            f"not a web address: {shown(value)}; allowed: like http://10.1.0.5:9093 or https://10.30.1.10/path",
        )
    return text


def identity(value: Any) -> str:
    text = str(value)
    if not isinstance(value, str | int) or isinstance(value, bool) or not IDENTITY.match(text):
        raise Refused(
            f"不是合规的 id:{shown(value)};可用字母、数字、_ . - 和汉字,最多 63 个字符",
            f"not an id: {shown(value)}; allowed: letters, digits, _ . - and Chinese, at most 63 characters",
        )
    return text


def secret(value: Any, info: ValidationInfo) -> Secret:
    """A Secret from `${ENV}` or `file:path` (relative to agent.yaml); plain text is accepted for a first try.

    No message tells any part of the value.
    """
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise Refused("密码类选项应为文字;可写 ${环境变量} 或 file:路径", "a secret is text; write ${ENV} or file:PATH")
    text = str(value)
    if match := re.fullmatch(r"\$\{(\w+)\}", text):
        found = os.environ.get(match[1])
        if found is None:
            raise Refused(
                f"环境变量 {match[1]} 没有设置;请设置它,或改写 file:路径",
                f"environment variable {match[1]} is not set; set it, or use file:PATH",
            )
        return _held(found, f"环境变量 {match[1]} ", f"environment variable {match[1]}")
    if text.startswith("file:"):
        return _read_secret(_base(info) / text.removeprefix("file:"))
    return _held(text, "密码", "this secret")


def _held(value: str, zh: str, en: str) -> Secret:
    if not value:
        raise Refused(f"{zh}是空的", f"{en} is empty")
    if len(value) > SECRET_LIMIT:
        raise Refused(f"{zh}超过 {SECRET_LIMIT} 个字符", f"{en} has more than {SECRET_LIMIT} characters")
    return Secret(value)


def _read_secret(path: Path) -> Secret:
    zh, en = f"密码文件 {path} ", f"secret file {path}"
    try:
        # Not blocking: a named pipe would wait for its writer for ever.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Refused(f"{zh}不是普通文件", f"{en} is not a plain file")
            raw = file.read(SECRET_LIMIT + 1)
        return _held(raw.decode("utf-8").strip("\r\n"), zh, en)
    except OSError as error:
        raise Refused(
            f"{zh}读不了({error.strerror});请建立它,只让守望的用户可读",
            f"{en}: {error.strerror}; create it, readable by the agent only",
        ) from None
    except UnicodeDecodeError:
        raise Refused(f"{zh}不是 UTF-8", f"{en} is not UTF-8") from None


def relative_path(value: Any, info: ValidationInfo) -> Path:
    """A path, absolute or relative to agent.yaml."""
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise Refused(f"不是路径:{shown(value)}", f"not a path: {shown(value)}")
    return _base(info) / value


def _base(info: ValidationInfo) -> Path:
    context: Mapping[str, Any] = info.context or {}
    return Path(context.get("base", "."))


Duration = Annotated[
    float, BeforeValidator(duration), WithJsonSchema({"type": ["number", "string"], "examples": ["30s"]})
]
Bandwidth = Annotated[float, BeforeValidator(bandwidth), WithJsonSchema({"type": "string", "examples": ["10Mbps"]})]
Address = Annotated[str, BeforeValidator(address), WithJsonSchema({"type": "string"})]
Endpoint = Annotated[tuple[str, int], BeforeValidator(endpoint), WithJsonSchema({"type": "string"})]
Url = Annotated[str, BeforeValidator(url), WithJsonSchema({"type": "string"})]
Identity = Annotated[str, BeforeValidator(identity), WithJsonSchema({"type": ["string", "integer"]})]
Port = Annotated[int, Field(ge=1, le=65535)]
SecretText = Annotated[Secret, PlainValidator(secret), WithJsonSchema({"type": "string"})]
RelativePath = Annotated[Path, PlainValidator(relative_path), WithJsonSchema({"type": "string"})]

# Ids that must exist; a dangling one is refused with its place.
TargetId = Annotated[Identity, AfterValidator(partial(Reference, among="target"))]
SwitchId = Annotated[Identity, AfterValidator(partial(Reference, among="switch"))]
HostId = Annotated[Identity, AfterValidator(partial(Reference, among="host"))]
LineId = Annotated[Identity, AfterValidator(partial(Reference, among="line"))]
LoginName = Annotated[Identity, AfterValidator(partial(Reference, among="credentials"))]
PersonId = Annotated[Identity, AfterValidator(partial(Reference, among="person"))]


class AnyOf(Options):
    any_of: tuple[TargetId, ...] = Field(min_length=1)


class TargetOptions(Options):
    """What every target takes, whatever its section. A section with a rhythm of its own sets the two defaults."""

    default_every: ClassVar[float] = 30.0
    default_timeout: ClassVar[float] = 10.0

    id: Identity
    name: str = ""
    every: Duration | None = None
    timeout: Duration | None = None
    labels: dict[str, str] = {}
    depends_on: tuple[TargetId | AnyOf, ...] = ()
    powered_by: TargetId | tuple[TargetId, ...] = ()


class DeviceOptions(TargetOptions):
    """A target with an address and a login of its own."""

    address: Address
    credentials: LoginName | None = None
