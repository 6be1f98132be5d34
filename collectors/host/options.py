"""What agent.yaml says about a host: where it is, how it is read, what it is for."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from agent.options import DeviceOptions, NotYet, Port, Refused, TimeServer

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class HostOptions(DeviceOptions):
    """`by` says how it is read: local (this machine), ssh, snmp; without it a host is only asked whether it answers.

    `ports` are TCP ports that a host that drops pings answers on; by default those of SSH and remote desktop.
    `ntp` are the time servers that the clock of this machine is compared with, best two or more.
    """

    by: Literal["local", "ssh", "snmp"] | None = None
    role: Literal["server", "terminal"] = "server"
    ports: tuple[Port, ...] = ()
    ntp: tuple[TimeServer, ...] = Field((), max_length=10)
    peripherals: Annotated[tuple[Literal["card_reader", "document_camera", "printer"], ...], NotYet()] = ()
    canaries: Annotated[tuple[str, ...], NotYet()] = Field((), description="files that nobody has a reason to touch")
    watch: Annotated[tuple[str, ...], NotYet()] = Field((), description="files and folders whose change is looked for")

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
    def watched(self) -> bool:
        """Whether what it was asked to be read by is read."""
        return self.by != "ssh"

    @property
    def local(self) -> bool:
        return self.by == "local" or (self.by is None and self.address in LOOPBACK)
