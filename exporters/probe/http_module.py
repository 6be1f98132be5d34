"""The `http:` of a module. Keys and defaults are those of blackbox_exporter 0.23."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeVar

from pydantic import Field, model_validator

from exporters.probe.values import (
    EMPTY,
    LIST,
    Addressed,
    File,
    Hidden,
    Names,
    Numbers,
    Part,
    Pattern,
    Patterns,
    Size,
    Texts,
    TlsConfig,
)

P = TypeVar("P", bound=Part)


class HeaderMatch(Part):
    header: Annotated[str, Field(min_length=1)]
    regexp: Annotated[Pattern, Field(min_length=1)]
    allow_missing: bool = False


class BasicAuth(Part):
    username: str = ""
    password: Hidden = None
    password_file: File = None

    @model_validator(mode="after")
    def _once(self) -> BasicAuth:
        return _one_of(self, "password", "password_file")


class Authorization(Part):
    type: str = "Bearer"
    credentials: Hidden = None
    credentials_file: File = None

    @model_validator(mode="after")
    def _once(self) -> Authorization:
        if self.type.strip().lower() == "basic":
            raise ValueError('type cannot be set to "basic"; use basic_auth')
        return _one_of(self, "credentials", "credentials_file")


class HttpProbe(Addressed):
    valid_status_codes: Numbers = ()
    valid_http_versions: Texts = ()
    skip_resolve_phase_with_proxy: bool = False
    no_follow_redirects: bool = False
    fail_if_ssl: bool = False
    fail_if_not_ssl: bool = False
    method: str = ""
    headers: Names = Field(default_factory=dict)
    fail_if_body_matches_regexp: Patterns = ()
    fail_if_body_not_matches_regexp: Patterns = ()
    fail_if_header_matches: Annotated[tuple[HeaderMatch, ...], LIST] = ()
    fail_if_header_not_matches: Annotated[tuple[HeaderMatch, ...], LIST] = ()
    body: str = ""
    basic_auth: Annotated[BasicAuth | None, EMPTY] = None
    authorization: Annotated[Authorization | None, EMPTY] = None
    bearer_token: Hidden = None
    bearer_token_file: File = None
    tls_config: Annotated[TlsConfig, EMPTY] = TlsConfig()
    follow_redirects: bool = True
    enable_http2: bool = True
    compression: Literal["", "identity", "gzip", "deflate"] = ""
    body_size_limit: Size = 0

    @model_validator(mode="after")
    def _consistent(self) -> HttpProbe:
        _one_of(self, "basic_auth", "authorization", "bearer_token", "bearer_token_file")
        accepted = next((value for name, value in self.headers.items() if name.lower() == "accept-encoding"), None)
        if self.compression and accepted is not None and not _accepts(accepted, self.compression):
            raise ValueError(f"headers ask for another encoding than compression: {self.compression}")
        return self

    @property
    def follows(self) -> bool:
        return self.follow_redirects and not self.no_follow_redirects


def _one_of(part: P, *names: str) -> P:
    if sum(getattr(part, name) is not None for name in names) > 1:
        raise ValueError(f"at most one of {', '.join(names)} may be given")
    return part


def _accepts(header: str, coding: str) -> bool:
    """Whether an Accept-Encoding lets this coding through (RFC 9110 section 12.5.3)."""
    weights: dict[str, bool] = {}
    for each in header.lower().split(","):
        name, _, parameters = each.partition(";")
        weights[name.strip()] = not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", parameters)
    return weights.get(coding, weights.get("*", coding == "identity"))
