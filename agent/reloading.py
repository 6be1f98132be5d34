"""Reading agent.yaml again while the agent runs: taken up whole, or refused and the old one stays in force."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from agent.asset_file import AssetFile
from agent.config import ConfigError
from agent.core.aside import aside
from agent.core.incident import Playbook
from agent.core.site import Site
from agent.starting import StartError
from agent.tables import load_site
from playbooks.book import load as load_playbooks
from playbooks.thresholds import applied

if TYPE_CHECKING:
    from agent.app import Agent

log = logging.getLogger(__name__)


def books_of(site: Site) -> dict[str, Playbook]:
    """The playbooks by id, with the thresholds of this site."""
    return {book.id: book for book in applied(load_playbooks(), site.sections["thresholds"])}


class Reloading:
    """One reload at a time. `problems` say why the file was not taken up, since `refused_at` (Unix seconds)."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._turn = asyncio.Lock()
        self.problems: tuple[str, ...] = ()
        self.refused_at: float | None = None

    def soon(self) -> None:
        """For SIGHUP: reload, and say in the log what came of it."""
        self._soon = asyncio.ensure_future(self.reload())
        self._soon.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[tuple[str, ...]]) -> None:
        """A defect in reloading is said as loudly as an error in the file."""
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("agent.yaml could not be taken up", exc_info=error)
            self._refuse((f"{type(error).__name__} while reloading; see the log",))

    def _refuse(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        self.refused_at = self._agent.clock.now() if problems else None

    async def reload(self) -> tuple[str, ...]:
        """Take up agent.yaml as it is now, whole, or keep the old one; the errors, empty if it is in force."""
        async with self._turn:
            self._refuse(await self._take_up())
            await self._agent.telling.vitals()
            for problem in self.problems:
                log.error("agent.yaml not taken up: %s", problem)
            if not self.problems:
                log.info("agent.yaml taken up: %d targets", len(self._agent.site.targets))
            return self.problems

    async def _take_up(self) -> tuple[str, ...]:
        old = self._agent.site
        try:
            site = await aside(lambda: load_site(old.source))
        except ConfigError as error:
            return tuple(problem.render(old.language) for problem in error.problems)
        if site.state != old.state:
            return (f"state: is {site.state}, the agent runs on {old.state}; restart it to move its memory",)
        books, assets = books_of(site), self._agent.assets
        if assets.path != site.sections["assets"]:
            assets = AssetFile(site.sections["assets"])
        await aside(assets.look)
        if site.listen != old.listen:
            try:
                await self._agent.listen(site.listen)
            except StartError as error:
                return (error.text[old.language],)
        self._agent.adopt(site, books, assets)
        return ()
