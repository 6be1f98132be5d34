"""SnmpAgent for version 3: users, an engine whose boots and time a test sets, and replies that a test can spoil.

    with SnmpV3Agent({"1.3.6.1.2.1.1.5.0": "core"}, users=[KAY]) as agent:
        ...  # ask 127.0.0.1, agent.port as KAY.login(agent.port)

Keys and ciphers are pysnmp's, signatures the standard library's, the rest is its own: nothing is the product's.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pysnmp.entity import config
from pysnmp.proto.rfc1902 import OctetString
from pysnmp.proto.secmod.rfc3414 import localkey

from agent.core.model import Target
from agent.core.reach import Login
from tests.snmp_agent import Asked, SnmpAgent, Value, as_bytes, elements, numbers, snmp_target, tlv, understand
from tests.snmp_users import AUTH, KAY, LEE, MAX, PRIVACY, User

ENGINE_ID = bytes.fromhex("80001f8804") + b"shouwang-test"
REPORT = 0xA8
(
    UNSUPPORTED_SEC_LEVELS,
    NOT_IN_TIME_WINDOWS,
    UNKNOWN_USER_NAMES,
    UNKNOWN_ENGINE_IDS,
    WRONG_DIGESTS,
    DECRYPTION_ERRORS,
) = (f"1.3.6.1.6.3.15.1.1.{number}.0" for number in range(1, 7))
HASHES: dict[str, tuple[Callable[..., Any], int]] = {
    "MD5": (hashlib.md5, 12),
    "SHA": (hashlib.sha1, 12),
    "SHA224": (hashlib.sha224, 16),
    "SHA256": (hashlib.sha256, 24),
    "SHA384": (hashlib.sha384, 32),
    "SHA512": (hashlib.sha512, 48),
}
AUTH_SERVICES = {
    "MD5": config.USM_AUTH_HMAC96_MD5,
    "SHA": config.USM_AUTH_HMAC96_SHA,
    "SHA224": config.USM_AUTH_HMAC128_SHA224,
    "SHA256": config.USM_AUTH_HMAC192_SHA256,
    "SHA384": config.USM_AUTH_HMAC256_SHA384,
    "SHA512": config.USM_AUTH_HMAC384_SHA512,
}
PRIVACY_SERVICES = {
    "DES": config.USM_PRIV_CBC56_DES,
    "3DES": config.USM_PRIV_CBC168_3DES,
    "AES128": config.USM_PRIV_CFB128_AES,
    "AES192": config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "AES256": config.USM_PRIV_CFB256_AES_BLUMENTHAL,
    "AES192C": config.USM_PRIV_CFB192_AES,
    "AES256C": config.USM_PRIV_CFB256_AES,
}


def auth_key(user: User, engine_id: bytes) -> bytes:
    hashed = HASHES[user.auth][0]
    return bytes(localkey.password_to_key(user.auth_password.encode(), OctetString(engine_id), hashed))


def cipher(user: User, engine_id: bytes) -> tuple[Any, Any]:
    """pysnmp's service, and the localised key that it takes."""
    service = config.PRIV_SERVICES[PRIVACY_SERVICES[user.privacy]]
    protocol = AUTH_SERVICES[user.auth]
    key = service.hash_passphrase(protocol, OctetString(user.privacy_password))
    return service, service.localize_key(protocol, key, OctetString(engine_id))


def served(version: str, objects: Mapping[str, Value], **facts: Any) -> SnmpAgent:
    """An agent that speaks this version."""
    return SnmpV3Agent(objects, **facts) if version == "3" else SnmpAgent(objects, **facts)


def target(peer: Any, version: str = "3", user: User = KAY, engine: str = "own", **facts: Any) -> Target:
    """A switch at a peer that has host and port, and a community for versions 1 and 2c."""
    if version != "3":
        return snmp_target(peer, version=version, engine=engine, **facts)
    login = Login("room", user.login(peer.port, engine=engine))
    return snmp_target(peer, **{"login": login, **facts})


class Sealed(NamedTuple):
    """A question as it came. `pdu` is what could be decrypted of it; `sender` asked."""

    message_id: int
    flags: int
    engine_id: bytes
    boots: int
    time: int
    user: bytes
    digest: bytes
    salt: bytes
    context_engine: bytes
    context: bytes
    pdu: bytes
    datagram: bytes

    @property
    def signed(self) -> bool:
        return bool(self.flags & AUTH)


Spoil = Callable[["SnmpV3Agent", Sealed, bytes], Iterable[bytes]]


