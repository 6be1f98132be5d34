"""Values as they stand in blackbox.yml. Every scalar of it arrives as a text; an entry left empty as an empty text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from agent.core.http import Basic, Proxy
from agent.core.secrets import Secret
from agent.core.tls import Tls, Version
from agent.options.pattern import pattern
from agent.options.secret import relative_path
from agent.options.values import duration

HOST = re.compile(r"[A-Za-z0-9._:-]+")
SIZES = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)([KMGT]?)i?B")
VERSIONS: dict[str, Version] = {"TLS10": "TLSv1", "TLS11": "TLSv1.1", "TLS12": "TLSv1.2", "TLS13": "TLSv1.3"}


def _timeout(value: Any) -> float:
    """Seconds; 0, as there, where it is not positive: then the scrape's own time counts."""
    text = str(value).strip()
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        raise ValueError("a duration needs its unit, like 5s, 1m30s, 500ms")
    if text.startswith("-") or re.fullmatch(r"0+(\.0+)?[a-z]+", text):
        return 0.0
    return duration(text)


def _size(value: Any) -> int:
    """Bytes; KB and KiB are both 1024, as there."""
    text = str(value)
    found = SIZE.findall(text)
    if not found or SIZE.sub("", text):
        raise ValueError("not a size with its unit; expected like 10MB, 512KB, 1.5KiB, 100B")
    return int(sum(float(number) * 1024 ** SIZES[unit] for number, unit in found))


def _empty(value: Any) -> Any:
    return {} if value in ("", None) else value


def _list(value: Any) -> Any:
    return () if value in ("", None) else value


def _file(value: Any, info: ValidationInfo) -> Path | None:
    return None if value in ("", None) else relative_path(value, info)


@dataclass(frozen=True, slots=True)
class ProxyUrl:
    """A proxy, and its address as it may be shown."""

    proxy: Proxy
    shown: str


def _proxy(value: Any) -> ProxyUrl | None:
    """Of `http://user:password@host:port`; what is wrong is told without repeating it."""
    if value in ("", None):
        return None
    try:
        parts = urlsplit(str(value))
        host, port = parts.hostname or "", parts.port or 80
        if not HOST.fullmatch(host):
            raise ValueError
    except ValueError:
        raise ValueError("not the address of a proxy; expected http://HOST:PORT") from None
    if parts.scheme != "http":
        raise ValueError("only proxies by http are spoken to; expected http://HOST:PORT")
    login = None if parts.username is None else Basic(unquote(parts.username), Secret(unquote(parts.password or "")))
    place = parts.netloc.rpartition("@")[2]
    named = "" if login is None else f"{login.user}{'' if parts.password is None else ':xxxxx'}@"
    return ProxyUrl(Proxy(host, port, login), f"http://{named}{place}{parts.path}")


def _secret(value: Any) -> Secret | None:
    if isinstance(value, Secret) or value in ("", None):
        return value or None
    if not isinstance(value, str):
        raise ValueError("expected a text")
    return Secret(value)


Timeout = Annotated[float, BeforeValidator(_timeout)]
Size = Annotated[int, BeforeValidator(_size)]
File = Annotated[Path | None, BeforeValidator(_file)]
Hidden = Annotated[Secret | None, BeforeValidator(_secret)]
ProxyAddress = Annotated[ProxyUrl | None, BeforeValidator(_proxy)]
Pattern = Annotated[str, BeforeValidator(lambda value: pattern(value) if isinstance(value, str) else value)]
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(_list)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_list)]
Numbers = Annotated[tuple[int, ...], BeforeValidator(_list)]
Names = Annotated[dict[str, str], BeforeValidator(_empty)]
EMPTY = BeforeValidator(_empty)
LIST = BeforeValidator(_list)
Protocol = Literal["ip4", "ip6", ""]
TlsVersion = Literal["TLS10", "TLS11", "TLS12", "TLS13", ""]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True)


class Addressed(Part):
    """Which address of a name is probed: of the preferred family, without one that of the other if `fallback`."""

    preferred_ip_protocol: Protocol = ""
    ip_protocol_fallback: bool = True


class TlsConfig(Part):
    ca_file: File = None
    cert_file: File = None
    key_file: File = None
    server_name: str = ""
    insecure_skip_verify: bool = False
    min_version: TlsVersion = ""
    max_version: TlsVersion = ""

    @property
    def files(self) -> tuple[Path, ...]:
        """Those that are named."""
        return tuple(each for each in (self.ca_file, self.cert_file, self.key_file) if each is not None)

    def wanted(self, name: str = "") -> Tls:
        """`name` is what the certificate should be for, unless the file says another."""
        files = [None if each is None else str(each) for each in (self.ca_file, self.cert_file, self.key_file)]
        return Tls(
            verify=not self.insecure_skip_verify,
            name=self.server_name or name or None,
            ca=files[0],
            certificate=files[1],
            key=files[2],
            minimum=VERSIONS.get(self.min_version, "TLSv1.2"),
            maximum=VERSIONS.get(self.max_version),
        )
