"""Failures of a command line as an operator is told them: what, where, what to do.

Without a word of what the device sent: any line of it may hold a secret, be it the name at its prompt.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.core.reach import CannotAsk, ReachError, Unanswered

# How devices say no. One of these words is told, never the line that it stands in.
REFUSALS = (
    "unrecognized command",
    "invalid input",
    "unknown command",
    "incomplete command",
    "ambiguous command",
    "too many parameters",
    "wrong parameter",
    "authorization failed",
    "permission",
    "has no right",
    "access denied",
)


def ended(place: str, declined: bool) -> ReachError:
    """`declined`: after a question at the login, to which the agent said no."""
    if declined:
        return CannotAsk(
            "authentication",
            f"{place} ended the connection after the agent said no to a question at the login (a password that has "
            "expired?): log in by hand once and see to it",
        )
    return Unanswered("refused", f"{place} ended the connection at its command line")


def too_much(place: str, most: int) -> ReachError:
    return Unanswered("protocol", f"{place} sent more than {most >> 20} MiB at its command line: is this a switch?")


def late(place: str, waited_for: str) -> ReachError:
    return Unanswered("timeout", f"{place}: no end of {waited_for} in time; a slow device needs config: {{timeout: …}}")


def no_prompt(place: str, family: str, seen: str) -> ReachError:
    return Unanswered(
        "protocol",
        f"{place} shows no prompt of {family} but {_shape(seen)}; is config: {{family: …}} right?",
    )


def _shape(seen: str) -> str:
    """Of its last line, which a prompt would be."""
    last = seen.rstrip().rpartition("\n")[2].strip()
    if not last:
        return "nothing"
    end = last[-1]
    ending = f" that ends in {end!r}" if end.isascii() and end.isprintable() and not end.isalnum() else ""
    return f"a line of {len(last)} characters{ending}"


def wants_password(place: str) -> ReachError:
    return CannotAsk(
        "authentication",
        f"{place} asks at its command line for a password or a new one: log in by hand once; "
        "the agent changes no password",
    )


def humble(place: str, prompt: str) -> ReachError:
    return CannotAsk(
        "permission",
        f"{place} lets the account in at a prompt that ends in {prompt[-1:]!r}, where the configuration is not shown: "
        "give it the right to (privilege 15, or a role that may show running-config); the agent sends no enable "
        "password and leaves no mode of configuration",
    )


def refused(place: str, command: str, said: str) -> ReachError:
    low = said.lower()
    word = next((each for each in REFUSALS if each in low), "an error" if said else "nothing")
    return CannotAsk("permission", f"{place} answers `{command}` with {word!r}: the account must be allowed to run it")


def partial(place: str, command: str, end: str, count: int) -> ReachError:
    return Unanswered(
        "protocol",
        f"{place}: the answer to `{command}` does not end with {end!r} but after {count} lines of a part; if that "
        "stays, type it by hand and look at its end",
    )


def little(place: str, command: str, lacking: Sequence[str]) -> ReachError:
    """`lacking`: keywords of lines that every configuration has."""
    lines = " and ".join(f"`{each}`" for each in lacking)
    return CannotAsk(
        "permission",
        f"{place} answers `{command}` without a line {lines}, which every configuration has: the account must be "
        "allowed to see all of it; if it is, and the device does not show defaults, set one there (a name, an address)",
    )