@dataclass
class SnmpV3Agent(SnmpAgent):
    """`spoil` turns a question as it came and the honest reply (answer or report) into what is sent; `behave` still
    works within an answer. `heard` keeps every datagram, `asked` the questions that were answered."""

    users: Iterable[User] = (KAY, LEE, MAX)
    engine_id: bytes = ENGINE_ID
    boots: int = 3
    clock: Callable[[], float] = time.monotonic
    spoil: Spoil = lambda agent, sealed, honest: (honest,)
    silent_on_decryption_errors: bool = False
    heard: list[Sealed] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.started = self.clock() - 1000  # seconds since boot do not begin at 0
        self.answered = b""  # the PDU of the last answer
        self._keys: dict[Any, Any] = {}

    def forget(self) -> None:
        super().forget()
        self.heard.clear()

    @property
    def time(self) -> int:
        return int(self.clock() - self.started)

    def reboot(self, boots: int | None = None) -> None:
        self.boots, self.started = self.boots + 1 if boots is None else boots, self.clock()

    def replies(self, datagram: bytes, sender: tuple[str, int]) -> Iterable[bytes]:
        sealed = self.unseal(datagram)
        if sealed is None:
            return
        self.heard.append(sealed)
        counter = self.refusal(sealed)
        if counter == DECRYPTION_ERRORS and self.silent_on_decryption_errors:
            return
        if counter:
            yield from self.spoil(self, sealed, self.report(sealed, counter))
            return
        plain = tlv(0x30, tlv(0x02, b"\1") + tlv(0x04, b"") + sealed.pdu)
        asked = understand(plain, sender)
        assert asked is not None
        for each in self.spoilt(asked):
            yield from self.spoil(self, sealed, self._wrapped(sealed, asked, each))

    def _wrapped(self, sealed: Sealed, asked: Asked, plain: bytes) -> bytes:
        """What `behave` made in the shape of version 2c; what has not that shape goes out as it is."""
        try:
            (_, body), *_ = elements(plain)
            (_, version), (_, community), (kind, pdu) = elements(body)
        except (ValueError, IndexError):
            return plain
        if len(tlv(0x30, body)) > len(plain) or version not in (b"\0", b"\1"):
            return plain
        user = sealed.user if community == asked.community else b"somebody else"
        self.answered = tlv(kind, pdu)
        return self.seal(sealed, self.answered, user=user) + plain[len(tlv(0x30, body)) :]

    def user(self, name: bytes) -> User | None:
        return next((user for user in self.users if user.name.encode() == name), None)

    def refusal(self, sealed: Sealed) -> str:
        """The counter of the report that the question earns; nothing if it is to be answered."""
        if sealed.engine_id != self.engine_id:
            return UNKNOWN_ENGINE_IDS
        user = self.user(sealed.user)
        if user is None:
            return UNKNOWN_USER_NAMES
        level = sealed.flags & (AUTH | PRIVACY)
        if level & ~user.level:
            return UNSUPPORTED_SEC_LEVELS
        if sealed.signed:
            blank = sealed.datagram.replace(sealed.digest, bytes(len(sealed.digest)))
            if self._digest(user, blank) != sealed.digest:
                return WRONG_DIGESTS
            if sealed.boots != self.boots or abs(sealed.time - self.time) > 150:
                return NOT_IN_TIME_WINDOWS
        return "" if sealed.pdu else DECRYPTION_ERRORS

    def report(self, sealed: Sealed, counter: str, **facts: Any) -> bytes:
        """The report on a question, signed where RFC 3414 wants it (not in time window)."""
        flags = AUTH if counter == NOT_IN_TIME_WINDOWS else 0
        return self.seal(sealed, self.report_pdu(sealed, counter), **{"flags": flags, **facts})

    def report_pdu(self, sealed: Sealed, counter: str) -> bytes:
        request_id = next(elements(next(elements(sealed.pdu))[1]))[1] if sealed.pdu else b"\0"
        name = tlv(0x06, bytes([43, *numbers(counter)[2:]]))
        fields = tlv(0x02, request_id) + tlv(0x02, b"\0") + tlv(0x02, b"\0")
        return tlv(REPORT, fields + tlv(0x30, tlv(0x30, name + tlv(0x41, b"\1"))))

    def seal(self, sealed: Sealed, pdu: bytes, **facts: Any) -> bytes:
        """A message around a PDU in reply to a question, right but for the facts: flags, engine_id, boots, time, user,
        message_id, context_engine, context, and `scoped` (the bytes that are encrypted or stand in the clear)."""
        known = {"flags": sealed.flags & (AUTH | PRIVACY), "engine_id": self.engine_id, "boots": self.boots}
        known |= {"time": self.time, "user": sealed.user, "message_id": sealed.message_id}
        known |= {"context_engine": sealed.context_engine or self.engine_id, "context": sealed.context, **facts}
        user = self.user(sealed.user)
        data = facts.get("scoped") or tlv(0x30, tlv(4, known["context_engine"]) + tlv(4, known["context"]) + pdu)
        salt = digest = b""
        if known["flags"] & PRIVACY:
            assert user is not None
            service, key = self._key(cipher, user)
            secret, salted = service.encrypt_data(key, (known["boots"], known["time"], None), data)
            data, salt = tlv(4, bytes(secret)), bytes(salted)
        if known["flags"] & AUTH:
            assert user is not None
            digest = bytes(HASHES[user.auth][1])
        whole = message(known, digest, salt, data)
        if not digest or user is None:
            return whole
        at = len(whole) - len(data) - len(tlv(4, salt)) - len(digest)
        return whole[:at] + self._digest(user, whole) + whole[at + len(digest) :]

    def _digest(self, user: User, blank: bytes) -> bytes:
        hashed, length = HASHES[user.auth]
        return hmac.new(self._key(auth_key, user), blank, hashed).digest()[:length]

    def _key(self, which: Callable[[User, bytes], Any], user: User) -> Any:
        known = which, user, self.engine_id
        if known not in self._keys:
            self._keys[known] = which(user, self.engine_id)
        return self._keys[known]

    def unseal(self, datagram: bytes) -> Sealed | None:
        (_, version), (_, header), (_, security), (tag, data) = elements(next(elements(datagram))[1])
        if version != b"\3":
            return None
        (_, message_id), _, (_, flags), _ = elements(header)
        engine_id, boots, seconds, user, digest, salt = [each for _, each in elements(next(elements(security))[1])]
        times = int.from_bytes(boots, "big"), int.from_bytes(seconds, "big")
        scoped = tlv(tag, data)
        if flags[0] & PRIVACY:
            scoped = self._decrypted(user, times, salt, data)
        try:
            (context_engine, context, pdu) = _three(scoped)
        except (ValueError, IndexError, StopIteration):
            context_engine = context = pdu = b""
        number = int.from_bytes(message_id, "big")
        return Sealed(
            number, flags[0], engine_id, *times, user, digest, salt, context_engine, context, pdu, bytes(datagram)
        )

    def _decrypted(self, name: bytes, times: tuple[int, int], salt: bytes, data: bytes) -> bytes:
        user = self.user(name)
        if user is None or not user.privacy:
            return b""
        service, key = self._key(cipher, user)
        return bytes(service.decrypt_data(key, (*times, OctetString(salt)), OctetString(data)))


