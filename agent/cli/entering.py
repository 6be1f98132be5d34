"""Entering something into a register: by the running agent, else straight into its store."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping
from typing import Any

from agent.cli.common import leave, own_store
from agent.control import NotRunning, Refused, ask
from agent.core.site import Site
from agent.core.store import Store
from agent.core.text import Text
from agent.core.unfit import Unfit

NOT_WRITTEN = Text("没有记下:{error}", "not written down: {error}")
NOBODY = Text("--by {by}:没有这个人;已有:{known}", "--by {by}: no such person; known: {known}")
MEMORY = Text(";磁盘写不进去,暂时只在内存里", "; in memory only, the disk does not take it")

Row = Mapping[str, Any]


def entered(
    site: Site, verb: str, request: Row, by: str, into_store: Callable[[Store, dict[str, Any]], Row]
) -> tuple[Row, str]:
    """The entry, as the agent or `into_store` made it of the request and who it is `by`, and what is to be said where
    it lies in memory only. Exit 2 for a person that there is not, 1 where the entry is not taken."""
    known_person(site, by)
    person = {"who": by} if by else {"login": getpass.getuser()}
    try:
        answer = ask(site.state, verb, **request, **person)
        return answer["entry"], "" if answer["recorded"] else MEMORY[site.language]
    except NotRunning:
        pass
    except Refused as error:
        leave(NOT_WRITTEN.format(error=error)[site.language])
    try:
        with own_store(site, NOT_WRITTEN) as store:
            return into_store(store, {**request, "by": by or getpass.getuser()}), ""
    except Unfit as error:
        leave(NOT_WRITTEN.format(error=error.text[site.language])[site.language])


def known_person(site: Site, by: str) -> None:
    """Exit 2 where agent.yaml names people, and not this one."""
    known = {each.id for each in site.people}
    if by and known and by not in known:
        leave(NOBODY.format(by=by, known=", ".join(sorted(known)))[site.language], 2)
