"""The verbs of the control socket: what commands on this machine may ask of the running agent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from agent import changes, maintenance, reports, restores
from agent.attesting import Desk, by_itself
from agent.backups import document
from agent.control import Verb
from agent.core.aside import aside
from agent.core.changes import Planned
from agent.core.changes import body_of as body_of_change
from agent.core.incident import Change, Incident
from agent.core.maintenance import body_of
from agent.core.model import Reading
from agent.core.restores import body_of as body_of_restore
from agent.core.text import both, clean
from agent.core.unfit import Unfit
from agent.day_checks import verbs_of_day
from agent.file_approvals import verbs_of_files
from agent.people import STEPS
from checks.book import items_of
from checks.options import evidence_of
from collectors import COLLECTORS
from exporters.web.terminal import incident_document, incident_text

if TYPE_CHECKING:
    from agent.app import Agent

T = TypeVar("T")
WHO, TEXT = 60, 500  # characters of what people say; it stands in one line of a timeline
UNDER_WAY: set[asyncio.Task[Reading]] = set()  # the loop keeps only weak references
READING = 50.0  # seconds; commands wait a minute
CHANGE = ("action", "target", "address", "who", "text")


def verbs_of(agent: Agent) -> Mapping[str, Verb]:
    """Each answers what becomes JSON; ValueError is a refusal with its reason."""

    async def incident(request: Mapping[str, Any]) -> Incident:
        identity = said(request, "incident", WHO)
        found = agent.watch.incident(identity) or await aside(lambda: agent.store.incident(identity))
        if found is None:
            unread = f"; the disk cannot be asked for older ones: {agent.store.refusal}" if agent.store.refusal else ""
            raise ValueError(f"no incident {identity}; shouwang incident list --all shows the known ones{unread}")
        return found

    async def done(what: Incident, word: str) -> Mapping[str, Any]:
        """The change that was just made is in the journal's hands; only now it is certain what became of it."""
        latest = agent.journal.latest
        try:
            recorded = latest is not None and await latest
        except Exception as error:
            raise ValueError(f"{what.id}: {word}, but it could not be written down: {error}") from error
        memory = "" if recorded else f"; in memory only, the disk does not take it: {agent.store.refusal}"
        return {"said": f"{what.id}: {word}{memory}", "recorded": recorded}

    async def acknowledge(request: Mapping[str, Any]) -> Any:
        who, what = person(agent, request), await incident(request)
        agent.watch.acknowledge(what, who, agent.clock.now())
        return await done(what, f"acknowledged by {who}")

    async def show(request: Mapping[str, Any]) -> Any:
        what = await incident(request)
        timeline = await agent.showing.timeline(what.id) or (Change("opened", what, what.opened),)
        picture = agent.showing.picture()
        return {"text": incident_text(picture, timeline), "document": incident_document(picture, timeline)}

    async def note(request: Mapping[str, Any]) -> Any:
        who, text, what = person(agent, request), said(request, "text", TEXT), await incident(request)
        agent.watch.add_note(what, who, agent.clock.now(), text)
        return await done(what, "noted")

    async def close(request: Mapping[str, Any]) -> Any:
        who, text, what = person(agent, request), said(request, "text", TEXT), await incident(request)
        agent.watch.close(what, who, agent.clock.now(), text)
        return await done(what, "closed")

    async def checklist(request: Mapping[str, Any]) -> Any:
        await agent.check()
        found = agent.showing.checklist()
        if not found:
            raise ValueError("nothing has been read yet; try again in a few seconds")
        return {**found, "recorded": agent.store.writable}

    async def reload(request: Mapping[str, Any]) -> Any:
        return list(await agent.reloading.reload())

    async def change(request: Mapping[str, Any]) -> Any:
        what = {key: clean(str(request.get(key, "")), TEXT if key == "text" else WHO) for key in CHANGE}
        if not re.fullmatch(r"[a-z]{1,20}", what["action"]):
            raise ValueError(f"no such action: {what['action']!r}; expected one lower-case word")
        identity = await _entered(agent, changes.enter, what)
        return {"said": identity, "recorded": agent.store.writable}

    async def approved(request: Mapping[str, Any]) -> Any:
        """Entered as whoever it was; what is approved is on disk then."""
        done = await change({**request, "who": person(agent, request)})
        await agent.keep()
        return done

    async def inventory(request: Mapping[str, Any]) -> Any:
        """What was seen of the assets until now is on disk, for whoever looks there next. `stale`: why the agent works
        with an earlier list than the file has."""
        await agent.keep()
        stale = agent.assets.assets.stale if agent.assets.assets else ""
        return {"at": agent.clock.now(), "recorded": agent.store.writable, "stale": both(stale) if stale else None}

    return {
        "acknowledge": acknowledge,
        "note": note,
        "close": close,
        "show": show,
        "checklist": checklist,
        "change": change,
        "inventory": inventory,
        "reload": reload,
        **_verbs_of_availability(agent),
        **_verbs_of_changes(agent),
        **verbs_of_files(lambda: agent.site, agent.kept, COLLECTORS, approved),
        **_verbs_of_backups(agent),
        **_verbs_of_people(agent),
        **verbs_of_day(agent),
    }


