"""A module of blackbox.yml: which prober, how long, and what each prober is told. Keys and defaults are those of
blackbox_exporter 0.23."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from exporters.probe.http_module import HttpProbe
from exporters.probe.values import EMPTY, LIST, Addressed, Part, Pattern, Patterns, Texts, Timeout, TlsConfig


class QueryResponse(Part):
    expect: Pattern = ""
    send: str = ""
    starttls: bool = False


class TcpProbe(Addressed):
    source_ip_address: str = ""
    query_response: Annotated[tuple[QueryResponse, ...], LIST] = ()
    tls: bool = False
    tls_config: Annotated[TlsConfig, EMPTY] = TlsConfig()


class IcmpProbe(Addressed):
    source_ip_address: str = ""
    payload_size: int = 0
    dont_fragment: bool = False
    ttl: Annotated[int, Field(ge=0, le=255)] = 64


class Records(Part):
    """Patterns that the records of one section must or must not match, each as a line of a zone file."""

    fail_if_matches_regexp: Patterns = ()
    fail_if_all_match_regexp: Patterns = ()
    fail_if_not_matches_regexp: Patterns = ()
    fail_if_none_matches_regexp: Patterns = ()


class DnsProbe(Addressed):
    dns_over_tls: bool = False
    tls_config: Annotated[TlsConfig, EMPTY] = TlsConfig()
    source_ip_address: str = ""
    transport_protocol: str = ""
    query_class: str = ""
    query_name: str = ""
    query_type: str = ""
    recursion_desired: bool = True
    valid_rcodes: Texts = ()
    validate_answer_rrs: Annotated[Records, EMPTY] = Records()
    validate_authority_rrs: Annotated[Records, EMPTY] = Records()
    validate_additional_rrs: Annotated[Records, EMPTY] = Records()

    @field_validator("query_type")
    @classmethod
    def _type(cls, value: str) -> str:
        from dns import rdatatype

        return _known(value, rdatatype.RdataType)

    @field_validator("query_class")
    @classmethod
    def _class(cls, value: str) -> str:
        from dns import rdataclass

        return _known(value, rdataclass.RdataClass)


class GrpcProbe(Addressed):
    """Read, so that a file with such modules can be used; the prober is not offered."""

    service: str = ""
    tls: bool = False
    tls_config: Annotated[TlsConfig, EMPTY] = TlsConfig()


def _named(value: Any) -> Any:
    if isinstance(value, Mapping) and not value.get("query_name"):
        raise ValueError("query_name is missing; a dns module needs it")
    return value


class Module(Part):
    prober: str = ""
    timeout: Timeout = 0.0
    http: Annotated[HttpProbe, EMPTY] = HttpProbe()
    tcp: Annotated[TcpProbe, EMPTY] = TcpProbe()
    icmp: Annotated[IcmpProbe, EMPTY] = IcmpProbe()
    dns: Annotated[DnsProbe, EMPTY, BeforeValidator(_named)] = DnsProbe()
    grpc: Annotated[GrpcProbe, EMPTY] = GrpcProbe()


def _known(value: str, listed: type) -> str:
    if value and value not in listed.__members__:  # type: ignore[attr-defined]  # both are enumerations
        raise ValueError(f"unknown; expected one of DNS' names, like {', '.join(list(listed.__members__)[1:5])}")  # type: ignore[attr-defined]  # as above
    return value
