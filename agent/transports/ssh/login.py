"""Logging in: by key, by password, by the one question that asks for it; never by a local agent, never twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from agent.core.secrets import Secret
from agent.transports.ssh import failures
from agent.transports.ssh.library import paramiko

if TYPE_CHECKING:
    from paramiko import PKey, Transport

Way = Callable[[], list[str]]

KEY, PASSWORD, INTERACTIVE = "publickey", "password", "keyboard-interactive"  # methods of RFC 4252 and 4256


class Asked(Exception):
    """The server asks for something else than the password, or for it again."""


def log_in(transport: Transport, place: str, user: str, key: PKey | None, password: Secret | None) -> None:
    """Returns when the server lets the user in. CannotAsk: authentication; Unanswered: it ended the connection.

    The server is asked first which ways it takes (RFC 4252 section 5.2), so that none is tried in vain: each try is in
    the host's log, where it counts as somebody who guesses.
    """
    ways: dict[str, Way] = {}
    if key is not None:
        ways[KEY] = lambda: list(transport.auth_publickey(user, key))
    if password is not None:
        ways[PASSWORD] = lambda: _by_password(transport, place, user, password)
        ways[INTERACTIVE] = lambda: _by_question(transport, place, user, password)
    had = [name for name in (KEY, PASSWORD) if name in ways]
    allowed = _left(transport, place, lambda: list(transport.auth_none(user)), [])
    while allowed:
        name = next((name for name in ways if name in allowed), None)
        if name is None:
            raise failures.no_login(place, user, had, allowed)
        way = ways.pop(name)
        if name == PASSWORD:
            ways.pop(INTERACTIVE)  # it would be the same password again
        allowed = _left(transport, place, way, allowed)


def _left(transport: Transport, place: str, way: Way, allowed: list[str]) -> list[str]:
    """The ways that the server still wants, or takes instead; none when the user is in."""
    library = paramiko()
    try:
        # Some servers want a key and a password; after the first they tell what is still wanted.
        return way()
    except library.BadAuthenticationType as error:
        allowed = list(error.allowed_types) or [""]
    except library.AuthenticationException:
        pass
    if not transport.is_active():
        raise failures.ended(place, "login")
    return allowed


def _by_password(transport: Transport, place: str, user: str, password: Secret) -> list[str]:
    library = paramiko()
    try:
        return list(transport.auth_password(user, password.reveal(), fallback=False))
    except library.AuthenticationException:
        raise
    except library.SSHException as error:
        # RFC 4252 section 8: SSH_MSG_USERAUTH_PASSWD_CHANGEREQ, which paramiko takes for another message.
        if "Illegal info request" in str(error):
            raise failures.asks_more(place, user, "a new password") from None
        raise


def _by_question(transport: Transport, place: str, user: str, password: Secret) -> list[str]:
    question = _Question(password)
    try:
        return list(transport.auth_interactive(user, question))
    except (paramiko().SSHException, Asked, EOFError):
        if question.refused is not None:
            raise failures.asks_more(place, user, question.refused) from None
        raise


class _Question:
    """Answers one prompt that hides what is typed (RFC 4256), with the password, once."""

    def __init__(self, password: Secret) -> None:
        self._password = password
        self._told = False
        self.refused: str | None = None

    def __call__(self, title: str, instructions: str, prompts: list[tuple[Any, bool]]) -> list[str]:
        if not prompts:
            return []
        if len(prompts) > 1 or prompts[0][1] or self._told:
            self.refused = str(prompts[-1][0])
            raise Asked
        self._told = True
        return [self._password.reveal()]