def _verbs_of_availability(agent: Agent) -> Mapping[str, Verb]:
    async def witness(request: Mapping[str, Any]) -> Any:
        """What was seen until now is on disk, for whoever looks there next."""
        await agent.availability.write()
        return {"at": agent.clock.now(), "recorded": agent.store.writable}

    async def planned(step: Callable[..., maintenance.Step], *arguments: Any) -> Any:
        if not agent.availability.remembers:
            raise ValueError(f"what is planned cannot be read from the disk: {agent.store.refusal or 'try again'}")
        try:
            done = step(agent.availability.schedule.entries, *arguments, agent.clock.now())
        except Unfit as error:
            raise ValueError(error.text[agent.site.language]) from None
        agent.availability.plan(done.entries)
        recorded = await agent.journal.ask(agent.store.write, done.writes)
        return {"entry": body_of(done.entry), "recorded": recorded}

    async def maintain(request: Mapping[str, Any]) -> Any:
        known = [target.id for target in agent.site.targets]
        return await planned(maintenance.add, {**request, "by": person(agent, request)}, known)

    async def cancel(request: Mapping[str, Any]) -> Any:
        identity, reason = said(request, "id", WHO), said(request, "reason", TEXT)
        return await planned(maintenance.cancel, identity, person(agent, request), reason)

    return {"witness": witness, "maintain": maintain, "cancel_maintenance": cancel}


def _verbs_of_changes(agent: Agent) -> Mapping[str, Verb]:
    async def stepped(step: Callable[..., Planned], request: Mapping[str, Any], *more: Any) -> Any:
        entry = await _entered(agent, step, {**request, "by": person(agent, request)}, *more)
        return {"entry": body_of_change(entry), "recorded": agent.store.writable}

    async def open_change(request: Mapping[str, Any]) -> Any:
        return await stepped(changes.begin, request, [target.id for target in agent.site.targets])

    async def close_change(request: Mapping[str, Any]) -> Any:
        return await stepped(changes.finish, request)

    async def read_configuration(request: Mapping[str, Any]) -> Any:
        """Reads it now, whether it is due or not, as long as who asks will wait."""
        target = agent.site.target(said(request, "target", WHO))
        collector = COLLECTORS["configuration"]
        if target is None or not collector.applies(target):
            raise ValueError(f"{request['target']}: no switch with config: {{backup: …}}")
        clock = asyncio.get_running_loop().time
        latest = clock() + READING
        # A poll that has begun would take this wish for its own, and what it finds would be told to nobody.
        await agent.scheduler.settled((collector.name, target.kind, target.id), READING)
        agent.registry.configurations.want(target.id)
        reading = _begun(agent.runner.run(collector, target))
        done, _ = await asyncio.wait({reading}, timeout=latest - clock())
        if not done:
            raise ValueError(f"{target.id}: still being read; look again in a minute")
        failure = reading.result().failure
        return {"failure": None if failure is None else failure.message}

    return {"open_change": open_change, "close_change": close_change, "read_configuration": read_configuration}


