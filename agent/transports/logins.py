"""The `credentials` section: named logins, each for SNMP, SSH or both."""

from __future__ import annotations

import re
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, RootModel, model_validator

from agent.core.model import Section
from agent.core.reach import Login, SnmpLogin, SshLogin
from agent.options import Identity, Options, Port, Reference, Refused, RelativePath, SecretText, address, endpoint

AuthProtocol = Literal["MD5", "SHA", "SHA224", "SHA256", "SHA384", "SHA512"]
PrivacyProtocol = Literal["DES", "3DES", "AES128", "AES192", "AES256", "AES192C", "AES256C"]
# RFC 3414 section 11.2: passwords of the user-based model have at least eight characters.
PASSWORD_LENGTH = 8
# More than 100 values of an interface table fill the largest datagram; more tries than 10 fit into no timeout.
MOST_REPETITIONS, MOST_NAMES, MOST_RETRIES = 100, 100, 10


def _version(value: Any) -> Any:
    """`2c`, `v2c`, 3: written in every way that manuals write it."""
    return str(value).lower().removeprefix("v") if isinstance(value, str | int) else value


def _protocol(value: Any) -> Any:
    """`sha-256`, `AES`, `SHA1` as the names used here."""
    text = str(value).upper().replace("-", "").replace("_", "")
    return {"AES": "AES128", "SHA1": "SHA", "TRIPLEDES": "3DES"}.get(text, text) if isinstance(value, str) else value


class AuthOptions(Options):
    protocol: Annotated[AuthProtocol, BeforeValidator(_protocol)]
    password: SecretText


class PrivacyOptions(Options):
    protocol: Annotated[PrivacyProtocol, BeforeValidator(_protocol)]
    password: SecretText


def _hexadecimal(text: str) -> str:
    """`80:00:1f:88`, `0x80001f88`, `80001F88`: an engine id in every way that devices show it."""
    bare = re.sub(r"[\s:.-]", "", text).lower().removeprefix("0x")
    if not re.fullmatch(r"(?:[0-9a-f]{2})*", bare):
        raise Refused("需要十六进制数字,如 80001f8804", "expected hexadecimal digits, like 80001f8804")
    return bare


