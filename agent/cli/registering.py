"""The line in the register of changes that taking in a device ends with: by the running agent, else into its store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from agent.cli.common import leave, own_store, say
from agent.control import NotRunning, Refused, ask
from agent.core.site import Site
from agent.core.store import Store
from agent.core.text import Text
from agent.discovery.entries import Entry

WATCHED = Text("守望已开始监测它", "the agent watches it")
REFUSED = Text("守望没有采用它:{problems}", "the agent did not take it up: {problems}")
LATER = Text("守望没有在运行;下次启动后监测它", "no agent is running here; it will be watched from its start on")
NOT_REGISTERED = Text("{id} 已写入,但没有记进变更登记:{error}", "{id} was taken in, but not registered: {error}")
NO_REGISTER = Text("不能记进变更登记:{error};什么也没有写", "cannot be registered: {error}; nothing was written")
NO_DISK = Text("守望写不了它的磁盘", "the agent's disk takes no writes")


@contextmanager
def registered(site: Site, entry: Entry, who: str, note: str) -> Iterator[Callable[[], None]]:
    """What registers the entry once it is written; exit 1 before anything is where that could not be registered."""
    what = {"action": "onboard", "target": entry.id, "address": entry.options["address"], "who": who, "text": note}
    try:
        # The agent brings to its disk what it has seen, and so knows whether that takes writes.
        writable = bool(ask(site.state, "witness")["recorded"])
    except NotRunning:
        with own_store(site, NO_REGISTER) as store:
            if not store.writable:
                leave(NO_REGISTER.format(error=store.refusal)[site.language])
            yield lambda: _into_store(site, store, entry, what)
        return
    except Refused as error:
        leave(NO_REGISTER.format(error=error)[site.language])
    if not writable:
        leave(NO_REGISTER.format(error=NO_DISK[site.language])[site.language])
    yield lambda: _by_agent(site, entry, what)


def _by_agent(site: Site, entry: Entry, what: Mapping[str, Any]) -> None:
    """The agent takes the entry up at once."""
    try:
        number = ask(site.state, "change", **what)["said"]
        problems = ask(site.state, "reload")
    except (NotRunning, Refused) as error:
        leave(NOT_REGISTERED.format(id=entry.id, error=error)[site.language])
    _said(site, entry, number, REFUSED.format(problems="; ".join(problems)) if problems else WATCHED)


def _into_store(site: Site, store: Store, entry: Entry, what: Mapping[str, Any]) -> None:
    from agent.changes import enter

    number = enter(store, what, time.time())
    if not store.writable:
        leave(NOT_REGISTERED.format(id=entry.id, error=store.refusal)[site.language])
    _said(site, entry, number, LATER)


def _said(site: Site, entry: Entry, number: str, what: Text) -> None:
    say(f"{number}: {entry.id} ({entry.options['name']}), {what[site.language]}")
