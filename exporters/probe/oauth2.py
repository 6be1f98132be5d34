"""A token for a probe, asked for by client credentials (RFC 6749 section 4.4)."""

from __future__ import annotations

import json
from urllib.parse import quote_plus, urlencode

from agent.core.http import Basic, HttpAnswer, HttpQuestion
from agent.core.reach import ReachError, Unanswered
from agent.core.secrets import Secret
from agent.core.text import clean
from exporters.probe.http_module import OAuth2
from exporters.probe.run import Run

LARGEST = 2**20  # bytes of an answer with a token
FORM = "application/x-www-form-urlencoded"


async def token(run: Run, wanted: OAuth2, secret: Secret) -> Secret:
    """What stands in the Authorization header. Unanswered if no token is given.

    The client is named in the Authorization header, and where that is refused in the form (section 2.3.1)."""
    form = {**wanted.endpoint_params, "grant_type": "client_credentials"}
    if wanted.scopes:
        form["scope"] = " ".join(wanted.scopes)
    login = Basic(quote_plus(wanted.client_id), Secret(quote_plus(secret.reveal())))
    answer = await _asked(run, wanted, form, login)
    if not 200 <= answer.status < 300:
        named = {**form, "client_id": wanted.client_id, "client_secret": secret.reveal()}
        answer = await _asked(run, wanted, named, None)
    return _token(answer)


async def _asked(run: Run, wanted: OAuth2, form: dict[str, str], login: Basic | None) -> HttpAnswer:
    answer = await run.reach.http.ask(
        HttpQuestion(
            wanted.token_url,
            method="POST",
            headers=(("Content-Type", FORM), ("Accept", "application/json")),
            body=urlencode(form).encode(),
            authorization=login,
            redirects=0,
            tls=wanted.tls_config.wanted(),
            seconds=run.left,
            keep=LARGEST,
            read=LARGEST,
            proxy=wanted.proxy_url.proxy if wanted.proxy_url else None,
        )
    )
    if answer.failure is not None:
        raise ReachError(answer.failure.kind, f"oauth2: {answer.failure.message}")
    return answer


def _token(answer: HttpAnswer) -> Secret:
    try:
        given = json.loads(answer.body)
    except ValueError:
        given = None
    if not 200 <= answer.status < 300 or not isinstance(given, dict) or not isinstance(given.get("access_token"), str):
        raise Unanswered("authentication", f"oauth2: {clean(answer.url)} gives no token, but status {answer.status}")
    kind = str(given.get("token_type") or "Bearer")[:40]
    return Secret(f"{'Bearer' if kind.lower() == 'bearer' else clean(kind)} {given['access_token']}")