class SnmpOptions(Options):
    """v1 and v2c have a community; v3 has a user, and with `auth` and `privacy` is signed and encrypted.

    AES192 and AES256 extend a short key as Blumenthal wrote, AES192C and AES256C as Cisco, Huawei and H3C do (Reeder).
    `context` and `context_engine` are seldom needed: they name a part of a device. So are `repetitions` (rows in one
    answer, 25) and `names` (objects in one question, 40), since a device that cannot answer so much is asked for less
    by itself, and `retries`: without it a question is sent again for as long as the target's timeout allows.
    """

    version: Annotated[Literal["1", "2c", "3"], BeforeValidator(_version)] = "2c"
    community: SecretText | None = None
    user: str = ""
    auth: AuthOptions | None = None
    privacy: PrivacyOptions | None = None
    port: Port = 161
    engine: Literal["own", "pysnmp"] = "own"
    context: str = ""
    context_engine: Annotated[str, AfterValidator(_hexadecimal)] = ""
    repetitions: Annotated[int, Field(ge=1, le=MOST_REPETITIONS)] | None = None
    names: Annotated[int, Field(ge=1, le=MOST_NAMES)] | None = None
    retries: Annotated[int, Field(ge=0, le=MOST_RETRIES)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.version != "3":
            if self.community is None:
                raise Refused(
                    f"SNMP 版本 {self.version} 需要 community(团体名)", f"SNMP version {self.version} needs `community`"
                )
            if self.user or self.auth or self.privacy or self.context or self.context_engine:
                raise Refused(
                    "user、auth、privacy、context 只用于 version: 3",
                    "user, auth, privacy and context belong to version: 3",
                )
            return self
        if self.community is not None:
            raise Refused("community(团体名)只用于版本 1 和 2c", "`community` belongs to versions 1 and 2c")
        if not self.user:
            raise Refused("SNMP 版本 3 需要 user", "SNMP version 3 needs `user`")
        if self.privacy and not self.auth:
            raise Refused("有 privacy 必须有 auth", "`privacy` needs `auth` beside it")
        for each in (self.auth, self.privacy):
            if each is not None and len(each.password.reveal()) < PASSWORD_LENGTH:
                raise Refused(
                    f"SNMP v3 的密码至少 {PASSWORD_LENGTH} 个字符",
                    f"a password of SNMP version 3 has at least {PASSWORD_LENGTH} characters",
                )
        return self

    def login(self) -> SnmpLogin:
        return SnmpLogin(
            version=self.version,
            community=self.community,
            user=self.user,
            auth=(self.auth.protocol, self.auth.password) if self.auth else None,
            privacy=(self.privacy.protocol, self.privacy.password) if self.privacy else None,
            port=self.port,
            engine=self.engine,
            context=self.context,
            context_engine=self.context_engine,
            repetitions=self.repetitions,
            names=self.names,
            retries=self.retries,
        )


def _jump(text: str) -> str:
    """A target whose address and credentials are used, or `credentials@address[:port]`."""
    name, at, host = text.partition("@")
    if not at:
        return Reference(text, "target")
    jump_place(host)
    return Reference(text, "credentials", name)


def jump_place(text: str) -> tuple[str, int | None]:
    """Address and port of a jump host; without a port, None: that of the credentials."""
    if re.fullmatch(r"\[[^\]]*\]", text):
        return address(text[1:-1]), None
    return endpoint(text) if text.startswith("[") or text.count(":") == 1 else (address(text), None)


class SshOptions(Options):
    """A key file that nobody else can read, with its `passphrase` if it is locked, or a `password`, or both.

    `known_hosts` is the file of the host keys that are trusted; `shouwang hosts trust` adds to it. `jump` is the host
    that is gone through: a target, or `credentials@address[:port]`. `legacy` allows ssh-rsa, key exchanges with SHA-1,
    CBC and HMAC-SHA1, for devices that know nothing better.
    """

    user: str = Field(min_length=1)
    key: RelativePath | None = None
    passphrase: SecretText | None = None
    password: SecretText | None = None
    known_hosts: RelativePath = Field(FilePath("known_hosts"), validate_default=True)
    port: Port = 22
    jump: Annotated[str, AfterValidator(_jump)] | None = None
    legacy: bool = False

    @model_validator(mode="after")
    def _a_way_to_log_in(self) -> Self:
        if self.key is None and self.password is None:
            raise Refused("SSH 需要 key(密钥文件)或 password", "SSH needs `key` (a file) or `password`")
        if self.passphrase is not None and self.key is None:
            raise Refused("passphrase 是 key(密钥文件)的口令,需要 key", "`passphrase` unlocks a `key`; write that too")
        return self

    def login(self) -> SshLogin:
        return SshLogin(
            user=self.user,
            key=str(self.key) if self.key else None,
            password=self.password,
            known_hosts=str(self.known_hosts),
            port=self.port,
            jump=self.jump,
            legacy=self.legacy,
            passphrase=self.passphrase,
        )


class LoginOptions(Options):
    snmp: SnmpOptions | None = None
    ssh: SshOptions | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.snmp is None and self.ssh is None:
            raise Refused("需要 snmp 或 ssh", "needs `snmp` or `ssh`")
        return self

    def login(self, name: str) -> Login:
        return Login(name, self.snmp.login() if self.snmp else None, self.ssh.login() if self.ssh else None)


class Credentials(RootModel[dict[Identity, LoginOptions]]):
    root: dict[Identity, LoginOptions] = Field(default_factory=dict)


SECTION = Section(key="credentials", options=Credentials, many=False)
