"""Users of version 3, as an agent creates them and as a login names them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agent.core.reach import SnmpLogin
from agent.core.secrets import Secret

AUTH, PRIVACY, REPORTABLE = 1, 2, 4  # msgFlags


@dataclass(frozen=True)
class User:
    name: str
    auth: str = ""
    auth_password: str = ""
    privacy: str = ""
    privacy_password: str = ""

    @property
    def level(self) -> int:
        return (AUTH if self.auth else 0) | (PRIVACY if self.privacy else 0)

    def login(self, port: int, **facts: Any) -> SnmpLogin:
        """What the agent's operator would write; `facts` overrule."""
        auth = (self.auth, Secret(self.auth_password)) if self.auth else None
        privacy = (self.privacy, Secret(self.privacy_password)) if self.privacy else None
        return SnmpLogin(**{"version": "3", "user": self.name, "auth": auth, "privacy": privacy, "port": port, **facts})


KAY = User("kay", "SHA", "authentic-kay", "AES128", "private-kay")  # authPriv
LEE = User("lee", "SHA256", "authentic-lee")  # authNoPriv
MAX = User("max")  # noAuthNoPriv


def user(auth: str, privacy: str) -> User:
    return User(f"{auth}-{privacy}", auth, f"authentic-{auth}", privacy, privacy and f"private-{privacy}")


def users(auths: Iterable[str], privacies: Iterable[str]) -> list[User]:
    """One for each pair of protocols, one for each authentication alone, and one without any."""
    ways = ("", *privacies)
    return [User("none"), *(user(auth, privacy) for auth in auths for privacy in ways)]
