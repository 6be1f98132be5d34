"""What agent.yaml says about who is told: Alertmanagers, and channels of the centre's own."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from agent.core.incident import Class
from agent.core.model import Section
from agent.options import Duration, Endpoint, Identity, NotYet, Options, Reference, Refused, SecretText, Url

Kind = Literal["sms_modem", "sms_http", "wecom", "webhook", "mail", "sounder"]

# Per kind: the options that it needs, and those that it may have besides.
WANTED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sms_modem": (("device",), ("baud", "pin")),
    "sms_http": (("url",), ("body", "headers", "secret")),
    "wecom": (("url",), ()),
    "webhook": (("url",), ("secret", "headers")),
    "mail": (("server", "sender"), ("user", "password", "tls")),
    "sounder": ((), ("command", "sound")),
}


class ChannelOptions(Options):
    """One way to reach people. `to` are roles or ids of people, `hours` when it is used.

    An address of a robot or gateway is itself a secret: `url` is kept as one.
    """

    id: Identity
    kind: Kind
    to: tuple[Annotated[str, AfterValidator(lambda text: Reference(text, "contact"))], ...] = ()
    classes: tuple[Class, ...] = ("P1", "P2")
    hours: Literal["any", "service", "working"] = "any"
    every: Duration | None = Field(None, description="the least time between two messages; others are summed up")
    device: str | None = None
    baud: Literal[9600, 19200, 38400, 57600, 115200] | None = None
    pin: SecretText | None = None
    url: SecretText | None = None
    secret: SecretText | None = None
    body: str | None = None
    headers: dict[str, SecretText] | None = None
    server: Endpoint | None = None
    sender: str | None = None
    user: str | None = None
    password: SecretText | None = None
    tls: Literal["none", "starttls", "tls"] | None = None
    command: tuple[str, ...] | None = None
    sound: str | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        needed, besides = WANTED[self.kind]
        missing = [name for name in needed if getattr(self, name) is None]
        if missing:
            raise Refused(f"{self.kind} 还需要 {'、'.join(missing)}", f"{self.kind} needs {', '.join(missing)}")
        own = {name for names in WANTED.values() for part in names for name in part} - {*needed, *besides}
        foreign = [name for name in type(self).model_fields if name in own and getattr(self, name) is not None]
        if foreign:
            allowed = ", ".join((*needed, *besides)) or "-"
            raise Refused(
                f"{self.kind} 不用 {'、'.join(foreign)};可用:{allowed}",
                f"{self.kind} does not take {', '.join(foreign)}; allowed: {allowed}",
            )
        if self.url is not None and not self.url.reveal().startswith(("http://", "https://")):
            raise Refused("url 应以 http:// 或 https:// 开头", "url must begin with http:// or https://")
        return self


class AlertmanagerOptions(Options):
    """An Alertmanager that asks for a login, or whose group_wait its status does not say."""

    url: Url
    user: str | None = Field(None, description="of basic auth")
    password: SecretText | None = None
    group_wait: Duration | None = Field(
        None,
        description="the longest `group_wait` of its routes, where its status does not say it: "
        "an alert that was over quickly is shown firing for so long",
    )

    @model_validator(mode="after")
    def _logs_in_whole(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise Refused("user 和 password 要同时写", "user and password go together; write both")
        if self.user and ":" in self.user:
            raise Refused("user 里不能有冒号", "a user of basic auth has no colon in its name")
        return self


class NotifyOptions(Options):
    alertmanagers: tuple[AlertmanagerOptions | Url, ...] = Field(
        default=(), description="an address alone, or a mapping where it asks for a login"
    )
    resolve_after: Duration = Field(
        45.0,
        description="an end is told this late, so that the district's Prometheus has seen it by then: "
        "its scrape and evaluation intervals and some seconds more",
    )
    channels: Annotated[tuple[ChannelOptions, ...], NotYet()] = ()


SECTION = Section(key="notify", options=NotifyOptions, many=False)
