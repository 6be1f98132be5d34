"""`shouwang run`: the agent, until SIGTERM or SIGINT; SIGHUP reads agent.yaml again."""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
from typing import Annotated

import typer

from agent.cli.common import DEFAULT, Config, language_of, leave, site_of
from agent.core.text import Text

log = logging.getLogger(__name__)

LEVELS = ("debug", "info", "warning", "error")


def run(
    config: Config = DEFAULT,
    log_level: Annotated[str, typer.Option("--log-level", help="debug, info, warning, error")] = "info",
) -> None:
    """启动代理 / Watch, until told to stop."""
    if log_level not in LEVELS:
        known = ", ".join(LEVELS)
        zh, en = f"--log-level {log_level}:可用:{known}", f"--log-level {log_level}: allowed: {known}"
        leave(Text(zh, en)[language_of(config)], 2)
    logging.basicConfig(level=log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    site = site_of(config)
    for remark in site.remarks:
        log.warning("%s", remark[site.language])
    _raise_descriptor_limit()
    from agent.app import Agent
    from agent.starting import StartError

    async def main() -> None:
        agent = Agent(site)
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        loop.add_signal_handler(signal.SIGHUP, agent.reloading.soon)
        await agent.start()
        await stop.wait()
        # A second signal ends at once: whoever sends it twice does not want to wait.
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        await agent.stop()

    try:
        asyncio.run(main())
    except StartError as error:
        leave(error.text[site.language], error.code)


def _raise_descriptor_limit() -> None:
    """A thousand targets and five hundred readers of the page need more than the usual 1,024 descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
