"""An application on loopback, read by its collector through the real runner and the real ways in."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.core.model import Reading, Target
from agent.core.reach import Known
from agent.core.snapshot import Snapshot
from agent.reaching import reaching
from agent.runner import Runner
from collectors.application import COLLECTOR, ApplicationOptions
from collectors.host.options import HostOptions
from tests.transports.http_server import Say, ended, saying

UP, RESPONSE, P95 = "application_up", "application_response_seconds", "application_response_p95_seconds"
THIS_MACHINE = Target("host", "self", "本机", HostOptions(id="self", address="localhost", by="local"))
OTHER_MACHINE = Target("host", "web", "应用服务器", HostOptions(id="web", address="10.0.0.9"))
SOURCES = {each.id: each for each in (THIS_MACHINE, OTHER_MACHINE)}


def target(options: Mapping[str, Any], timeout: float = 3.0, sources: Mapping[str, Target] | None = None) -> Target:
    read = ApplicationOptions.model_validate({"id": "a", **options})
    return Target("application", "a", "统一受理软件", read, timeout=timeout, sources={**SOURCES, **(sources or {})})


async def polls(
    options: Mapping[str, Any],
    times: int = 1,
    timeout: float = 3.0,
    known: Known | None = None,
    sources: Mapping[str, Target] | None = None,
) -> list[Reading]:
    """What `times` runs of the collector give; `sources` are hosts beside this machine."""
    watched = target(options, timeout, sources)
    async with reaching() as reach:
        runner = Runner(reach, Snapshot(), known=known)
        return [await runner.run(COLLECTOR, watched) for _ in range(times)]


def poll(options: Mapping[str, Any], timeout: float = 3.0, known: Known | None = None) -> Reading:
    return asyncio.run(polls(options, timeout=timeout, known=known))[0]


def of_page(
    say: Say,
    secured: ssl.SSLContext | None = None,
    path: str = "/",
    times: int = 1,
    timeout: float = 3.0,
    **options: Any,
) -> list[Reading]:
    """The application answers by HTTP as `say` does; {port} in the options is its port."""

    async def main() -> list[Reading]:
        async with saying(say, secured) as port:
            url = f"http{'s' if secured else ''}://127.0.0.1:{port}{path}"
            return await polls({"http": url, **_filled(options, port)}, times, timeout)

    return asyncio.run(main())


def page(say: Say, **options: Any) -> Reading:
    return of_page(say, **options)[0]


def _filled(value: Any, port: int) -> Any:
    if isinstance(value, str):
        return value.replace("{port}", str(port))
    return {key: _filled(each, port) for key, each in value.items()} if isinstance(value, dict) else value


def why(reading: Reading) -> Sequence[tuple[str, str]]:
    """What it concludes, in both languages."""
    return [(each.said.zh, each.said.en) for each in reading.diagnoses]


@dataclass
class Line:
    """One line of a conversation: what is said, after what was heard."""

    say: bytes
    hear: bytes = b""


@contextlib.asynccontextmanager
async def conversing(
    lines: Sequence[Line], tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None
) -> Any:
    """The port of a server that speaks these lines, then TLS by `starttls`; `heard` would not match ends it."""

    tasks: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            for line in lines:
                if line.hear and not (await reader.readline()).startswith(line.hear):
                    break
                writer.write(line.say)
                await writer.drain()
            else:
                if starttls is not None:
                    await writer.start_tls(starttls)
                await reader.read()
        writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await ended(tasks)
