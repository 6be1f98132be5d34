"""The second engine: pysnmp's transport, codec, message processing and security behind the same Session.

A second opinion where a reading is doubted, and for the odd device. Far slower than the first; and each session builds
a pysnmp engine of its own (0.1 s of CPU, in a thread), since one would mix up users of the same name.
"""

from __future__ import annotations

from typing import Any

from pysnmp.carrier.asyncio.dgram.udp import DOMAIN_NAME, UdpAsyncioTransport
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import cmdgen
from pysnmp.proto import errind, rfc1902, rfc1905

from agent.core.aside import aside
from agent.core.reach import SnmpLogin, Unanswered
from agent.transports.resolve import Found
from agent.transports.snmp import oid, pdu, values
from agent.transports.snmp.ber import opaque
from agent.transports.snmp.reply import Reply, Sending
from agent.transports.snmp.usm import reports
from agent.transports.snmp.usm.procedure import LEVELS, User, user
from agent.transports.snmp.wire import failure, link, named

MODELS = {"1": 0, "2c": 1, "3": 3}
NONE = ("", None)
AUTHENTICATION = {
    "": config.USM_AUTH_NONE,
    "MD5": config.USM_AUTH_HMAC96_MD5,
    "SHA": config.USM_AUTH_HMAC96_SHA,
    "SHA224": config.USM_AUTH_HMAC128_SHA224,
    "SHA256": config.USM_AUTH_HMAC192_SHA256,
    "SHA384": config.USM_AUTH_HMAC256_SHA384,
    "SHA512": config.USM_AUTH_HMAC384_SHA512,
}
PRIVACY = {
    "": config.USM_PRIV_NONE,
    "DES": config.USM_PRIV_CBC56_DES,
    "3DES": config.USM_PRIV_CBC168_3DES,
    "AES128": config.USM_PRIV_CFB128_AES,
    "AES192": config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "AES256": config.USM_PRIV_CFB256_AES_BLUMENTHAL,
    "AES192C": config.USM_PRIV_CFB192_AES,
    "AES256C": config.USM_PRIV_CFB256_AES,
}
REPORTS = {
    errind.UnsupportedSecurityLevel: reports.UNSUPPORTED_SEC_LEVELS,
    errind.NotInTimeWindow: reports.NOT_IN_TIME_WINDOWS,
    errind.UnknownUserName: reports.UNKNOWN_USER_NAMES,
    errind.UnknownEngineID: reports.UNKNOWN_ENGINE_IDS,
    errind.WrongDigest: reports.WRONG_DIGESTS,
    errind.DecryptionError: reports.DECRYPTION_ERRORS,
}
VALUES: dict[type, Any] = {
    **{getattr(rfc1902, name): getattr(values, name) for name in ("Counter32", "Counter64", "Gauge32", "TimeTicks")},
    rfc1902.Integer: int,
    rfc1902.Integer32: int,
    rfc1902.OctetString: bytes,
    rfc1902.IpAddress: lambda theirs: values.IpAddress(bytes(theirs)),
    rfc1902.Opaque: lambda theirs: opaque(bytes(theirs)),
    rfc1902.univ.ObjectIdentifier: str,
    rfc1905.NoSuchObject: lambda _: values.Missing.NO_SUCH_OBJECT,
    rfc1905.NoSuchInstance: lambda _: values.Missing.NO_SUCH_INSTANCE,
    rfc1905.EndOfMibView: lambda _: values.Missing.END_OF_MIB_VIEW,
    rfc1905.UnSpecified: lambda _: None,
}
# The socket is connected, so pysnmp's own addresses are for its tables only; time is the session's affair.
ANYWHERE, FOR_EVER = ("0.0.0.0", 161), 10**6  # noqa: S104 - nothing is bound to it


