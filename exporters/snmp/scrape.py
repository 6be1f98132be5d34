"""One scrape: a device asked what modules of snmp.yml want to know, in the text format."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from agent.core.reach import ReachError, Snmp, SnmpLogin
from agent.core.site import Site
from agent.core.text import clean
from exporters.asked import Failed, NamedFile, Places, Refused
from exporters.families import Families, written
from exporters.module_file import Unknown, Unreadable
from exporters.snmp import logins
from exporters.snmp.book import Book
from exporters.snmp.gather import Gathered, Ungathered, gather, pace
from exporters.snmp.module import Auth, Module
from exporters.snmp.place import PORT, place
from exporters.snmp.render import render

AT_ONCE = 64  # scrapes at a time; the others wait, within their own time
SLICE = 0.004  # seconds of work between two turns of the event loop
AUTH = "public_v2"  # whose name stands for the module's own login where the file is in the format of 0.21
ABOUT: Mapping[str, str] = {
    "snmp_scrape_walk_duration_seconds": "Seconds that getting and walking took.",
    "snmp_scrape_packets_sent": "Questions sent to the device, with those sent again.",
    "snmp_scrape_packets_retried": "Questions sent again because no answer came.",
    "snmp_scrape_pdus_returned": "Values that the device gave.",
    "snmp_scrape_duration_seconds": "Seconds that the scrape took, with the making of the series.",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks for; `seconds` is all the time there is. `local`: it comes from this machine."""

    target: str
    modules: tuple[str, ...]
    auth: str = ""
    context: str = ""
    seconds: float = 60.0
    local: bool = True


@dataclass(frozen=True, slots=True)
class _Job:
    """One module of a scrape; `credentials` is what messages call the login."""

    name: str
    module: Module
    login: SnmpLogin
    credentials: str


class Scrapes:
    """`site` gives what agent.yaml says now, `snmp` the way into devices."""

    def __init__(self, site: Callable[[], Site], snmp: Callable[[], Snmp]) -> None:
        self._site = site
        self._snmp = snmp
        self._file = NamedFile(site, "snmp_modules", "snmp.yml", Book)
        self._places = Places(AT_ONCE, "scrapes")

    async def body(self, wanted: Wanted) -> bytes:
        """The text format. NotOffered, Refused or Failed, with the words for the client, if there is nothing to show.

        Where one of several modules fails, the series of the others are shown, as snmp_exporter does.
        """
        deadline = time.monotonic() + wanted.seconds
        book = self._file.book()
        try:
            jobs = [await self._job(book, wanted, name) for name in wanted.modules]
            labelled = len(jobs) > 1 or not await book.is_old()
        except Unreadable as error:
            raise Failed(str(error)) from None
        families, errors = Families(), []
        async with self._places.one(deadline - time.monotonic()):
            for job in jobs:
                try:
                    await self._run(job, wanted.target, deadline, families, labelled)
                except Ungathered as error:
                    errors.append(f"module {job.name}: {error}" if len(jobs) > 1 else str(error))
        if len(errors) == len(jobs):
            raise Failed("\n".join(errors))
        return b"".join(families.rendered())

    async def _job(self, book: Book, wanted: Wanted, name: str) -> _Job:
        try:
            module = await book.module(name)
        except Unknown:
            raise Refused(f"Unknown module '{clean(name)}'") from None
        login, credentials = await self._login(book, module, wanted)
        return _Job(name, module, replace(login, context=wanted.context or login.context), credentials)

    async def _login(self, book: Book, module: Module, wanted: Wanted) -> tuple[SnmpLogin, str]:
        """The login of this name in agent.yaml, else in the file; without a name the module's own, or the usual one."""
        name = wanted.auth or AUTH
        own = self._site().logins.get(name)
        if own is not None and own.snmp is not None:
            if not (wanted.local or self._belongs(name, wanted.target)):
                raise Refused(
                    f"credentials {name} of agent.yaml go only to addresses that agent.yaml names with them, "
                    "unless this machine itself asks"
                )
            return own.snmp, f"credentials {name}"
        try:
            if await book.is_old():
                if name != AUTH:
                    raise Unknown
                auth = module.auth or Auth()
                auth = auth.model_copy(update={"version": module.version or auth.version})
                return logins.login(auth, "the module's auth"), "the module's auth"
            return logins.login(await book.auth(name), f"auth {name}"), f"auth {name}"
        except Unknown:
            raise Refused(f"Unknown auth '{clean(name)}'") from None

    def _belongs(self, login: str, target: str) -> bool:
        try:
            host = place(target)[0]
        except ValueError:
            return False
        return any(each.address == host and each.login and each.login.name == login for each in self._site().targets)

    async def _run(self, job: _Job, target: str, deadline: float, families: Families, labelled: bool) -> None:
        """One module's series and those about it, into `families`."""
        began = time.monotonic()
        gathered, facts = await self._gather(job, target, deadline)
        facts["snmp_scrape_walk_duration_seconds"] = time.monotonic() - began
        slice_began = time.perf_counter()
        for _ in render(job.module, gathered.found, families):
            if time.perf_counter() - slice_began > SLICE:
                await asyncio.sleep(0)
                slice_began = time.perf_counter()
        facts["snmp_scrape_duration_seconds"] = time.monotonic() - began
        labels = written({"module": job.name}) if labelled else ""
        for name, about in ABOUT.items():
            families.of(name, "gauge", about).add(labels, facts[name])

    async def _gather(self, job: _Job, target: str, deadline: float) -> tuple[Gathered, dict[str, float]]:
        try:
            host, port = place(target)
        except ValueError as error:
            raise Ungathered(f"error connecting to target {clean(target)}: {error}") from None
        login = replace(job.login, port=port or job.login.port or PORT)
        asked = pace(job.module, bulk=login.version != "1")
        left = max(deadline - time.monotonic(), 0.0)
        try:
            async with self._snmp().open(host, login, left, job.credentials, asked) as walk:
                gathered = await gather(walk, job.module, target)
                return gathered, {
                    "snmp_scrape_packets_sent": walk.sent,
                    "snmp_scrape_packets_retried": walk.retried,
                    "snmp_scrape_pdus_returned": gathered.count,
                }
        except ReachError as error:
            raise Ungathered(f"error connecting to target {clean(target)}: {error}") from None
