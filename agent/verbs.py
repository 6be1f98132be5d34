"""The verbs of the control socket: what commands on this machine may ask of the running agent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from agent.changes import enter
from agent.control import Verb
from agent.core.incident import Incident

if TYPE_CHECKING:
    from agent.app import Agent


def verbs_of(agent: Agent) -> Mapping[str, Verb]:
    """Each answers what becomes JSON; ValueError is a refusal with its reason."""

    def incident(request: Mapping[str, Any]) -> Incident:
        identity = str(request.get("incident", ""))
        found = agent.watch.incident(identity) or agent.store.incident(identity)
        if found is None:
            raise ValueError(f"no incident {identity}; shouwang incident list --all shows the known ones")
        return found

    async def done(what: Incident, said: str) -> Mapping[str, Any]:
        await agent.journal.flush()
        return {"said": f"{what.id}: {said}", "recorded": agent.store.writable}

    async def acknowledge(request: Mapping[str, Any]) -> Any:
        what, who = incident(request), str(request["who"])
        agent.watch.acknowledge(what, who, agent.clock.now())
        return await done(what, f"acknowledged by {who}")

    async def note(request: Mapping[str, Any]) -> Any:
        what = incident(request)
        agent.watch.add_note(what, str(request["who"]), agent.clock.now(), str(request["text"]))
        return await done(what, "noted")

    async def close(request: Mapping[str, Any]) -> Any:
        what = incident(request)
        agent.watch.close(what, str(request["who"]), agent.clock.now(), str(request["text"]))
        return await done(what, "closed")

    async def checklist(request: Mapping[str, Any]) -> Any:
        await agent.check()
        said = agent.showing.checklist()
        if not said:
            raise ValueError("nothing has been read yet; try again in a few seconds")
        return said

    async def reload(request: Mapping[str, Any]) -> Any:
        return list(await agent.reload())

    async def change(request: Mapping[str, Any]) -> Any:
        what = {key: str(request.get(key, "")) for key in ("action", "target", "address", "who", "text")}
        if not re.fullmatch(r"[a-z]{1,20}", what["action"]):
            raise ValueError(f"no such action: {what['action']!r}; expected one lower-case word")
        identity = await agent.journal.ask(enter, agent.store, what, agent.clock.now())
        return {"said": identity, "recorded": agent.store.writable}

    return {
        "acknowledge": acknowledge,
        "note": note,
        "close": close,
        "checklist": checklist,
        "change": change,
        "reload": reload,
    }
