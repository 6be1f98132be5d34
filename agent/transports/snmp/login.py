"""Whether a login can be used. agent.yaml is checked before; this is for those who build their own."""

from __future__ import annotations

from collections.abc import Iterable

from agent.core.reach import CannotAsk, SnmpLogin
from agent.transports.snmp.message import VERSIONS

# The names of usm.authentication and usm.privacy, which are loaded by those who use them only.
AUTHENTICATION = ("MD5", "SHA", "SHA224", "SHA256", "SHA384", "SHA512")
PRIVACY = ("DES", "3DES", "AES128", "AES192", "AES256", "AES192C", "AES256C")
ENGINES = ("own", "pysnmp")
PORTS = range(1, 65536)


def check(login: SnmpLogin, credentials: str) -> None:
    """CannotAsk, which calls the login `credentials`, if it lacks something or has what does not exist."""
    for wrong in _wrong(login):
        raise CannotAsk("missing", f"{credentials}: {wrong}")


def _wrong(login: SnmpLogin) -> Iterable[str]:
    if login.version not in (*VERSIONS, "3"):
        yield f"SNMP version {login.version} does not exist; write 1, 2c or 3"
    if login.version != "3" and login.community is None:
        yield f"SNMP version {login.version} needs a community"
    if login.version == "3" and (not login.user or login.community is not None):
        yield "SNMP version 3 needs a user, and no community"
    if login.privacy and not login.auth:
        yield "SNMP privacy needs auth beside it"
    for what, part, known in (("auth", login.auth, AUTHENTICATION), ("privacy", login.privacy, PRIVACY)):
        if part and part[0] not in known:
            yield f"there is no {what} protocol {part[0]}; write one of {', '.join(known)}"
        if part and not part[1].reveal():
            yield f"an empty password for {part[0]}"
    if login.port not in PORTS:
        yield f"there is no port {login.port}; write 1 to 65535"
    if login.engine not in ENGINES:
        yield f"there is no engine {login.engine}; write one of {', '.join(ENGINES)}"
    if not _hexadecimal(login.context_engine):
        yield f"context_engine {login.context_engine} is not hexadecimal; write it like 80001f8804"


def _hexadecimal(text: str) -> bool:
    try:
        return bytes.fromhex(text).hex() == text.lower()
    except ValueError:
        return False