async def connect(host: str, found: Found, login: SnmpLogin) -> Link:
    """A Dispatcher for the agent at this address; ReachError as wire.link."""
    engine = await aside(lambda: _engine(login))
    dispatcher = Link(engine, named(host, login.port), user(login))
    dispatcher.transport = await link(dispatcher, dispatcher.peer, found, login.port)
    config.add_transport(engine, DOMAIN_NAME, dispatcher)
    return dispatcher


def _engine(login: SnmpLogin) -> SnmpEngine:
    engine, name = SnmpEngine(), login.user or "asker"
    if login.community is not None:
        config.add_v1_system(engine, name, login.community.reveal())
    else:
        (auth, key), (privacy, secret) = login.auth or NONE, login.privacy or NONE
        keys = [each and each.reveal().encode() for each in (key, secret)]
        config.add_v3_user(engine, name, AUTHENTICATION[auth], keys[0], PRIVACY[privacy], keys[1])
    config.add_target_parameters(engine, "how", name, LEVELS[user(login).level], MODELS[login.version])
    config.add_target_address(engine, "agent", DOMAIN_NAME, ANYWHERE, "how", FOR_EVER, 0)
    return engine


class Link(UdpAsyncioTransport):  # type: ignore[misc]  # pysnmp has no types
    """Implements wire.Dispatcher, as a transport of pysnmp's."""

    def __init__(self, engine: SnmpEngine, peer: str, user: User) -> None:
        super().__init__()
        self.peer, self.received, self.ignored, self.ignored_for, self.boots = peer, 0, 0, "", None
        self._engine, self._user = engine, user
        self._open: dict[int, tuple[Sending, Reply]] = {}

    def ask(self, sending: Sending, reply: Reply) -> None:
        question, self._open[sending.request_id] = sending.question, (sending, reply)
        how: tuple[Any, ...] = self._engine, "agent", self._user.context_engine or None, self._user.context
        what = [(oid.text(name), rfc1902.Null("")) for name in question.names], self._settle, (sending, reply)
        if question.kind == pdu.GET_BULK:
            cmdgen.BulkCommandGeneratorSingleRun().send_varbinds(*how, 0, question.repetitions, *what)
        else:
            generator = cmdgen.GetCommandGenerator if question.kind == pdu.GET else cmdgen.NextCommandGeneratorSingleRun
            generator().send_varbinds(*how, *what)

    def drop(self, request_id: int) -> None:
        self._open.pop(request_id, None)

    def silence(self) -> tuple[str, str]:
        return "timeout", "address, ACL, community or user wrong?"

    def close(self) -> None:
        self._engine.close_dispatcher()

    def send_message(self, outgoingMessage: bytes, transportAddress: object) -> None:  # noqa: N803 - pysnmp's names
        self.transport.sendto(outgoingMessage)

    def datagram_received(self, datagram: bytes, transportAddress: object) -> None:  # noqa: N803 - pysnmp's names
        self.received += len(datagram)
        try:
            self._callback_function(self, self.ADDRESS_TYPE(ANYWHERE), datagram)
        except Exception as error:  # noqa: BLE001 - pysnmp raises whatever odd bytes run into
            self.ignored, self.ignored_for = self.ignored + 1, type(error).__name__

    def error_received(self, exc: Exception) -> None:
        for sending, reply in self._open.values():
            if isinstance(exc, OSError):
                reply.take(sending, failure(self.peer, exc))

    def _settle(self, _: Any, __: Any, wrong: Any, status: Any, index: Any, found: Any, asked: Any) -> None:
        sending, reply = asked
        if wrong is None:
            varbinds = [(oid.encoded(str(name)), VALUES[type(value)](value)) for name, value in found]
            reply.take(sending, pdu.Response(0, int(status), int(index), varbinds))
        elif type(wrong) in REPORTS:
            known = reports.MEANINGS[REPORTS[type(wrong)]]
            reply.take(sending, Unanswered(known.kind, f"{self.peer} {self._user.told(known.said)}"))
        else:
            reply.take(sending, Unanswered("protocol", f"{self.peer} is refused by pysnmp: {wrong}"))
