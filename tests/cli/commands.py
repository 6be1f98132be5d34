"""Commands of the shell on an agent.yaml, called in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner, Result

from agent.cli.main import application

Command = Callable[..., Result]


def command_of(config: Path, *group: str) -> Command:
    """`shouwang GROUP … WORDS … -c CONFIG`. One that does not leave as commands do fails the test."""

    def run(*words: str) -> Result:
        done = CliRunner().invoke(application(), [*group, *words, "-c", str(config)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return run
