"""The vocabulary of agent.yaml: typed values that every section's options are made of.

Beside agent.core this is the only module of the frame that plug-ins may import; it imports agent.core and pydantic.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationInfo, WithJsonSchema

from agent.core.secrets import Secret

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
BITS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}
HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)\Z")
IDENTITY = re.compile(r"[A-Za-z0-9_一-鿿][A-Za-z0-9_.一-鿿-]{0,62}\Z")
SECRET_LIMIT = 4096


class Options(BaseModel):
    """Base of every section's options: unknown keys refused, frozen, numbers accepted where text is meant."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, arbitrary_types_allowed=True)


def duration(value: Any) -> float:
    """Seconds from `90`, `"90s"`, `"1h30m"`, `"250ms"`, `"1d"`."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    else:
        parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)", str(value))
        if not parts or "".join(number + unit for number, unit in parts) != str(value).strip():
            raise ValueError(f"not a duration: {value!r}; allowed: a number of seconds, or like 30s, 5m, 1h30m, 1d")
        seconds = sum(float(number) * UNITS[unit] for number, unit in parts)
    if not 0 < seconds <= 366 * 86400:
        raise ValueError(f"duration {value!r} is out of range; allowed: more than 0, at most 366d")
    return seconds


def bandwidth(value: Any) -> float:
    """Bytes per second from `"10Mbps"`, `"512 kbit/s"`, `"1Gbps"`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kKmMgG]?)\s*(?:bps|bit/s|b/s)", str(value).strip())
    if match is None or float(match[1]) <= 0:
        raise ValueError(f"not a bandwidth: {value!r}; allowed: like 512kbps, 10Mbps, 1Gbps")
    return float(match[1]) * BITS[match[2].lower()] / 8


def address(value: Any) -> str:
    """An IPv4 or IPv6 address or a host name, as text."""
    text = str(value).strip()
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    if re.fullmatch(r"[\d.]+", text) or ":" in text or "/" in text:
        raise ValueError(f"not an address: {text!r}; allowed: IPv4, IPv6 or a host name, without port or path")
    if len(text) > 253 or not all(HOST_LABEL.match(label) for label in text.removesuffix(".").split(".")):
        raise ValueError(f"not an address: {text!r}; allowed: IPv4, IPv6 or a host name")
    return text


def endpoint(value: Any) -> tuple[str, int]:
    """(address, port) from `"10.0.0.1:443"` or `"[2001:db8::1]:443"`."""
    match = re.fullmatch(r"(?:\[([^\]]+)\]|([^:\[\]]+)):(\d{1,7})", str(value).strip())
    if match is None:
        raise ValueError(f"not an endpoint: {value!r}; allowed: address:port, like 10.20.1.10:443 or [fd00::1]:443")
    port = int(match[3])
    if not 1 <= port <= 65535:
        raise ValueError(f"port {port} is out of range; allowed: 1 to 65535")
    return address(match[1] or match[2]), port


def identity(value: Any) -> str:
    text = str(value)
    if isinstance(value, bool) or not IDENTITY.match(text):
        raise ValueError(f"not an id: {value!r}; allowed: letters, digits, _ . - and Chinese, at most 63 characters")
    return text


def secret(value: Any, info: ValidationInfo) -> Secret:
    """A Secret from `${ENV}` or `file:path` (relative to agent.yaml); plain text is accepted for a first try."""
    if isinstance(value, Secret):
        return value
    text = str(value)
    if match := re.fullmatch(r"\$\{(\w+)\}", text):
        found = os.environ.get(match[1])
        if found is None:
            raise ValueError(f"environment variable {match[1]} is not set; set it, or use file:PATH")
        return Secret(found)
    if text.startswith("file:"):
        return Secret(_read_secret(_base(info) / text.removeprefix("file:")))
    return Secret(text)


def _read_secret(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(SECRET_LIMIT + 1)
    except OSError as error:
        raise ValueError(f"secret file {path}: {error.strerror}; create it, readable by the agent only") from None
    if len(raw) > SECRET_LIMIT:
        raise ValueError(f"secret file {path} has more than {SECRET_LIMIT} bytes; a secret is one short line")
    try:
        text = raw.decode("utf-8").strip("\r\n")
    except UnicodeDecodeError:
        raise ValueError(f"secret file {path} is not UTF-8") from None
    if not text:
        raise ValueError(f"secret file {path} is empty")
    return text


def relative_path(value: Any, info: ValidationInfo) -> Path:
    """A path, absolute or relative to agent.yaml."""
    return _base(info) / str(value)


def _base(info: ValidationInfo) -> Path:
    context: Mapping[str, Any] = info.context or {}
    return Path(context.get("base", "."))


Duration = Annotated[
    float, BeforeValidator(duration), WithJsonSchema({"type": ["number", "string"], "examples": ["30s"]})
]
Bandwidth = Annotated[float, BeforeValidator(bandwidth), WithJsonSchema({"type": "string", "examples": ["10Mbps"]})]
Address = Annotated[str, BeforeValidator(address), WithJsonSchema({"type": "string"})]
Endpoint = Annotated[tuple[str, int], BeforeValidator(endpoint), WithJsonSchema({"type": "string"})]
Identity = Annotated[str, BeforeValidator(identity), WithJsonSchema({"type": ["string", "integer"]})]
Port = Annotated[int, Field(ge=1, le=65535)]
SecretText = Annotated[Secret, PlainValidator(secret), WithJsonSchema({"type": "string"})]
RelativePath = Annotated[Path, PlainValidator(relative_path), WithJsonSchema({"type": "string"})]


class AnyOf(Options):
    any_of: tuple[Identity, ...] = Field(min_length=1)


class TargetOptions(Options):
    """What every target takes, whatever its section."""

    id: Identity
    name: str = ""
    every: Duration | None = None
    timeout: Duration | None = None
    labels: dict[str, str] = {}
    depends_on: tuple[Identity | AnyOf, ...] = ()
    powered_by: Identity | tuple[Identity, ...] = ()


class DeviceOptions(TargetOptions):
    """A target with an address and a login of its own."""

    address: Address
    credentials: Identity | None = None
