"""Failures of SSH as an operator is told them: what, where, what to do."""

from __future__ import annotations

from agent.core.reach import CannotAsk, ReachError, Unanswered
from agent.core.ssh import HostKey
from agent.core.text import clean

COMPARE = "Compare it with what `ssh-keygen -lf` says on the host itself"


def host_key(key: HostKey, file: str, name: str) -> CannotAsk:
    """The key that a server shows is not to be trusted."""
    shown = f"{key.place} shows the {key.kind} key {key.fingerprint}"
    accept = f"{COMPARE}, then accept it: shouwang hosts trust {name}"
    if key.standing == "revoked":
        return CannotAsk(
            "host_key", f"{shown}, which {file} revokes: nothing secret was sent. Find out who answers there"
        )
    if key.standing == "unknown":
        return CannotAsk("host_key", f"{shown}, and {file} has none for it: nothing secret was sent. {accept}")
    return CannotAsk(
        "host_key",
        f"{shown}, and {file} has {', '.join(key.known)}: it was set up anew, or somebody stands in between; "
        f"nothing secret was sent. {accept}",
    )


def late(place: str, doing: str, seconds: float) -> Unanswered:
    return Unanswered("timeout", f"{place}: no end of the {doing} within {seconds:.1f} s")


def no_channel(place: str) -> Unanswered:
    return Unanswered("timeout", f"{place} does not answer the opening of a channel")


def too_much(place: str, doing: str) -> Unanswered:
    return Unanswered("protocol", f"{place} sent more during the {doing} than there is to say: is this an SSH server?")


def ended(place: str, doing: str, why: str = "") -> Unanswered:
    said = f" ({clean(why, 100)})" if why else ""
    advice = "; has it too many connections, or does it not let this machine in?" if doing == "greeting" else ""
    return Unanswered("refused", f"{place} ended the connection during the {doing}{said}{advice}")


def no_algorithm(place: str, why: Exception) -> Unanswered:
    return Unanswered(
        "protocol",
        f"{place}: {clean(str(why), 120)}; if it is an old device that cannot be updated, write `legacy: true`",
    )


def not_ssh(place: str, doing: str, why: Exception) -> Unanswered:
    return Unanswered("protocol", f"{place} broke the protocol during the {doing}: {clean(str(why), 120)}")


def no_login(place: str, user: str, tried: list[str], allowed: list[str]) -> ReachError:
    """The server took none of what the login has."""
    takes = ", ".join(clean(each, 30) for each in allowed[:5]) or "nothing"
    return CannotAsk(
        "authentication",
        f"{place} does not let {clean(user, 60)} in by {' or '.join(tried)} (it takes {takes}): check user, key and "
        "password there",
    )


def asks_more(place: str, user: str, prompt: str) -> ReachError:
    return CannotAsk(
        "authentication",
        f"{place} asks {clean(user, 60)} for more than the password ({clean(prompt, 80)!r}): log in by hand once; the "
        "agent changes no password",
    )
