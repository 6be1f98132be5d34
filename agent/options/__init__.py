"""The vocabulary of agent.yaml: typed values that every section's options are made of.

Beside agent.core this is the only part of the frame that plug-ins may import; it imports agent.core and pydantic.
What is not accepted raises `Refused`, with words in both languages; agent.config adds file, line and path.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from agent.core.calendar import Span
from agent.core.secrets import Secret
from agent.options.base import NotYet, Options, Reference, Refused, shown
from agent.options.secret import relative_path, secret
from agent.options.values import (
    address,
    bandwidth,
    clock,
    day_of,
    duration,
    endpoint,
    identity,
    in_order,
    interval,
    label_name,
    listed_hours,
    name_server,
    same_marks,
    time_range,
    time_server,
    url,
    vlans,
)

__all__ = [
    "Address",
    "AnyOf",
    "Bandwidth",
    "Business",
    "DayHours",
    "DeviceOptions",
    "Duration",
    "Endpoint",
    "HostId",
    "Identity",
    "Interval",
    "LineId",
    "LoginName",
    "NameServer",
    "NotYet",
    "Options",
    "PersonId",
    "Port",
    "Reference",
    "Refused",
    "RelativePath",
    "SecretText",
    "SwitchId",
    "TargetId",
    "TargetOptions",
    "TimeRange",
    "TimeServer",
    "Url",
    "Vlans",
    "address",
    "bandwidth",
    "clock",
    "day_of",
    "duration",
    "endpoint",
    "identity",
    "in_order",
    "interval",
    "label_name",
    "name_server",
    "relative_path",
    "same_marks",
    "secret",
    "shown",
    "time_range",
    "time_server",
    "url",
    "vlans",
]

Business = Literal["labor", "civil_affairs", "medical_insurance", "family_planning", "social_security", "other"]

Duration = Annotated[
    float, BeforeValidator(duration), WithJsonSchema({"type": ["number", "string"], "examples": ["30s"]})
]
Interval = Annotated[
    float, BeforeValidator(interval), WithJsonSchema({"type": ["number", "string"], "examples": ["30s"]})
]
Bandwidth = Annotated[float, BeforeValidator(bandwidth), WithJsonSchema({"type": "string", "examples": ["10Mbps"]})]
Address = Annotated[str, BeforeValidator(address), WithJsonSchema({"type": "string"})]
Endpoint = Annotated[tuple[str, int], BeforeValidator(endpoint), WithJsonSchema({"type": "string"})]
NameServer = Annotated[tuple[str, int], BeforeValidator(name_server), WithJsonSchema({"type": "string"})]
TimeServer = Annotated[tuple[str, int], BeforeValidator(time_server), WithJsonSchema({"type": "string"})]
Url = Annotated[str, BeforeValidator(url), WithJsonSchema({"type": "string"})]
Identity = Annotated[str, BeforeValidator(identity), WithJsonSchema({"type": ["string", "integer"]})]
Port = Annotated[int, Field(ge=1, le=65535)]
SecretText = Annotated[Secret, PlainValidator(secret), WithJsonSchema({"type": "string"})]
TimeRange = Annotated[Span, BeforeValidator(time_range), WithJsonSchema({"type": "string"})]
DayHours = Annotated[tuple[TimeRange, ...], BeforeValidator(listed_hours), AfterValidator(in_order)]
Vlans = Annotated[
    tuple[Span, ...],
    BeforeValidator(vlans),
    WithJsonSchema(
        {"type": ["string", "integer", "array"], "items": {"type": ["string", "integer"]}, "examples": ["30-39"]}
    ),
]
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
    every: Interval | None = None
    timeout: Duration | None = None
    labels: dict[Annotated[str, BeforeValidator(label_name)], str] = Field(default_factory=dict)
    depends_on: tuple[TargetId | AnyOf, ...] = ()
    powered_by: TargetId | tuple[TargetId, ...] = ()


class DeviceOptions(TargetOptions):
    """A target with an address and a login of its own."""

    address: Address
    credentials: LoginName | None = None
