"""What is asked on the host of an application: all of one poll in one round of commands by SSH."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.core.model import Target
from agent.core.reach import CannotAsk, Poll, ReachError
from agent.core.ssh import Answer, Broken, Command
from agent.core.text import clean
from collectors.application.options import ApplicationOptions
from collectors.application.part import Part, seconds_to_ask

COMMAND = 5.0  # seconds for one command: a file server that hangs must not take the whole round


@dataclass(frozen=True)
class Asked:
    """`commands`, and what their answers, in this order, say: pure. CannotAsk where they say nothing of it. Where the
    round broke off, the first `least` of them are enough; None: all of them."""

    commands: tuple[Command, ...]
    told: Callable[[Sequence[Answer]], Part]
    least: int | None = None


def by_ssh(host: Target) -> bool:
    """Whether commands of POSIX can be put to this host."""
    posix = host.options.system != "windows"
    return posix and not host.options.local and host.login is not None and host.login.ssh is not None


def elsewhere(target: Target, options: ApplicationOptions) -> Target | None:
    """The host to ask by SSH; None where the application is on this machine or names no host that can be asked."""
    host = target.sources.get(str(options.host))
    return host if host is not None and by_ssh(host) else None


async def told_by(host: Target, target: Target, poll: Poll, asked: Mapping[str, Asked]) -> Mapping[str, Part]:
    """By the names of `asked`. Where the round came to no end, those that were not answered tell why."""
    commands = [each for one in asked.values() for each in one.commands]
    if not commands:
        return {name: _read(one, (), None, target.id) for name, one in asked.items()}
    seconds = seconds_to_ask(target)
    limit = min(COMMAND, seconds / 2)
    # The host's own timeout is for its own collector; this one's answer is waited for by the application.
    bounded = [replace(each, seconds=limit) for each in commands]
    answers, why = await _answers(replace(host, timeout=seconds), bounded, poll)
    found = {}
    for name, one in asked.items():
        mine, answers = answers[: len(one.commands)], answers[len(one.commands) :]
        found[name] = _read(one, mine, why, f"{target.id}: on host {host.id}")
    return found


async def _answers(host: Target, commands: Sequence[Command], poll: Poll) -> tuple[Sequence[Answer], ReachError | None]:
    """Those that came, and why no more did."""
    try:
        async with poll.reach.ssh.session(host) as session:
            return await session.round(commands), None
    except Broken as error:
        return error.answers, error
    except ReachError as error:
        return (), error


def _read(asked: Asked, answers: Sequence[Answer], why: ReachError | None, place: str) -> Part:
    least = len(asked.commands) if asked.least is None else asked.least
    if why is not None and len(answers) < least:
        return Part(closed=CannotAsk(why.kind, str(why)))
    try:
        return asked.told(answers)
    except CannotAsk as error:
        return Part(closed=CannotAsk(error.kind, f"{place}: {error}"))


def usable(answer: Answer, what: str) -> Answer:
    """The answer of a command that came to its end. CannotAsk: timeout, missing (the program, the file), permission."""
    program = answer.command.program
    if answer.late:
        raise CannotAsk("timeout", f"{what}: hangs for more than {answer.command.seconds:g} s; look at its disk")
    if answer.absent:
        raise CannotAsk("missing", f"{what}: the host has no {program} that can be run; install it")
    if b"ermission denied" in answer.stderr:
        raise CannotAsk("permission", f"{what}: Permission denied; let the account of SSH read it")
    if not answer.ok:
        why = clean(answer.stderr, 120) or f"{program} ends with {answer.status}"
        raise CannotAsk("missing", f"{what}: {why}; put it in agent.yaml right")
    return answer
