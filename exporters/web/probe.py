"""/probe: parameters and answers are blackbox_exporter's, so that scrape configurations and dashboards work as they
are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from exporters.probe.ask import Failed, NotOffered, Probes, Refused, Wanted
from exporters.prometheus import TEXT
from exporters.web import negotiation

if TYPE_CHECKING:
    from exporters.web.answers import Answers

MODULE = "http_2xx"
TIMEOUT = "X-Prometheus-Scrape-Timeout-Seconds"
PLAIN = "text/plain; charset=utf-8"


async def answer(request: web.Request, answers: Answers, probes: Probes) -> web.StreamResponse:
    """Those who ask the same at the same time share one probe."""
    if negotiation.from_another_page(request.headers):
        return web.Response(status=403, text="a page of another origin may not have targets probed\n")
    wanted = Wanted(
        target=request.query.get("target", ""),
        module=request.query.get("module", "") or MODULE,
        hostname=request.query.get("hostname", ""),
        timeout=request.headers.get(TIMEOUT, ""),
        debug=request.query.get("debug", "") == "true",
    )
    try:
        kind = PLAIN if wanted.debug else TEXT
        return await answers.give(request, ("probe", wanted), lambda: probes.body(wanted), kind)
    except Refused as error:
        return web.Response(status=400, text=f"{error}\n")
    except NotOffered as error:
        return web.Response(status=404, text=f"{error}\n")
    except Failed as error:
        return web.Response(status=500, text=f"{error}\n")