def _three(scoped: bytes) -> tuple[bytes, bytes, bytes]:
    if scoped[:1] != b"\x30":
        raise ValueError("no scoped PDU")
    (_, context_engine), (_, context), (kind, pdu) = elements(next(elements(scoped))[1])
    if kind not in (0xA0, 0xA1, 0xA5):
        raise ValueError("no question")
    return context_engine, context, tlv(kind, pdu)


def answer(sealed: Sealed, text: bytes) -> bytes:
    """The PDU of a response to a question for sysName."""
    request_id = next(elements(next(elements(sealed.pdu))[1]))[1]
    name = tlv(6, bytes([43, 6, 1, 2, 1, 1, 5, 0]))
    return tlv(0xA2, tlv(2, request_id) + tlv(2, b"\0") * 2 + tlv(0x30, tlv(0x30, name + tlv(4, text))))


def message(known: dict[str, Any], digest: bytes, salt: bytes, data: bytes) -> bytes:
    header = (
        tlv(2, as_bytes(known["message_id"]))
        + tlv(2, as_bytes(65507))
        + tlv(4, bytes([known["flags"]]))
        + tlv(2, b"\3")
    )
    security = tlv(4, known["engine_id"]) + tlv(2, as_bytes(known["boots"])) + tlv(2, as_bytes(known["time"]))
    security += tlv(4, known["user"]) + tlv(4, digest) + tlv(4, salt)
    return tlv(0x30, tlv(2, b"\3") + tlv(0x30, header) + tlv(4, tlv(0x30, security)) + data)
