"""What the prober http asks: the question that a module makes of a target."""

from __future__ import annotations

import re
from pathlib import Path

from agent.core.http import Basic, Bearer, HttpQuestion
from agent.core.secrets import Secret
from exporters.probe.http_module import HttpProbe
from exporters.probe.run import Run

FOLLOWED = 10  # redirects
KEPT = 2 * 2**20  # bytes of a body that patterns are tried on
READ = 128 * 2**20  # bytes of a body that are read and counted
LIMIT = 8 * 2**20  # bytes: the largest body_size_limit whose body is kept whole for patterns
LONGEST_SECRET = 4096
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
LONGEST_PEM = 2**20  # bytes of a file that is looked through for its first block


class NoClient(Exception):
    """The module makes no request: a file without which TLS cannot begin is not there, or holds nothing in PEM; the
    method is none."""


def question(run: Run, url: str, address: str | None) -> HttpQuestion:
    """NoClient, and OSError if another file that the module names cannot be read."""
    wanted = run.module.http
    for file in wanted.tls_config.files:
        _check_pem(file)
    if wanted.method and not TOKEN.fullmatch(wanted.method):
        raise NoClient(f"net/http: invalid method {wanted.method!r}")
    headers = _headers(run)
    authorization = _authorization(wanted)
    if isinstance(authorization, Secret):
        headers.setdefault("Authorization", authorization)
    coding = wanted.compression or None
    limit = wanted.body_size_limit
    return HttpQuestion(
        url,
        method=wanted.method or "GET",
        headers=tuple(headers.items()),
        body=wanted.body.encode(),
        authorization=None if isinstance(authorization, Secret) else authorization,
        redirects=FOLLOWED if wanted.follows else 0,
        tls=wanted.tls_config.wanted(),
        http2=wanted.enable_http2,
        seconds=run.left,
        keep=min(limit or KEPT, LIMIT) if has_patterns(wanted) else 0,
        read=limit or (KEPT if has_patterns(wanted) else READ),
        compression=coding,
        decode="asked" if coding else "never",
        address=address,
        proxy=wanted.proxy,
        cookies=True,
    )


def _headers(run: Run) -> dict[str, str | Secret]:
    wanted = run.module.http
    headers: dict[str, str | Secret] = dict(wanted.headers)
    if run.hostname:
        headers = {name: value for name, value in headers.items() if name.lower() != "host"} | {"Host": run.hostname}
    if wanted.compression and not any(name.lower() == "accept-encoding" for name in headers):
        headers["Accept-Encoding"] = "identity"  # that none is sent is what the module says
    return headers


def _authorization(wanted: HttpProbe) -> Basic | Bearer | Secret | None:
    """A Secret is the whole header."""
    if (basic := wanted.basic_auth) is not None:
        password = _from(basic.password_file) if basic.password_file else basic.password
        return Basic(basic.username, password or Secret(""))
    if (other := wanted.authorization) is not None:
        credentials = _from(other.credentials_file) if other.credentials_file else other.credentials
        return Secret(f"{other.type} {credentials.reveal()}".strip()) if credentials else None
    token = _from(wanted.bearer_token_file) if wanted.bearer_token_file else wanted.bearer_token
    return Bearer(token) if token else None


def client_secret(wanted: HttpProbe) -> Secret:
    """Of oauth2. OSError if its file cannot be read."""
    oauth2 = wanted.oauth2
    if oauth2 is None:
        return Secret("")
    return _from(oauth2.client_secret_file) if oauth2.client_secret_file else oauth2.client_secret or Secret("")


def has_patterns(wanted: HttpProbe) -> bool:
    return bool(wanted.fail_if_body_matches_regexp or wanted.fail_if_body_not_matches_regexp)


def _check_pem(path: Path) -> None:
    try:
        with path.open("rb") as file:
            found = b"-----BEGIN " in file.read(LONGEST_PEM)
    except OSError as error:
        raise NoClient(f"{path}: {error.strerror}") from None
    if not found:
        raise NoClient(f"{path}: no block in PEM; expected -----BEGIN …")


def _from(path: Path) -> Secret:
    """OSError if it cannot be read."""
    with path.open("rb") as file:
        return Secret(file.read(LONGEST_SECRET).decode("utf-8", "replace").strip())


def names_a_file(wanted: HttpProbe) -> bool:
    return bool(
        wanted.tls_config.files
        or wanted.bearer_token_file
        or (wanted.oauth2 and (wanted.oauth2.client_secret_file or wanted.oauth2.tls_config.files))
        or (wanted.basic_auth and wanted.basic_auth.password_file)
        or (wanted.authorization and wanted.authorization.credentials_file)
    )
