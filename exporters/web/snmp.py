"""/snmp: parameters and answers are snmp_exporter's, so that scrape configurations and dashboards work unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from exporters.prometheus import TEXT
from exporters.snmp.scrape import Failed, NotOffered, Refused, Scrapes, Wanted
from exporters.web import negotiation

if TYPE_CHECKING:
    from exporters.web.answers import Answers

MODULE = "if_mib"
SECONDS = 60.0  # where the client does not say how long it waits
LONGEST = 300.0
TIMEOUT = "X-Prometheus-Scrape-Timeout-Seconds"
MODULES = 50


async def answer(request: web.Request, answers: Answers, scrapes: Scrapes) -> web.StreamResponse:
    """Those who ask the same at the same time share one scrape."""
    if negotiation.from_another_page(request.headers):
        return web.Response(status=403, text="a page of another origin may not have devices asked\n")
    try:
        wanted = _wanted(request)
        return await answers.give(request, ("snmp", wanted), lambda: scrapes.body(wanted), TEXT)
    except Refused as error:
        return web.Response(status=400, text=f"{error}\n")
    except NotOffered as error:
        return web.Response(status=404, text=f"{error}\n")
    except Failed as error:
        return web.Response(status=500, text=f"An error has occurred while serving metrics:\n\n{error}\n")


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
