"""What agent.yaml says about a host: where it is, how it is read, what it is for."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from agent.options import DeviceOptions, Duration, Options, Port, Refused, TimeServer
from collectors.host.allowed import Allowed, allowed

LOOPBACK = ("localhost", "127.0.0.1", "::1")
MOST_ARGUMENT = 1024  # characters of a path or name
ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]")
BY_SSH = (
    "services",
    "listen",
    "management",
    "peripherals",
    "usb",
    "antivirus",
    "canaries",
    "watch",
    "software",
    "ask_within",
)
Peripheral = Literal["card_reader", "document_camera", "printer"]


def _argument(text: str) -> str:
    if not text or "\0" in text or len(text) > MOST_ARGUMENT:
        raise Refused(
            f"应为 1 到 {MOST_ARGUMENT} 个字符,不含 NUL", f"expected 1 to {MOST_ARGUMENT} characters, no NUL among them"
        )
    return text


def _path(text: str) -> str:
    if not ABSOLUTE.match(text):
        raise Refused(
            "应为主机上的绝对路径,如 /etc/passwd 或 C:\\x",
            "expected an absolute path on the host, e.g. /etc/passwd or C:\\x",
        )
    return _argument(text)


def _network(value: Any) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(value))
    except ValueError:
        raise Refused("应为网段,如 10.1.0.0/24", "expected a network, e.g. 10.1.0.0/24") from None


def _allowed(value: Any) -> Allowed:
    if (found := allowed(str(value))) is None:
        raise Refused("应为端口,如 22、53/udp、8000-8010/tcp", "expected a port, e.g. 22, 53/udp or 8000-8010/tcp")
    return found


Argument = Annotated[str, AfterValidator(_argument)]
HostPath = Annotated[str, AfterValidator(_path)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network), WithJsonSchema({"type": "string"})]
Listen = Annotated[Allowed, BeforeValidator(_allowed), WithJsonSchema({"type": ["string", "integer"]})]
UsbId = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{4}:[0-9a-fA-F]{4}$")]


class AntivirusOptions(Options):
    """Protection that is not found by itself: its process, and a file that is written with each update."""

    process: Argument
    signatures: HostPath | None = None


class HostOptions(DeviceOptions):
    """`by` says how it is read: local (this machine), ssh, snmp; without it a host is only asked whether it answers.

    `ports` are TCP ports that a host that drops pings answers on; by default those of SSH and remote desktop.
    `ntp` are the time servers that the clock of this machine is compared with, best two or more.
    """

    by: Literal["local", "ssh", "snmp"] | None = None
    system: Literal["linux", "windows"] = Field("linux", description="what runs there, for by: ssh")
    role: Literal["server", "terminal"] = "server"
    ports: tuple[Port, ...] = ()
    ntp: tuple[TimeServer, ...] = Field((), max_length=10)
    services: tuple[Argument, ...] = Field((), max_length=100, description="services or processes that must run")
    listen: tuple[Listen, ...] | None = Field(None, description="ports that may listen: 22, 53/udp, 8000-8010/tcp")
    management: tuple[Network, ...] = Field((), description="networks from which administrators log in")
    peripherals: tuple[Peripheral, ...] = ()
    usb: dict[Peripheral, tuple[UsbId, ...]] = Field(
        default_factory=dict, description="vendor:product of peripherals that are not known by themselves"
    )
    antivirus: AntivirusOptions | None = None
    canaries: tuple[HostPath, ...] = Field((), max_length=20, description="files that nobody has a reason to touch")
    watch: tuple[HostPath, ...] = Field((), max_length=50, description="files and folders whose change is looked for")
    software: tuple[HostPath, ...] = Field((), max_length=10, description="program files whose version is told")
    ask_within: Duration | None = Field(
        None, description="nothing is asked more seldom than so, while a host is being put in order; else docs/hosts.md"
    )

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if self.by in ("ssh", "snmp") and self.credentials is None:
            raise Refused(
                f"by: {self.by} 需要 credentials,即 credentials 一节里的名字",
                f"by: {self.by} needs credentials: the name of an entry of `credentials`",
            )
        if self.ntp and not self.local:
            raise Refused(
                "ntp 只能写在本机(by: local):时钟由守望自己与时间服务器比对",
                "ntp is for this machine only (by: local): it is the agent's own clock that is compared",
            )
        return self

    @property
    def unused(self) -> tuple[str, ...]:
        """Options that are written down and have no effect on a host that is not read by SSH."""
        return () if self.by == "ssh" else tuple(name for name in BY_SSH if name in self.model_fields_set)

    @property
    def local(self) -> bool:
        return self.by == "local" or (self.by is None and self.address in LOOPBACK)
