"""Logging in: by key, by password, by the one question that asks for it; never by a local agent, never twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from agent.core.secrets import Secret
from agent.transports.ssh import failures
from agent.transports.ssh.library import paramiko

if TYPE_CHECKING:
    from paramiko import PKey, Transport

INTERACTIVE = "keyboard-interactive"


class Asked(Exception):
    """The server asks for something else than the password, or for it again."""


def log_in(transport: Transport, place: str, user: str, key: PKey | None, password: Secret | None) -> None:
    """Returns when the server lets the user in. CannotAsk: authentication; Unanswered: it ended the connection."""
    ways: list[tuple[str, Callable[[], list[str]]]] = []
    if key is not None:
        ways.append(("key", lambda: transport.auth_publickey(user, key)))
    if password is not None:
        ways.append(("password", lambda: _by_password(transport, place, user, password)))
    allowed: list[str] = []
    for _, way in ways:
        try:
            # Some servers want both, one after the other; then the first gives what is still wanted.
            if not (allowed := way()):
                return
        except paramiko().BadAuthenticationType as error:
            allowed = error.allowed_types
        except paramiko().AuthenticationException:
            pass
        if not transport.is_active():
            raise failures.ended(place, "login")
    raise failures.no_login(place, user, [name for name, _ in ways], allowed)


def _by_password(transport: Transport, place: str, user: str, password: Secret) -> list[str]:
    try:
        return list(transport.auth_password(user, password.reveal(), fallback=False))
    except paramiko().BadAuthenticationType as error:
        if INTERACTIVE not in error.allowed_types:
            raise
    except paramiko().AuthenticationException:
        raise
    except paramiko().SSHException as error:
        # RFC 4252 section 8: SSH_MSG_USERAUTH_PASSWD_CHANGEREQ, which paramiko takes for another message.
        if "Illegal info request" in str(error):
            raise failures.asks_more(place, user, "a new password") from None
        raise
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