def _verbs_of_backups(agent: Agent) -> Mapping[str, Verb]:
    async def enter_restore(request: Mapping[str, Any]) -> Any:
        """Collectors judge by it from their next run on, which is now."""
        what = {**request, "by": person(agent, request)}
        entry = await _entered(agent, restores.enter, what, [target.id for target in agent.site.of_kind("backup")])
        target = agent.site.target(entry.target)
        runs = [agent.runner.run(each, target) for each in COLLECTORS.values() if target and each.applies(target)]
        await asyncio.wait({_begun(each) for each in runs}, timeout=READING)
        return {"entry": body_of_restore(entry), "recorded": agent.store.writable}

    async def backups(request: Mapping[str, Any]) -> Any:
        site, proved = agent.site, agent.registry.restores
        return [document(site, each, agent.snapshot.of(each.id), proved) for each in site.of_kind("backup")]

    return {"enter_restore": enter_restore, "backups": backups}


def _verbs_of_people(agent: Agent) -> Mapping[str, Verb]:
    items = {each.id: each for each in items_of(agent.checklist.areas)}

    async def entered(step: Callable[..., T], request: Mapping[str, Any]) -> T:
        """The findings count with it at once."""
        desk = Desk(agent.site, items, evidence_of(agent.site), by_itself(agent.checklist.findings))
        done = await _entered(agent, step, {**request, "by": person(agent, request)}, desk)
        await agent.telling.vitals()
        await agent.check()
        return done

    def verb(step: Callable[..., Any]) -> Verb:
        async def answer(request: Mapping[str, Any]) -> Any:
            return {"entry": asdict(await entered(step, request)), "recorded": agent.store.writable}

        return answer

    async def enter_report(request: Mapping[str, Any]) -> Any:
        entry = await _entered(agent, reports.enter, {**request, "by": person(agent, request)})
        return {"entry": entry, "recorded": agent.store.writable}

    return {**{name: verb(step) for name, step in STEPS.items()}, "enter_report": enter_report}


def _begun(run: Coroutine[Any, Any, Reading]) -> asyncio.Task[Reading]:
    """It goes on to its end, also when who asked for it waits no longer."""
    task = asyncio.ensure_future(run)
    UNDER_WAY.add(task)
    task.add_done_callback(UNDER_WAY.discard)
    return task


async def _entered(agent: Agent, step: Callable[..., T], *arguments: Any) -> T:
    """The register is read and written in one turn of the journal; only then do collectors judge by it."""

    def taken() -> T:
        entry = step(agent.store, *arguments, agent.clock.now())
        agent.registry.reload()
        return entry

    try:
        return await agent.journal.ask(taken)
    except Unfit as error:
        raise ValueError(error.text[agent.site.language]) from None


def person(agent: Agent, request: Mapping[str, Any]) -> str:
    """`who` must be one of the people of agent.yaml; `login` is taken as it is, for one who names nobody."""
    if not request.get("who") and request.get("login"):
        return said(request, "login", WHO)
    who = said(request, "who", WHO)
    known = sorted(each.id for each in agent.site.people)
    if known and who not in known:
        raise ValueError(f"who: no such person: {who}; known: {', '.join(known)}")
    return who


def said(request: Mapping[str, Any], name: str, limit: int) -> str:
    """An argument that is one harmless line of text, at most `limit` characters; ValueError names one that is not."""
    value = request.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name}: missing; expected text" if value is None else f"{name}: {value!r}; expected text")
    if not (text := clean(value, limit)):
        raise ValueError(f"{name}: empty; expected text")
    return text
