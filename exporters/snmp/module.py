"""A module of snmp.yml as snmp_exporter's generator writes it: what to ask, and what becomes of each answer.

Keys and defaults are those of its current format; `version` and `auth` inside a module are those of 0.21.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from agent.options.pattern import pattern, search
from agent.options.values import duration

Oid = tuple[int, ...]

MetricType = Literal[
    "gauge", "counter", "Float", "Double", "DateAndTime", "ParseDateAndTime", "NTPTimeStamp",
    "EnumAsInfo", "EnumAsStateSet", "Bits", "DisplayString", "OctetString", "PhysAddress48", "InetAddressIPv4",
    "InetAddressIPv6", "InetAddress", "InetAddressMissingSize", "LldpPortId", "Integer", "Integer32",
]  # fmt: skip
IndexType = Literal[
    "gauge", "counter", "Integer", "Integer32", "EnumAsInfo", "DisplayString", "OctetString", "PhysAddress48",
    "InetAddressIPv4", "InetAddressIPv6", "InetAddress", "InetAddressMissingSize", "LldpPortId",
]  # fmt: skip
LookupType = Literal[IndexType, "", "Bits"]
LONGEST = 128  # RFC 2578 section 3.5: numbers in an OID


def _oid(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"\.?\d{1,10}(\.\d{1,10}){0,127}", value, re.ASCII):
        raise ValueError("not an OID; expected numbers with dots, like 1.3.6.1.2.1.2")
    return tuple(map(int, value.strip(".").split(".")))


def _list(value: Any) -> Any:
    return value or ()  # an empty entry is read as an empty text


Numbers = Annotated[Oid, BeforeValidator(_oid)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_list)]
Names = Annotated[Mapping[int, str], BeforeValidator(lambda value: value or {})]
MetricName = Annotated[str, Field(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")]
LabelName = Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]
Seconds = Annotated[float, BeforeValidator(duration)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Index(Part):
    """The next numbers of an index as a label. `implied`: a text without its length, to the end of the index."""

    labelname: LabelName
    type: IndexType
    fixed_size: int = Field(0, ge=0, le=LONGEST)
    implied: bool = False
    enum_values: Names = Field(default_factory=dict)


class Lookup(Part):
    """A label from another column, found by the labels named; without any, the label is taken away."""

    labels: Texts = ()
    labelname: LabelName
    oid: Numbers = ()
    type: LookupType = ""
    enum_values: Names = Field(default_factory=dict)
    display_hint: str = ""


class Extract(Part):
    """A number cut out of a text: `value` is a template like $1.$2 of the groups of `regex`,
    which stands for the whole text."""

    value: str = "$1"
    regex: str

    @field_validator("regex")
    @classmethod
    def _whole(cls, value: str) -> str:
        return pattern(f"^(?:{value})$")


class Metric(Part):
    name: MetricName
    oid: Numbers
    type: MetricType
    help: str = ""
    indexes: Annotated[tuple[Index, ...], BeforeValidator(_list)] = ()
    lookups: Annotated[tuple[Lookup, ...], BeforeValidator(_list)] = ()
    regex_extracts: Mapping[str, tuple[Extract, ...]] = Field(default_factory=dict)
    datetime_pattern: str = ""
    enum_values: Names = Field(default_factory=dict)
    offset: float = 0
    scale: float = 0
    display_hint: str = ""

    @cached_property
    def shape(self) -> str:
        """Equal where the labels of an index are the same."""
        return sys.intern(repr((self.indexes, self.lookups)))


class Filter(Part):
    """Of the columns `targets`, only the rows whose value in the column `oid` matches one of `values`."""

    oid: Numbers
    targets: Annotated[tuple[Numbers, ...], BeforeValidator(_list)] = ()
    values: Texts = ()

    @field_validator("values")
    @classmethod
    def _patterns(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(pattern, values))

    def lets_through(self, text: str) -> bool:
        return any(search(value, text) for value in self.values)


class Auth(Part):
    """How to log in. Its texts are secrets until `logins` has wrapped them: it is never shown."""

    community: str = Field("public", repr=False)
    security_level: Literal["noAuthNoPriv", "authNoPriv", "authPriv"] = "noAuthNoPriv"
    username: str = ""
    password: str = Field("", repr=False)
    auth_protocol: Literal["MD5", "SHA", "SHA224", "SHA256", "SHA384", "SHA512"] = "MD5"
    priv_protocol: Literal["DES", "AES", "AES192", "AES192C", "AES256", "AES256C"] = "DES"
    priv_password: str = Field("", repr=False)
    context_name: str = ""
    version: int = Field(2, ge=1, le=3)


class Module(Part):
    walk: Annotated[tuple[Numbers, ...], BeforeValidator(_list)] = ()
    get: Annotated[tuple[Numbers, ...], BeforeValidator(_list)] = ()
    metrics: Annotated[tuple[Metric, ...], BeforeValidator(_list)] = ()
    filters: Annotated[tuple[Filter, ...], BeforeValidator(_list)] = ()
    max_repetitions: int = Field(25, ge=0, le=2**31 - 1)
    retries: int = Field(3, ge=0, le=100)
    timeout: Seconds = 5.0
    # Answers from another address than the one asked are never taken here; the key is known, and does nothing.
    use_unconnected_udp_socket: bool = False
    allow_nonincreasing_oids: bool = False
    version: int | None = Field(None, ge=1, le=3)
    auth: Auth | None = None

    @cached_property
    def by_oid(self) -> Mapping[Oid, Metric]:
        """The last of two with the same OID holds."""
        return {metric.oid: metric for metric in self.metrics}

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """How long the metrics' OIDs are, shortest first: of two of which one begins with the other, it holds."""
        return tuple(sorted({len(oid) for oid in self.by_oid}))
