"""/probe: parameters and answers are blackbox_exporter's, so that scrape configurations and dashboards work as they
are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from exporters.probe.ask import Probes, Wanted
from exporters.prometheus import TEXT
from exporters.web.asking import TIMEOUT, given

if TYPE_CHECKING:
    from exporters.web.answers import Answers

MODULE = "http_2xx"
PLAIN = "text/plain; charset=utf-8"


async def answer(request: web.Request, answers: Answers, probes: Probes) -> web.StreamResponse:
    wanted = Wanted(
        target=request.query.get("target", ""),
        module=request.query.get("module", "") or MODULE,
        hostname=request.query.get("hostname", ""),
        timeout=request.headers.get(TIMEOUT, ""),
        debug=request.query.get("debug", "") == "true",
    )
    ask = ("probe", wanted), lambda: probes.body(wanted), PLAIN if wanted.debug else TEXT
    return await given(request, answers, lambda: ask, "targets probed")
