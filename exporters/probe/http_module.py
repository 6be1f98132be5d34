"""The `http:` of a module. Keys and defaults are those of blackbox_exporter 0.23."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Literal, TypeVar

from pydantic import Field, model_validator

from agent.core.http import Proxy
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
    ProxyAddress,
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


class OAuth2(Part):
    """Client credentials (RFC 6749 section 4.4): a token is asked for before each probe."""

    client_id: str = ""
    client_secret: Hidden = None
    client_secret_file: File = None
    scopes: Texts = ()
    token_url: str = ""
    endpoint_params: Names = Field(default_factory=dict)
    tls_config: Annotated[TlsConfig, EMPTY] = TlsConfig()
    proxy_url: ProxyAddress = None

    @model_validator(mode="after")
    def _whole(self) -> OAuth2:
        for name in ("client_id", "token_url"):
            if not getattr(self, name):
                raise ValueError(f"{name} is missing")
        if self.client_secret is None and self.client_secret_file is None:
            raise ValueError("either client_secret or client_secret_file must be given")
        return _one_of(self, "client_secret", "client_secret_file")


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
    oauth2: Annotated[OAuth2 | None, EMPTY] = None
    bearer_token: Hidden = None
    bearer_token_file: File = None
    proxy_url: ProxyAddress = None
    proxy_connect_header: Annotated[dict[str, tuple[Hidden, ...]], EMPTY] = Field(default_factory=dict)
    tls_config: Annotated[TlsConfig, EMPTY] = TlsConfig()
    follow_redirects: bool = True
    enable_http2: bool = True
    compression: Literal["", "identity", "gzip", "deflate"] = ""
    body_size_limit: Size = 0

    @model_validator(mode="after")
    def _consistent(self) -> HttpProbe:
        _one_of(self, "basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file")
        if self.proxy_connect_header and self.proxy_url is None:
            raise ValueError("proxy_connect_header goes with a proxy_url, which is missing")
        accepted = next((value for name, value in self.headers.items() if name.lower() == "accept-encoding"), None)
        if self.compression and accepted is not None and not _accepts(accepted, self.compression):
            raise ValueError(f"headers ask for another encoding than compression: {self.compression}")
        return self

    @property
    def proxy(self) -> Proxy | None:
        """With the headers that go with CONNECT."""
        if self.proxy_url is None:
            return None
        given = ((name, each) for name, values in self.proxy_connect_header.items() for each in values if each)
        return replace(self.proxy_url.proxy, headers=tuple(given))

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
