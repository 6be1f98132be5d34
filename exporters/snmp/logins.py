"""An auth of snmp.yml as one of our logins."""

from __future__ import annotations

from collections.abc import Mapping

from agent.core.reach import SnmpLogin
from agent.core.secrets import Secret
from exporters.module_file import Unreadable
from exporters.snmp.module import Auth

VERSIONS = {1: "1", 2: "2c", 3: "3"}
# What snmp_exporter calls AES is the one of RFC 3826. C, in both products: with the key extension that Cisco chose.
PRIVACY: Mapping[str, str] = {"AES": "AES128"}


def login(auth: Auth, name: str) -> SnmpLogin:
    """Unreadable if version 3 lacks what its security level needs; `name` is what the message calls the auth."""
    if auth.version != 3:
        return SnmpLogin(VERSIONS[auth.version], Secret(auth.community))
    needed = {
        "username": auth.username,
        **({"password": auth.password} if auth.security_level != "noAuthNoPriv" else {}),
        **({"priv_password": auth.priv_password} if auth.security_level == "authPriv" else {}),
    }
    for key, value in needed.items():
        if not value:
            raise Unreadable(f"{name}: {key} is missing; version 3 with {auth.security_level} needs it")
    return SnmpLogin(
        "3",
        user=auth.username,
        auth=(auth.auth_protocol, Secret(auth.password)) if "password" in needed else None,
        privacy=(PRIVACY.get(auth.priv_protocol, auth.priv_protocol), Secret(auth.priv_password))
        if "priv_password" in needed
        else None,
        context=auth.context_name,
    )
