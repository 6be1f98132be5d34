"""The answers of /snmp and /probe, which have targets asked."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from aiohttp import web

from exporters.asked import Unserved
from exporters.web import negotiation

if TYPE_CHECKING:
    from exporters.web.answers import Answers, Make

TIMEOUT = "X-Prometheus-Scrape-Timeout-Seconds"
Ask = tuple[tuple[Hashable, ...], "Make", str]


async def given(
    request: web.Request, answers: Answers, ask: Callable[[], Ask], what: str, failed: str = ""
) -> web.StreamResponse:
    """Those who ask the same at the same time share one answer: `ask` gives what is the same, what makes the body, and
    its media type. `what` no page of another origin may have done; `failed` stands before a reason that is ours."""
    if negotiation.from_another_page(request.headers):
        return web.Response(status=403, text=f"a page of another origin may not have {what}\n")
    try:
        key, make, kind = ask()
        return await answers.give(request, key, make, kind)
    except Unserved as error:
        before = failed if error.status == Unserved.status else ""
        return web.Response(status=error.status, text=f"{before}{error}\n")
