"""Failures of a command line as an operator is told them: what, where, what to do."""

from __future__ import annotations

from agent.core.reach import CannotAsk, ReachError, Unanswered
from agent.core.text import clean


def ended(place: str) -> ReachError:
    return Unanswered("refused", f"{place} ended the connection at its command line")


def too_much(place: str, most: int) -> ReachError:
    return Unanswered("protocol", f"{place} sent more than {most >> 20} MiB at its command line: is this a switch?")


def late(place: str, waited_for: str) -> ReachError:
    return Unanswered("timeout", f"{place}: no end of {waited_for} in time; a slow device needs config: {{timeout: …}}")


def no_prompt(place: str, family: str, seen: str) -> ReachError:
    return Unanswered(
        "protocol",
        f"{place} shows no prompt of {family} but {clean(seen, 80)!r}; is config: {{family: …}} right?",
    )


def wants_password(place: str, asked: str) -> ReachError:
    return CannotAsk(
        "authentication",
        f"{place} asks at its command line for a password or a new one ({clean(asked, 80)!r}): log in by hand once; "
        "the agent changes no password",
    )


def humble(place: str, prompt: str) -> ReachError:
    return CannotAsk(
        "permission",
        f"{place} lets the account in as {clean(prompt, 40)!r}, which may not show the configuration: give it the "
        "right to (privilege 15, or a role that may show running-config); the agent sends no enable password",
    )


def refused(place: str, command: str, said: str) -> ReachError:
    return CannotAsk(
        "permission", f"{place} answers `{command}` with {clean(said, 120)!r}: the account must be allowed to run it"
    )


def partial(place: str, command: str, end: str, count: int) -> ReachError:
    """Without a word of what came: any line of a configuration may be a secret."""
    return Unanswered(
        "protocol", f"{place}: the answer to `{command}` does not end with {end!r} but after {count} lines of a part"
    )


def little(place: str, command: str) -> ReachError:
    return CannotAsk(
        "permission",
        f"{place} answers `{command}` with a configuration that has nothing in it: the account must be allowed to see "
        "all of it",
    )
