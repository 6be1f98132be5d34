"""Server: /metrics, /snmp, /probe, the page and the API over HTTP. What they show comes as a Picture; all one may
change is which agent.yaml is in force."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from aiohttp import web
from aiohttp.http import HttpProcessingError

from agent.core.incident import Change
from exporters.prometheus import OPENMETRICS, TEXT, Exposition
from exporters.web import api, findings, negotiation, pages, probe, snmp, targets
from exporters.web.answers import Answers
from exporters.web.gate import CONNECTIONS, HEADER_SECONDS, STALL_SECONDS, Gate
from exporters.web.look import Look, assets
from exporters.web.peers import Peers
from exporters.web.view import Actions, Picture, View

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
GRACE = 0.5  # seconds for answers under way when the server ends; twice that until the last connection is cut
SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "shouwang",
}

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """`start` listens, and may be called again with another address; `stop` ends what is open within seconds.

    `patience` is how long a client may take for a request's headers, `stall` for reading nothing of an answer that
    waits (seconds); `connections` how many are let in at a time.
    """

    def __init__(
        self,
        view: View,
        exposition: Exposition,
        actions: Actions,
        *,
        peers: Peers | None = None,
        patience: float = HEADER_SECONDS,
        stall: float = STALL_SECONDS,
        connections: int = CONNECTIONS,
    ) -> None:
        self._view = view
        self._exposition = exposition
        self._actions = actions
        self._peers = peers or Peers()
        self._patience, self._stall, self._connections = patience, stall, connections
        self._answers = Answers()
        self._runner: web.AppRunner | None = None
        self._gate: Gate | None = None

    async def start(self, host: str, port: int) -> int:
        """The port listened on. OSError if the address cannot be had; a listener that was there before stays then."""
        if self._gate is None:
            self._runner = web.AppRunner(
                self._application(),
                access_log=None,
                logger=log,
                keepalive_timeout=self._patience,
                shutdown_timeout=GRACE,
            )
            await self._runner.setup()
            self._gate = Gate(cast(web.Server, self._runner.server), self._connections, self._stall)
        return await self._gate.listen(host, port)

    async def stop(self) -> None:
        if self._gate is not None:
            await self._gate.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._gate = self._runner = None
        self._answers.close()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard])
        application.on_response_prepare.append(_make_safe)
        application.add_routes(
            [
                web.get("/", self._overview),
                web.get("/targets/{identity}", self._target),
                web.get("/incidents/{identity}", self._incident),
                web.get("/playbooks/{identity}", self._playbook),
                web.get("/checklist", self._findings),
                web.get("/checklist/{area}", self._findings),
                web.get("/static/{name}", self._static),
                web.get("/metrics", self._metrics),
                web.get("/snmp", self._snmp),
                web.get("/probe", self._probe),
                web.get("/-/healthy", self._healthy),
                web.get("/-/ready", self._ready),
                web.post("/-/reload", self._reload),
                web.put("/-/reload", self._reload),
                web.get("/api/v1/status", self._json(api.status)),
                web.get("/api/v1/targets", self._json(api.targets)),
                web.get("/api/v1/incidents", self._json(api.incidents)),
                web.get("/api/v1/checklist", self._checklist),
                web.get("/api/v1/ledger/head", self._ledger_head),
            ]
        )
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        local = request.transport.get_extra_info("sockname") if request.transport else None
        host = request.headers.get("Host", "localhost")
        if local and negotiation.is_loopback(local[0]) and not negotiation.may_name_this_machine(host):
            text = "a loopback address goes by its number or by localhost; ask for http://127.0.0.1 and the port\n"
            return web.Response(status=403, text=text)
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return await self._missing(request)

    async def _metrics(self, request: web.Request) -> web.StreamResponse:
        openmetrics = negotiation.wants_openmetrics(request.headers.get("Accept", ""))

        kind = OPENMETRICS if openmetrics else TEXT
        return await self._answers.give(
            request,
            ("metrics", openmetrics),
            lambda: self._exposition.render_in_slices(openmetrics),
            kind,
            vary="Accept, Accept-Encoding",
        )

    async def _snmp(self, request: web.Request) -> web.StreamResponse:
        if self._peers.scrapes is None:
            raise web.HTTPNotFound
        return await snmp.answer(request, self._answers, self._peers.scrapes)

    async def _probe(self, request: web.Request) -> web.StreamResponse:
        if self._peers.probes is None:
            raise web.HTTPNotFound
        return await probe.answer(request, self._answers, self._peers.probes)

    async def _overview(self, request: web.Request) -> web.StreamResponse:
        return await self._page(request, ("overview",), pages.overview)

    async def _target(self, request: web.Request) -> web.StreamResponse:
        identity = request.match_info["identity"]
        return await self._page(
            request, ("target", identity), lambda picture, look: targets.target_page(picture, identity, look)
        )

    async def _playbook(self, request: web.Request) -> web.StreamResponse:
        identity = request.match_info["identity"]
        return await self._page(
            request, ("playbook", identity), lambda picture, look: pages.playbook_page(picture, identity, look)
        )

    async def _findings(self, request: web.Request) -> web.StreamResponse:
        area = request.match_info.get("area", "")
        return await self._page(
            request, ("findings", area), lambda picture, look: findings.checklist_page(picture, area, look)
        )

    async def _incident(self, request: web.Request) -> web.StreamResponse:
        identity = request.match_info["identity"]
        picture = self._view.picture()
        look = Look.of(request.query, picture.site.language)

        async def make() -> bytes:
            timeline = await self._view.timeline(identity) or self._remembered(identity)
            page = await self._answers.aside(lambda: pages.incident_page(picture, timeline, look) or "")
            return page.encode("utf-8", "replace")

        return await self._answers.give(request, ("incident", identity, look), make, HTML)

    def _remembered(self, identity: str) -> tuple[Change, ...]:
        """What is known of an incident of which the disk knows nothing."""
        picture = self._view.picture()
        changes = tuple(change for change in reversed(picture.changes) if change.incident.id == identity)
        return changes or tuple(
            Change("opened", incident, incident.opened) for incident in picture.incidents if incident.id == identity
        )

    async def _page(
        self, request: web.Request, key: tuple[str, ...], page: Callable[[Picture, Look], str | None]
    ) -> web.StreamResponse:
        picture = self._view.picture()
        look = Look.of(request.query, picture.site.language)

        async def make() -> bytes:
            return (await self._answers.aside(lambda: page(picture, look) or "")).encode("utf-8", "replace")

        return await self._answers.give(request, (*key, look), make, HTML)

    async def _missing(self, request: web.Request) -> web.StreamResponse:
        if not negotiation.wants_html(request.headers.get("Accept", "")):
            return web.Response(status=404, text="404: nothing here; the page is at /\n")
        picture = self._view.picture()
        look = Look.of(request.query, picture.site.language)
        text = await self._answers.aside(lambda: pages.message(picture, "not_found", "not_found_hint", look))
        return web.Response(status=404, body=text.encode("utf-8", "replace"), headers={"Content-Type": HTML})

    async def _static(self, request: web.Request) -> web.StreamResponse:
        found = assets().get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        body, kind = found
        # The name changes with the content, so a copy never grows old.
        headers = {"Content-Type": kind, "Cache-Control": "public, max-age=31536000, immutable"}
        return web.Response(body=body, headers=headers)

    async def _healthy(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="Shouwang is healthy.\n")

    async def _ready(self, request: web.Request) -> web.StreamResponse:
        """Ready once the configuration is in force and polling runs; a first round takes as long as the intervals."""
        if self._view.picture().polling:
            return web.Response(text="Shouwang is ready.\n")
        return web.Response(status=503, text="Shouwang is not polling yet.\n")

    async def _reload(self, request: web.Request) -> web.StreamResponse:
        if not negotiation.from_here(request.remote, request.headers):
            return web.Response(
                status=403, text="reload is for programs on the agent's own machine; or send it SIGHUP\n"
            )
        errors = await self._actions.reload()
        if errors:
            return web.Response(status=500, text="\n".join(("not reloaded; the old configuration stays:", *errors, "")))
        return web.Response(text="reloaded\n")

    def _json(self, document: Callable[[Picture], Mapping[str, Any]]) -> Handler:
        async def handler(request: web.Request) -> web.StreamResponse:
            picture = self._view.picture()

            async def make() -> bytes:
                return await self._answers.aside(lambda: api.dump(document(picture)))

            return await self._answers.give(request, ("json", document), make, JSON)

        return handler

    async def _checklist(self, request: web.Request) -> web.StreamResponse:
        return await self._answers.give(request, ("checklist",), self._checklist_json, JSON)

    async def _ledger_head(self, request: web.Request) -> web.StreamResponse:
        return await self._answers.give(request, ("ledger",), self._ledger_head_json, JSON)

    async def _checklist_json(self) -> bytes:
        return api.dump(self._view.checklist())

    async def _ledger_head_json(self) -> bytes:
        return api.dump(await self._view.ledger_head())


def _is_ours(record: logging.LogRecord) -> bool:
    """What a client sent that is no request concerns the client; aiohttp would write a traceback for each."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)


log.addFilter(_is_ours)


async def _make_safe(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(SAFE)
    response.headers.setdefault("Cache-Control", "no-store")
