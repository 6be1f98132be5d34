"""What the command line of a network device shows, asked again when it is due; a device that could not be read stays
so until it could."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from agent.core.console import Family, Question
from agent.core.model import Target
from agent.core.reach import CannotAsk, Poll
from collectors.configuration.normal import decoded
from collectors.configuration.signs import FAMILIES, SECONDS, certain, signs
from collectors.seldom import asking, due

NOTHING = (
    "{id}: its command line knows none of the commands that would tell, or the account may not run them: give it the "
    "right to, or leave the question out of agent.yaml"
)


async def shown(
    target: Target,
    options: Any,
    questions: Sequence[Question],
    every: float,
    poll: Poll,
    families: Sequence[Family] = tuple(FAMILIES.values()),
) -> tuple[Family, Mapping[Question, str]] | None:
    """The answers, where they were asked for now; None where they are not due, or the device is of no family that can
    tell."""
    if not due(poll, every):
        return None
    with asking(poll, f"{target.id}: its command line"):
        family = await _family(target, options, poll)
        if family not in families:
            return None
        answers = await poll.reach.console.ask(replace(target, timeout=options.config.timeout), family, questions)
        if not answers:
            raise CannotAsk("permission", NOTHING.format(id=target.id))
    return family, {question: decoded(answer) for question, answer in answers.items()}


async def _family(target: Target, options: Any, poll: Poll) -> Family:
    family: Family | None = options.config.family or poll.memory.get("family")
    if family is None:
        asked = replace(target, timeout=min(target.timeout, SECONDS))
        family = poll.memory["family"] = (await signs(asked, None, poll)).family
    return certain(target, family)


def by_console(target: Target) -> bool:
    return target.login is not None and target.login.ssh is not None and hasattr(target.options, "config")


def patience(target: Target) -> float:
    """Seconds: for the command line, and before it for SNMP, which tells the family."""
    return float(target.options.config.timeout + SECONDS) if by_console(target) else target.timeout
