"""/snmp: parameters and answers are snmp_exporter's, so that scrape configurations and dashboards work unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from exporters.asked import Refused
from exporters.prometheus import TEXT
from exporters.snmp.scrape import Scrapes, Wanted
from exporters.web import negotiation
from exporters.web.asking import TIMEOUT, Ask, given

if TYPE_CHECKING:
    from exporters.web.answers import Answers

MODULE = "if_mib"
SECONDS = 60.0  # where the client does not say how long it waits
LONGEST = 300.0
MODULES = 50


async def answer(request: web.Request, answers: Answers, scrapes: Scrapes) -> web.StreamResponse:
    def ask() -> Ask:
        wanted = _wanted(request)
        return ("snmp", wanted), lambda: scrapes.body(wanted), TEXT

    return await given(request, answers, ask, "devices asked", "An error has occurred while serving metrics:\n\n")


def _wanted(request: web.Request) -> Wanted:
    targets = request.query.getall("target", [])
    if len(targets) != 1 or not targets[0]:
        raise Refused("'target' parameter must be specified once")
    return Wanted(
        target=targets[0],
        modules=_modules(request.query.getall("module", [MODULE])),
        auth=_once(request, "auth"),
        context=_once(request, "snmp_context"),
        seconds=_seconds(request.headers.get(TIMEOUT, "")),
        local=negotiation.is_loopback(request.remote),
    )


def _modules(given: list[str]) -> tuple[str, ...]:
    """Comma lists and repetitions are the same; each once."""
    names = tuple(dict.fromkeys(name for each in given for name in each.split(",") if name))
    if not names:
        raise Refused("'module' parameter must contain at least one module name")
    if len(names) > MODULES:
        raise Refused(f"'module' parameter names {len(names)} modules; at most {MODULES} at a time")
    return names


def _once(request: web.Request, name: str) -> str:
    found = request.query.getall(name, [])
    if len(found) > 1:
        raise Refused(f"'{name}' parameter must only be specified once")
    return found[0] if found else ""


def _seconds(header: str) -> float:
    try:
        seconds = float(header)
    except ValueError:
        return SECONDS
    return min(seconds, LONGEST) if seconds > 0 else SECONDS
